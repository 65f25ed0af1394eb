"""A need put to the engine as staff see it: by the municipality's numbers, with hubs marked."""

from sqlalchemy.orm import Session

from api.places import at_of
from casework.cases import Opened
from casework.declines import need_for
from jobs.program import Program
from matching.answers import Answer
from matching.need import Need, parse_need
from matching.schemes import USUAL, Weighing
from matching.schemes_kept import read_weighing
from matching.suggest import suggest_placements
from resources import clock
from resources.hubs import LISTED, hubs


def list_for(
    program: Program, session: Session, need: Need, *, weighing: Weighing, scheme: str = USUAL
) -> Answer:
    """Return the list that is shown to staff, by the numbers that this request sees."""
    numbers = weighing.thresholds
    known = hubs(
        session,
        today=clock.today(),
        share=numbers.hub_share_percent / 100,
        fewest_lists=numbers.hub_fewest_lists,
    )
    return suggest_placements(
        session, program.store, need, limit=LISTED, scheme=scheme, hubs=known, weighing=weighing
    )


def need_of_case(program: Program, session: Session, opened: Opened) -> Need:
    """Return the question of a case's person, with what was declined before set aside.

    Raises `BadNeed`.
    """
    return parse_need(
        need_for(session, opened),
        program.vocabulary,
        lambda text: at_of(program, session, text),
    )


def scheme_named(session: Session, code: str) -> tuple[Weighing, str]:
    """Return what the municipality weighs by, and the scheme: the usual one for an unknown name."""
    weighing = read_weighing(session)
    return weighing, code if code in weighing.schemes else USUAL
