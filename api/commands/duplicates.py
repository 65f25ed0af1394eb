"""`ibasho duplicates`: which entries of the catalogue may be one and the same place."""

from typing import Annotated

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say


def duplicates(
    form: FormatOption = Format.TABLE,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help=say("help.limit"))] = 200,
) -> None:
    from jobs.comparing import compare_now
    from resources.likely import likely_pairs

    with opened() as program:
        compare_now(program.database)
        with program.database.reading() as session:
            found = likely_pairs(session, limit=limit)
    if form is Format.JSON:
        print_json(
            {
                "pairs": [
                    {
                        "one": {"resource": str(p.one.resource), "name": p.one.facts.name},
                        "other": {"resource": str(p.other.resource), "name": p.other.facts.name},
                        **p.likeness.as_json(),
                    }
                    for p in found
                ]
            }
        )
        return
    print_table(
        None,
        say("table.duplicate_columns").split("|"),
        [
            [
                f"{p.one.facts.name}\n{p.one.resource}",
                f"{p.other.facts.name}\n{p.other.resource}",
                f"{p.likeness.weight:.1f}",
                "\n".join(f"{e.field} {e.likeness:.0f}" for e in p.likeness.evidence),
            ]
            for p in found
        ],
    )
