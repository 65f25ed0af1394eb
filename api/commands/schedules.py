"""`ibasho schedule`: what a Japanese schedule expression means, and when an offering is next."""

import sys
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput, checked_file, identifier, moment
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.schedule_tables import in_words, read_table
from api.commands.words import language, say

if TYPE_CHECKING:
    from resources.models import Offering
    from resources.schedules import SessionTime

app = typer.Typer(help=say("help.schedule"), no_args_is_help=True)
OfferingArgument = Annotated[str, typer.Argument(help=say("help.offering"))]
LONGEST_EXPRESSION = 2000


@app.command("parse", help=say("help.schedule_parse"))
def parse(
    text: Annotated[str, typer.Argument(help=say("help.schedule_text"))] = "",
    days: Annotated[str, typer.Option(help=say("help.schedule_days"))] = "",
    start: Annotated[str, typer.Option(help=say("help.schedule_start"))] = "",
    end: Annotated[str, typer.Option(help=say("help.schedule_end"))] = "",
    note: Annotated[str, typer.Option(help=say("help.schedule_note"))] = "",
    closed: Annotated[str, typer.Option(help=say("help.schedule_closed"))] = "",
    file: Annotated[Path | None, typer.Option(help=say("help.schedule_file"))] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from resources.schedule_columns import Columns, parse_columns
    from resources.schedule_text import parse_schedule

    columns = Columns(days, start, end, note, closed)
    if (bool(text), columns != Columns(), file is not None).count(True) != 1:
        raise BadInput(say("input.schedule_ways"))
    if file is not None:
        read_table(checked_file(file), form)
        return
    if not 0 < len(text.strip() + "".join(astuple(columns)).strip()) <= LONGEST_EXPRESSION:
        raise BadInput(say("input.schedule_length", limit=LONGEST_EXPRESSION))
    parsed = parse_schedule(text) if text else parse_columns(columns)
    if form is Format.JSON:
        print_json(parsed.json())
    else:
        print(in_words(parsed))


@app.command("show", help=say("help.schedule_show"))
def show(offering: OfferingArgument, form: FormatOption = Format.TABLE) -> None:
    from resources.schedule_print import print_schedule
    from resources.schedules import from_json

    stored = _offering(offering)
    if form is Format.JSON:
        print_json(
            {
                "offering": str(stored.id),
                "schedule": stored.schedule,
                "schedule_text": stored.schedule_text,
            }
        )
        return
    if stored.schedule_text:
        print(say("table.as_written", text=stored.schedule_text))
    if stored.schedule is None:
        print(say("table.no_schedule"))
    else:
        print(print_schedule(from_json(stored.schedule), language()))


@app.command("next", help=say("help.schedule_next"))
def upcoming(
    offering: OfferingArgument,
    after: Annotated[str | None, typer.Option(help=say("help.after"), metavar="ISO")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help=say("help.limit"))] = 10,
    form: FormatOption = Format.TABLE,
) -> None:
    from resources import clock
    from resources.schedules import from_json, next_sessions

    start = clock.now() if after is None else moment(after)
    stored = _offering(offering)
    sessions: list[SessionTime] = []
    if stored.schedule is not None:
        sessions = next_sessions(from_json(stored.schedule), start, limit=limit)
        if stored.ends_on is not None:
            last_day = stored.ends_on
            sessions = [s for s in sessions if s.start.date() <= last_day]
    if form is Format.JSON:
        print_json({"offering": str(stored.id), "sessions": [_as_json(s) for s in sessions]})
    elif stored.schedule is None:
        print(say("table.no_schedule"))
    elif not sessions:
        print(say("table.no_sessions"))
    else:
        print_table(
            None,
            say("table.session_columns").split("|"),
            (
                (
                    s.start.date().isoformat(),
                    say("table.days").split("|")[s.start.weekday()],
                    f"{s.start:%H:%M}",
                    f"{s.end:%H:%M}",
                    say("table.ask_holiday") if s.uncertain else "",
                )
                for s in sessions
            ),
        )


@app.command("ics", help=say("help.schedule_ics"))
def ics(offering: OfferingArgument) -> None:
    from matching.why import offering_for
    from resources import clock
    from resources.calendar_export import calendar_of
    from resources.queries import entries_by_offering

    wanted = identifier(offering)
    with opened() as program, program.database.reading() as session:
        known = offering_for(session, wanted)
        entry = entries_by_offering(session, [known])[known]
        written = calendar_of([entry], clock.now())
    sys.stdout.buffer.write(written)


def _as_json(session: "SessionTime") -> dict[str, object]:
    return {
        "start": session.start.isoformat(timespec="minutes"),
        "end": session.end.isoformat(timespec="minutes"),
        "uncertain": session.uncertain,
    }


def _offering(text: str) -> "Offering":
    from matching.why import offering_for
    from resources.models import Offering

    wanted = identifier(text)
    with opened() as program, program.database.reading() as session:
        return session.get_one(Offering, offering_for(session, wanted))
