"""`ibasho allocate`: shares the places of the catalogue among those who wait."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.inputs import BadInput, identifier, read_profile
from api.commands.opening import at_of, opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.questions import SchemeOption
from api.commands.words import language, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from jobs.program import Program
    from matching.shared_places import Shared
    from matching.waiting_list import Waiting

MOST_WAITING = 2_000
LONGEST_LABEL = 60


def allocate(
    file: Annotated[str, typer.Argument(help=say("help.allocate_file"), metavar="FILE|-")],
    scheme: SchemeOption = "standard",
    options: Annotated[int | None, typer.Option(min=1, max=320, help=say("help.options"))] = None,
    fair: Annotated[bool, typer.Option("--fair/--sum-only", help=say("help.fair"))] = True,
    together: Annotated[bool, typer.Option("--together/--apart", help=say("help.together"))] = True,
    one_more: Annotated[
        list[str] | None,
        typer.Option("--one-more", metavar="OFFERING_ID", help=say("help.one_more")),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from api.told_apart import told_apart
    from matching.waiting_list import share_places

    tried = [identifier(text) for text in one_more or ()]
    people = _people_of(read_profile(file))
    with opened() as program:
        waiting = _waiting(program, people)
        with program.database.reading() as session:
            shared = share_places(
                session, program.store, waiting, scheme=scheme, options=options, fair=fair,
                together=together, one_more=tried,
            )  # fmt: skip
            told = told_apart(session, {p.offering: p.name for p in shared.places})
    if form is Format.JSON:
        print_json(shared.as_json())
    else:
        _print(shared, told)


def waiting_of(program: "Program", file: str) -> "list[Waiting]":
    """Read who waits, with their needs checked; raise `BadInput`, `BadNeed`."""
    return _waiting(program, _people_of(read_profile(file)))


def _waiting(program: "Program", people: list[tuple[str, str | None, Any]]) -> "list[Waiting]":
    from matching.need import BadNeed, parse_need
    from matching.sentences import sentence
    from matching.waiting_list import Waiting

    found = []
    for number, (label, household, need) in enumerate(people, 1):
        try:
            asked = parse_need(need, program.vocabulary, lambda text: at_of(program, text))
        except BadNeed as bad:
            problem = sentence("need.of_entry", number=number, problem=bad.problem)
            raise BadNeed(bad.field, problem) from None
        found.append(Waiting(label, asked, household))
    return found


_OF_AN_ENTRY = frozenset({"label", "household", "need"})
"""A field that is none of these is refused: a misspelt household would part a family."""


def _people_of(data: Any) -> list[tuple[str, str | None, Any]]:
    """Return label, household and need of each; raise `BadInput`."""
    entries = data.get("people") if isinstance(data, dict) and len(data) == 1 else data
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_WAITING:
        raise BadInput(say("input.waiting_list", most=MOST_WAITING))
    people = []
    for i, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or "need" not in entry:
            raise BadInput(say("input.waiting_entry", number=i))
        if not set(entry) <= _OF_AN_ENTRY:
            raise BadInput(say("input.waiting_fields", number=i))
        label, household = entry.get("label"), entry.get("household")
        label = str(i) if label is None else label
        words = [w for w in (label, household) if w is not None]
        if not all(isinstance(w, str) and 0 < len(w) <= LONGEST_LABEL for w in words):
            raise BadInput(say("input.waiting_entry", number=i))
        people.append((label, household, entry["need"]))
    return people


def _print(shared: "Shared", told: "Mapping[UUID, str]") -> None:
    from matching.schemes import UNIT

    print_table(
        say("table.shared"),
        say("table.shared_columns").split("|"),
        (
            (p.label, p.suggestion.place.name, f"{p.fit / UNIT:.2f}",
             p.suggestion.first_step_words.in_language(language()))
            for p in shared.placed
        ),
    )  # fmt: skip
    if shared.unplaced:
        reasons = [(u, u.words.in_language(language())) for u in shared.unplaced]
        print_table(
            say("table.unplaced"),
            say("table.unplaced_columns").split("|"),
            ((u.label, words, u.options) for u, words in reasons),
        )
    if shared.hosts:
        print_table(
            say("table.host_load"),
            say("table.host_load_columns").split("|"),
            ((h.name, h.placed, h.now, h.cap) for h in shared.hosts),
        )
    if shared.what_if:
        print_table(
            say("table.what_if"),
            say("table.what_if_columns").split("|"),
            (
                (
                    w.name if w.offering not in told else f"{w.name}\n{told[w.offering]}",
                    w.placed_more,
                    f"{w.total_more / UNIT:+.2f}",
                )
                for w in shared.what_if
            ),
        )
