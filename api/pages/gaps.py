"""Where people can't walk to anything that is open, for whoever plans the next place."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.home import PLANS
from api.rendering import render
from api.words import say
from geodata.population import NoPopulation
from jobs.planning import district_names, gaps_of, kinds_that_count, sites_of
from resources import clock
from resources.days import DAYS
from resources.demand import DEMANDS, PEOPLE, NoDemand
from resources.gap_reports import gap_reports
from resources.gaps import GapQuestion
from resources.open_hours import Hours

router = APIRouter(include_in_schema=False, dependencies=[allowed(*PLANS)])

PARTS: dict[str, tuple[int, int]] = {
    "morning": (9 * 60, 12 * 60),
    "afternoon": (13 * 60, 17 * 60),
    "evening": (17 * 60, 21 * 60),
}
WEEK: dict[str, tuple[str, ...]] = {"weekdays": DAYS[:5], "weekend": DAYS[5:], "any": DAYS}
MINUTES = (5, 10, 15, 20, 30)
NEW_SITES = 3


# By GET: what is asked is about the ward, not about a person, and such a page is passed on.
@router.get("/gaps")
def page(
    request: Request,
    program: Program,
    session: Reading,
    part: str = "afternoon",
    week: str = "weekdays",
    minutes: str = "15",
    kind: str = "",
    need: str = "",
    demand: str = "",
) -> Response:
    given = _known(program, part, week, minutes, kind, need)
    given["demand"] = demand if demand in DEMANDS else PEOPLE
    kinds = kinds_that_count(program.vocabulary)
    context: dict[str, Any] = {
        "gaps": None,
        "siting": None,
        "error": None,
        "reports": gap_reports(session),
    }
    question = GapQuestion(
        kinds=(given["kind"],) if given["kind"] else kinds,
        need=given["need"] or None,
        hours=Hours(WEEK[given["week"]], *PARTS[given["part"]]),
        walk_minutes=float(given["minutes"]),
        demand=given["demand"],
    )
    today = clock.today()
    try:
        found = gaps_of(program, session, question, today)
    except NoPopulation:
        context["error"] = say("gaps.no_population", language_of(request))
    except NoDemand:
        context["error"] = say("gaps.no_demand", language_of(request))
    else:
        context["gaps"] = found
        context["siting"] = sites_of(program, session, found, NEW_SITES, today)
    names = district_names(program)
    choices = {
        "names": names,
        "parts": list(PARTS),
        "weeks": list(WEEK),
        "minutes": MINUTES,
        "kinds": kinds,
        "demands": DEMANDS,
    }
    return render(request, "gaps.html", given=given, **choices, **context)


def _known(
    program: Program, part: str, week: str, minutes: str, kind: str, need: str
) -> dict[str, str]:
    """Return the choices that the page offers; anything else becomes the usual one."""
    return {
        "part": part if part in PARTS else "afternoon",
        "week": week if week in WEEK else "weekdays",
        "minutes": minutes if minutes in map(str, MINUTES) else "15",
        "kind": kind if kind in kinds_that_count(program.vocabulary) else "",
        "need": need if need in program.vocabulary.codes("need") else "",
    }
