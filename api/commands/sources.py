"""`ibasho sources`: what is read from outside, what fails and why, which hosts are allowed."""

from typing import TYPE_CHECKING, Any

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say

if TYPE_CHECKING:
    from resources.outside.seen import SourceSeen


def sources(form: FormatOption = Format.TABLE) -> None:
    from resources.outside.seen import allowed_hosts, list_sources

    with opened() as program, program.database.reading() as session:
        found = [_row(seen) for seen in list_sources(session)]
        hosts = [host.origin for host in allowed_hosts(session)]
    if form is Format.JSON:
        print_json({"sources": found, "hosts": hosts})
        return
    if hosts:
        print(say("table.allowed_hosts", hosts=" ".join(hosts)))
    if not found:
        print(say("table.no_sources"))
        return
    print_table(
        None,
        say("table.source_columns").split("|"),
        (
            (
                f"{row['name']}\n{row['id']}",
                row["kind"],
                say("sources.failing") if row["failing"] else say(f"sources.{row['state']}"),
                row["succeeded_at"] and row["succeeded_at"][:16].replace("T", " "),
                row["failures"],
                "\n".join(problem[language()] for problem in row["problems"]),
            )
            for row in found
        ),
    )


def _row(seen: "SourceSeen") -> dict[str, Any]:
    from resources.clock import JAPAN
    from resources.outside.problems import problem_sentence

    source = seen.source
    read_at = source.succeeded_at
    codes = [c for c in (source.problem, *seen.problems) if c is not None]
    return {
        "id": str(source.id),
        "resource": str(source.resource_id),
        "name": seen.resource.name,
        "kind": source.kind,
        "url": source.url,
        "state": source.state,
        "failing": seen.is_failing,
        "failures": source.failures,
        "succeeded_at": None if read_at is None else read_at.astimezone(JAPAN).isoformat(),
        "problems": [
            {"code": c, "ja": problem_sentence(c), "en": problem_sentence(c, "en")} for c in codes
        ],
    }
