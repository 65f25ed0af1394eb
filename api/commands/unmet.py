"""`ibasho unmet`: what was asked for and nothing was found."""

from typing import Annotated

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say


def unmet(
    days: Annotated[int, typer.Option(min=1, max=3660, help=say("help.unmet_days"))] = 365,
    form: FormatOption = Format.TABLE,
) -> None:
    from datetime import timedelta

    from resources import clock
    from resources.unmet import FEWEST, unmet_needs

    since = clock.today() - timedelta(days=days)
    with opened() as program, program.database.reading() as session:
        found = unmet_needs(session, since=since)
        vocabulary = program.vocabulary
    if form is Format.JSON:
        rows = [
            {"need": u.need, "district": u.district or None, "part": u.part, "times": u.times}
            for u in found
        ]
        print_json({"since": since.replace(day=1).isoformat(), "fewest": FEWEST, "unmet": rows})
        return
    print_table(
        say("table.unmet"),
        say("table.unmet_columns").split("|"),
        (
            (
                vocabulary.label("need", u.need, language()),
                u.district or None,
                say(f"part.{u.part}"),
                say("table.fewer", n=FEWEST) if u.times is None else u.times,
            )
            for u in found
        ),
    )
