"""A need put to the engine as staff see it: by the municipality's numbers, with hubs marked."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from api.places import at_of
from casework.cases import Opened
from casework.declines import need_for
from casework.outcomes import suggested_facts
from jobs.program import Program
from matching.answers import Answer
from matching.need import BadNeed, Need, parse_need
from matching.schemes import USUAL, Weighing
from matching.schemes_kept import read_weighing
from matching.suggest import suggest_placements
from matching.why import explain
from resources import clock
from resources.hubs import LISTED, hubs


def list_for(
    program: Program,
    session: Session,
    need: Need,
    *,
    weighing: Weighing,
    scheme: str = USUAL,
    limit: int = LISTED,
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
        session, program.store, need, limit=limit, scheme=scheme, hubs=known, weighing=weighing
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


def what_was_suggested(
    program: Program, session: Session, opened: Opened, offering: uuid.UUID
) -> dict[str, Any] | None:
    """Return what the engine says of a pair as a placement begins; None where it can't be asked.

    It is kept to be learned from: what each criterion gives, and the place on the usual list.
    """
    try:
        need = need_of_case(program, session, opened)
    except BadNeed:
        return None
    weighing, code = scheme_named(session, USUAL)
    listed = list_for(program, session, need, weighing=weighing, scheme=code).suggestions
    rank = next((n for n, s in enumerate(listed, 1) if s.place.offering == offering), None)
    if rank is None:
        found = explain(session, program.store, need, offering, scheme=code).suggestion
    else:
        found = listed[rank - 1]
    learned = program.store.current(session).learned
    share = 0.0 if learned is None else learned.share
    return suggested_facts(found, weighing.scheme(code), shown_at=rank, learned_share=share)


def scheme_named(session: Session, code: str) -> tuple[Weighing, str]:
    """Return what the municipality weighs by, and the scheme: the usual one for an unknown name."""
    weighing = read_weighing(session)
    return weighing, code if code in weighing.schemes else USUAL
