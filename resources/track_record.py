"""The latest words on an offering: did its sessions take place, did its host answer in time."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from resources.witnessed import HostAsked, SessionSeen

LATEST = 4
"""How many of the latest words count."""

ENTITIES = ("session_seen", "host_asked")
"""In the change log; an id of theirs begins with that of the offering."""

Words = tuple[tuple[date, bool], ...]
"""Days with yes or no, the newest first. A no counts from its day on."""


class TrackRecord(NamedTuple):
    """The latest words on one offering.

    sessions : days of which somebody said whether it took place
    answers : the day of each answer (yes), or from which the silence counts (no)
    """

    sessions: Words = ()
    answers: Words = ()


NOTHING_KNOWN = TrackRecord()


def track_records(
    session: Session, ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, TrackRecord]:
    """Return the latest words on offerings (all where no ids are given); absent = none."""
    seen: dict[uuid.UUID, dict[date, bool]] = {}
    # Of several witnesses of one day the newest word counts: it is read last.
    words = (
        select(SessionSeen.offering_id, SessionSeen.on, SessionSeen.held)
        .where(_of(SessionSeen.offering_id, ids))
        .order_by(SessionSeen.at, SessionSeen.said_by)
    )
    for offering, on, held in session.execute(words):
        seen.setdefault(offering, {})[on] = held
    asked: dict[uuid.UUID, list[tuple[date, bool]]] = {}
    questions = (
        select(HostAsked.offering_id, HostAsked.silent_from, HostAsked.answered_on)
        .where(_of(HostAsked.offering_id, ids))
        .order_by(HostAsked.asked_on, HostAsked.id)
    )
    for offering, silent_from, answered_on in session.execute(questions):
        word = (silent_from, False) if answered_on is None else (answered_on, True)
        asked.setdefault(offering, []).append(word)
    return {
        offering: TrackRecord(
            _latest(seen.get(offering, {}).items()), tuple(asked.get(offering, [])[-LATEST:][::-1])
        )
        for offering in seen.keys() | asked.keys()
    }


def _of(column: Any, ids: Collection[uuid.UUID] | None) -> Any:
    """Return the condition that a row is about one of some offerings, or of all."""
    return true() if ids is None else column.in_(ids)


def _latest(words: Iterable[tuple[date, bool]]) -> Words:
    return tuple(sorted(words, reverse=True)[:LATEST])


def offering_of(entity_id: str) -> uuid.UUID:
    """Return the offering that a row of the change log is about, of one of `ENTITIES`."""
    return uuid.UUID(entity_id.split("/")[0])
