"""Why a place is, or isn't, on the list of a need: every rule's verdict, and what would help."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.ask import prepare
from matching.avoiding import avoiding
from matching.encoding import LOW_HALF
from matching.explained import Explanation, explained
from matching.need import Need
from matching.on_foot import walks_for
from matching.place_shown import SHOWN, WHERE, PlaceShown, kept
from matching.schemes import default_weighing
from matching.store import IndexStore
from resources import clock
from resources.commands import NotFound
from resources.merged import kept_instead
from resources.models import Offering
from resources.queries import Entry, entries_by_offering
from resources.track_record import NOTHING_KNOWN, TrackRecord, track_records


def explain(
    session: Session,
    store: IndexStore,
    need: Need,
    offering_id: uuid.UUID,
    *,
    scheme: str = "standard",
    now: datetime | None = None,
) -> Explanation:
    """Judge one offering for a need with the very functions that made the list.

    Raises
    ------
    NotFound
        No such offering.
    UnknownScheme
    """
    index = store.current(session)
    weighing = index.weighing or default_weighing()
    weights = weighing.scheme(scheme)
    codebook = index.codebook or store.codebook
    moment = now or clock.now()
    ask = prepare(avoiding(session, need), codebook, moment, weighing.thresholds)
    found = index.one(ask.origin, offering_id.int >> 64, offering_id.int & LOW_HALF)
    entry = entries_by_offering(session, [offering_id]).get(offering_id)
    if found is None or entry is None:
        raise NotFound("offering")
    words = track_records(session, [offering_id]).get(offering_id, NOTHING_KNOWN)
    return explained(
        ask, found, codebook, weights, _shown(entry, words),
        walks=walks_for(ask, store.streets()), learned=index.learned,
    )  # fmt: skip


def offering_for(session: Session, any_id: uuid.UUID) -> uuid.UUID:
    """Return the offering of an id that may be an offering's or a resource's.

    A resource that was merged into another leads to that one. Raises `NotFound`.
    """
    if session.get(Offering, any_id) is not None:
        return any_id
    resource_id = kept_instead(session, any_id) or any_id
    found = session.scalars(
        select(Offering.id)
        .where(Offering.resource_id == resource_id)
        .order_by(Offering.id)
        .limit(1)
    ).first()
    if found is None:
        raise NotFound("offering")
    return found


def offering_to_explain(session: Session, any_id: uuid.UUID) -> uuid.UUID:
    """Return the offering to be asked about, as `offering_for`; of what was merged that it became.

    Nobody is told that a place is closed which lives on under another entry. Raises `NotFound`.
    """
    offering = session.get(Offering, any_id)
    became = None if offering is None else kept_instead(session, offering.resource_id)
    if became is None:
        return offering_for(session, any_id)
    try:
        return offering_for(session, became)
    except NotFound:  # it lives on without any hours of its own
        return any_id


def _shown(entry: Entry, words: TrackRecord) -> PlaceShown:
    """Show an entry whatever its status: the answer may be that it is closed."""
    o, r, p, h = entry.offering, entry.resource, entry.location, entry.organization
    sessions_seen, host_answers = words
    facts = {
        "resource_id": r.id,
        "name": r.name,
        "kind": r.kind,
        "host_name": None if h is None else h.name,
        "description": r.description,
        "phone": r.phone,
        **{name: None if p is None else getattr(p, name) for name in WHERE},
        "schedule_text": o.schedule_text,
        "verified_on": o.verified_on,
        "fee_yen": r.fee_yen,
        "invented": o.invented or r.invented,
        "verified_by": o.verified_by,
        "sessions_seen": sessions_seen,
        "host_answers": host_answers,
    }
    return PlaceShown(
        o.id.int,
        kept([facts[name] for name in SHOWN], hidden=p is not None and p.visibility == "hidden"),
        o.availability,
        o.places,
        o.availability_said_on,
        o.availability_said_by,
    )
