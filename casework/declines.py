"""What follows for the next list from what came to nothing: places and hosts set aside for a time.

The question of a person is put to the engine with it (`need_for`), wherever it is put.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cases import Opened, rows_of
from casework.decline_reasons import REASONS
from casework.placement_models import Placement
from resources.models import Offering, Resource

OVER = ("declined", "ended")


def need_for(session: Session, opened: Opened) -> dict[str, Any]:
    """Return the question of a case's person, in the engine's JSON, with what is set aside."""
    aside = set_aside(session, opened)
    need = opened.person.need
    return {**need, "set_aside": [*need.get("set_aside", ()), *aside]} if aside else need


def set_aside(session: Session, opened: Opened) -> list[dict[str, Any]]:
    """Return what the case's placements that are over set aside, as the engine reads it.

    Of one offering the newest placement counts: whoever was declined and is there now isn't held
    to the decline. An offering that the catalogue no longer holds sets nothing aside.
    """
    newest: dict[Any, Placement] = {}
    for placement in rows_of(session, opened, Placement, Placement.started_on, Placement.version):
        newest[placement.offering_id] = placement
    over = {o: p for o, p in newest.items() if p.state in OVER and p.reason in REASONS}
    rows = session.execute(
        select(Offering.id, Resource.id, Resource.organization_id)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Offering.id.in_(over))
        .order_by(Offering.id)
    )
    found = []
    for offering, resource, host in rows:
        placement = over[offering]
        until = None if placement.ask_again_on is None else placement.ask_again_on.isoformat()
        reason = REASONS[placement.reason or ""]
        named = {"organization": host} if reason.all_of_host and host else {"resource": resource}
        found.append({**{what: str(which) for what, which in named.items()}, "until": until})
    return found
