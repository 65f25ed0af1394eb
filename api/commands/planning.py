"""`ibasho gaps`, `siting` and `map`: where places are missing, and where they would help most."""

import csv
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.questions import known_kinds
from api.commands.whole_files import whole_file
from api.commands.words import language, say
from geodata.pace import USUAL_SPEED_M_S, USUAL_WALK_MINUTES

if TYPE_CHECKING:
    from jobs.program import Program
    from resources.gaps import GapQuestion, Gaps


class GapFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class DemandOf(StrEnum):
    PEOPLE = "people"
    UNMET = "unmet"


Days = Annotated[str, typer.Option("--days", help=say("help.gaps_days"))]
Hours = Annotated[str, typer.Option("--hours", help=say("help.gaps_hours"))]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help=say("help.gaps_kind"))]
Need = Annotated[str | None, typer.Option("--need", help=say("help.gaps_need"))]
Walk = Annotated[float, typer.Option(min=1, max=120, help=say("help.walk_minutes"))]
Speed = Annotated[float, typer.Option("--speed", min=0.1, max=5, help=say("help.speed"))]
FromDay = Annotated[
    datetime | None, typer.Option("--from-day", formats=["%Y-%m-%d"], help=say("help.from_day"))
]
DemandOption = Annotated[DemandOf, typer.Option("--demand", help=say("help.gaps_demand"))]
WEEKDAYS, AFTERNOON = "mon,tue,wed,thu,fri", "13:00-17:00"


def gaps(
    days: Days = WEEKDAYS,
    hours: Hours = AFTERNOON,
    walk_minutes: Walk = USUAL_WALK_MINUTES,
    speed: Speed = USUAL_SPEED_M_S,
    kind: Kinds = None,
    need: Need = None,
    demand: DemandOption = DemandOf.PEOPLE,
    from_day: FromDay = None,
    form: Annotated[GapFormat, typer.Option("--format", help=say("help.gaps_format"))] = (
        GapFormat.TABLE
    ),
) -> None:
    from jobs.planning import district_names

    with opened() as program:
        question = _question(program, days, hours, walk_minutes, speed, kind, need, demand)
        found = _gaps(program, question, _day(from_day))
        names = district_names(program)
    if form is GapFormat.JSON:
        print_json(found.as_json())
    elif form is GapFormat.CSV:
        _print_csv(found)
    else:
        _print_gaps(found, names, days, hours)


def siting(
    new: Annotated[int, typer.Option("--new", min=1, max=50, help=say("help.siting_new"))] = 3,
    among: Annotated[list[str] | None, typer.Option(help=say("help.siting_among"))] = None,
    days: Days = WEEKDAYS,
    hours: Hours = AFTERNOON,
    walk_minutes: Walk = USUAL_WALK_MINUTES,
    speed: Speed = USUAL_SPEED_M_S,
    kind: Kinds = None,
    need: Need = None,
    demand: DemandOption = DemandOf.PEOPLE,
    from_day: FromDay = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.planning import PUBLIC_BUILDINGS, sites_of

    with opened() as program:
        question = _question(program, days, hours, walk_minutes, speed, kind, need, demand)
        kinds = PUBLIC_BUILDINGS if not among else known_kinds(program, among)
        day = _day(from_day)
        found = _gaps(program, question, day)
        with program.database.reading() as session:
            sites = sites_of(program, session, found, new, day, kinds)
        if form is Format.JSON:
            print_json(sites.as_json())
            return
        label = program.vocabulary.label
        print_table(
            say("table.sites"),
            say("table.sites_columns").split("|"),
            (
                (
                    s.name,
                    label("kind", s.kind, language()),
                    s.people,
                    round(s.demand, 1),
                    "、".join(s.towns),
                )
                for s in sites.sites
            ),
        )
    print(
        say(
            "table.sites_total",
            candidates=sites.candidates,
            without=sites.people_without,
            left=sites.people_left,
        )
    )


def draw(
    file: Annotated[Path, typer.Argument(help=say("help.map_file"))],
    days: Days = WEEKDAYS,
    hours: Hours = AFTERNOON,
    walk_minutes: Walk = USUAL_WALK_MINUTES,
    speed: Speed = USUAL_SPEED_M_S,
    kind: Kinds = None,
    need: Need = None,
    demand: DemandOption = DemandOf.PEOPLE,
    from_day: FromDay = None,
) -> None:
    from api.gap_map import map_of_gaps

    if file.suffix not in (".png", ".pdf"):
        raise BadInput(say("input.bad_map_file", path=file))
    with opened() as program:
        question = _question(program, days, hours, walk_minutes, speed, kind, need, demand)
        found = _gaps(program, question, _day(from_day))
        with whole_file(file) as path:
            map_of_gaps(program, found, path, _title(found, days, hours), language())
    hint(say("hint.map_written", path=file))


def _question(
    program: "Program",
    days: str,
    hours: str,
    walk_minutes: float,
    speed: float,
    kinds: list[str] | None,
    need: str | None,
    demand: DemandOf,
) -> "GapQuestion":
    from jobs.planning import kinds_that_count
    from resources.gaps import GapQuestion
    from resources.open_hours import Hours

    if need is not None and need not in program.vocabulary.codes("need"):
        known = ", ".join(sorted(program.vocabulary.codes("need")))
        raise BadInput(say("input.unknown_need", needs=known))
    chosen = known_kinds(program, kinds) if kinds else kinds_that_count(program.vocabulary)
    when = Hours.parse(days, hours)
    return GapQuestion(tuple(chosen), need, when, walk_minutes, speed, demand.value)


def _gaps(program: "Program", question: "GapQuestion", day: date) -> "Gaps":
    from jobs.planning import gaps_of

    with program.database.reading() as session:
        return gaps_of(program, session, question, day)


def _day(moment: datetime | None) -> date:
    from resources import clock

    return clock.today() if moment is None else moment.date()


def _title(found: "Gaps", days: str, hours: str) -> str:
    minutes = f"{found.question.walk_minutes:g}"
    return say("table.gaps", minutes=minutes, days=_shown_days(days), hours=hours)


def _shown_days(days: str) -> str:
    from resources.days import DAYS

    names = dict(zip(DAYS, say("table.days").split("|"), strict=True))
    return "・".join(names[day.strip()] for day in days.split(","))


def _print_gaps(found: "Gaps", names: dict[str, str], days: str, hours: str) -> None:
    from resources.demand import UNMET

    by_unmet = found.question.demand == UNMET
    print_table(
        _title(found, days, hours),
        say("table.gaps_columns_unmet" if by_unmet else "table.gaps_columns").split("|"),
        (
            (
                t.town,
                None if t.district is None else names.get(t.district, t.district),
                t.people,
                *((round(t.demand, 1),) if by_unmet else ()),
                t.places,
                t.asked,
                t.hours_a_week,
                t.hours_per_100,
                None if t.nearest_minutes is None else say("table.minutes", n=t.nearest_minutes),
            )
            for t in found.towns
        ),
    )
    without = found.people_without
    print(say("table.gaps_total", people=found.people, without=without, places=len(found.places)))
    if by_unmet:
        print(
            say(
                "table.gaps_unmet_total",
                demand=round(found.demand, 1),
                without=round(found.demand_without, 1),
                left_out=found.left_out,
            )
        )


def _print_csv(found: "Gaps") -> None:
    """Write a table for a spreadsheet; a name that would be taken for a formula is kept as text."""
    rows = [town.as_json() for town in found.towns]
    names = list(rows[0]) if rows else ["town"]
    sys.stdout.write("\ufeff")  # without it Excel takes Japanese for another encoding
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_as_text(row[name]) for name in names] for row in rows)


def _as_text(value: object) -> object:
    from resources.sources.defused import defused

    return defused(value) if isinstance(value, str) else value
