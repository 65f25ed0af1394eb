"""Whether what was learned from outcomes counts in the lists, and why; nobody is named there."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Reading, allowed
from api.identity import language_of
from api.learning_shown import beside, calibration_picture, groups_picture
from api.rendering import render
from api.words import say
from matching.learned_kept import in_force, runs
from matching.learning import BETTER_BY, FEWEST, FEWEST_HELD, SMALL_CELL
from resources import clock
from resources.lists_shown import FEWEST_LISTS, exposure

SEES = ("inclusion_officer", "agency_manager", "administrator")
"""The roles that see what was learned; nobody is named there."""

router = APIRouter(include_in_schema=False, dependencies=[allowed(*SEES)])


@router.get("/learning")
def page(request: Request, session: Reading) -> Response:
    kept, language = runs(session), language_of(request)
    newest = kept[0] if kept else None
    picture = None
    if newest is not None and newest.evaluation["calibration"]:
        picture = calibration_picture(
            newest.evaluation["calibration"],
            title=say("learning.calibration", language),
            across=say("learning.expected", language),
            up=say("learning.stayed", language),
        )
    groups = newest.evaluation["groups"] if newest is not None else []
    exposures, exposures_too_small = exposure(session, today=clock.today())
    rows = beside(groups, exposures, no_age=say("learning.no_age", language))
    return render(
        request,
        "learning.html",
        groups_picture=groups_picture(
            rows,
            title=say("learning.groups", language),
            words={
                "share": say("learning.share", language),
                "accepted": say("learning.accepted", language),
                "with_nothing": say("learning.with_nothing", language),
            },
        ),
        groups=rows,
        exposures_too_small=exposures_too_small,
        fewest_lists=FEWEST_LISTS,
        runs=kept,
        newest=newest,
        learned=in_force(session),
        picture=picture,
        fewest=FEWEST,
        fewest_held=FEWEST_HELD,
        better_by=BETTER_BY,
        small=SMALL_CELL,
    )
