"""`ibasho capacity`: what so many municipalities, staff and offerings need, as measured."""

from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.words import language, say

Number = Annotated[int | None, typer.Option(min=1, max=1_000_000_000, help=say("help.capacity_n"))]


def capacity(
    municipalities: Number = None,
    staff: Number = None,
    offerings: Number = None,
    people: Number = None,
    requests_per_staff_hour: Number = None,
    night_hours: Number = None,
    cores_per_machine: Number = None,
    busy_percent: Number = None,
    open_per_process: Number = None,
    connections_per_server: Number = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from api.words import say as in_words
    from jobs.capacity import Asked, read_measured, what_is_needed

    given = {k: v for k, v in locals().items() if k in Asked.__dataclass_fields__ and v is not None}
    try:
        asked = Asked(**given)
        lines = what_is_needed(asked)
    except ValueError:
        raise BadInput(say("input.bad_capacity")) from None
    if form is Format.JSON:
        measured = [
            {**asdict(one), "figures": dict(one.figures)} for one in read_measured().values()
        ]
        needed = [asdict(line) for line in lines]
        print_json({"asked": asdict(asked), "needed": needed, "measured": measured})
        return
    rows = (
        (
            in_words(f"capacity.{line.key}", language()),
            _shown(line.key, line.value),
            f"{line.key} = {line.formula}",
        )
        for line in lines
    )
    title = ", ".join(f"{key} {value:,}" for key, value in asdict(asked).items())
    print_table(title, say("table.capacity_columns").split("|"), rows)
    for one in read_measured().values():
        if one.date is None:
            hint(say("hint.never_measured", command=one.command))
        else:
            hint(say("hint.measured", command=one.command, date=one.date, machine=one.machine))


def _shown(key: str, value: float | None) -> str | None:
    if value is None:
        return None
    if key.endswith("_bytes"):
        return f"{value / 1e9:,.2f} GB"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.4g}"
