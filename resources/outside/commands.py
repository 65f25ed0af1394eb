"""Proposing, allowing, refusing and stopping a source; and which hosts may be read at all.

Who may allow is decided, and recorded, in `casework.outside`; here is what it does.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from resources import clock
from resources.commands import NotFound
from resources.models import Offering, Resource
from resources.outside.addresses import check_origin, check_url
from resources.outside.calendars import WHOLE
from resources.outside.models import KINDS, AllowedHost, OutsideItem, OutsideSource

LONGEST_ITEM = 300

STEPS = {
    "allow": (("proposed", "refused", "stopped"), "allowed"),
    "refuse": (("proposed",), "refused"),
    "stop": (("allowed",), "stopped"),
}
"""Decision → the states it is taken in, and the one it leads to."""


class BadSource(ValueError):
    """A source that can't be proposed as it stands; `problem` is a code of `problems`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"this source can't be proposed: {problem}")


class HostNotAllowed(RuntimeError):
    """A source whose host is not on the list of allowed ones."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        super().__init__("the host of this source is not allowed yet; allow the host first")


class DecidedMeanwhile(RuntimeError):
    """The source stands elsewhere by now, so that the decision doesn't fit."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__("the source was decided on meanwhile")


def propose_source(
    session: Session,
    *,
    resource_id: uuid.UUID,
    kind: str,
    url: str,
    items: Mapping[uuid.UUID, str],
    by: str,
    loopback: bool = False,
) -> OutsideSource:
    """Propose where the availability of a resource is read from; nothing is read yet.

    A new proposal takes the place of the old source, which is read no more.

    items : the id in the source by offering; offerings without one are left out. In a calendar an
        empty id, where there is one offering, means all of its events.
    Raises `NotFound`, `BadSourceUrl`, `BadSource`.
    """
    if session.get(Resource, resource_id, with_for_update=True) is None:
        raise NotFound("resource")
    if kind not in KINDS:
        raise BadSource("unknown_kind")
    address = check_url(url.strip(), loopback=loopback)
    named = _named(session, resource_id, kind, items)
    session.execute(delete(OutsideSource).where(OutsideSource.resource_id == resource_id))
    source = OutsideSource(
        id=uuid.uuid4(),
        resource_id=resource_id,
        kind=kind,
        url=address.url,
        origin=address.origin,
        state="proposed",
        proposed_by=by,
        proposed_at=clock.now(),
        failures=0,
    )
    session.add(source)
    session.flush()
    session.add_all(
        OutsideItem(source_id=source.id, offering_id=offering, item_id=item_id)
        for offering, item_id in named.items()
    )
    session.flush()
    return source


def _named(
    session: Session, resource_id: uuid.UUID, kind: str, items: Mapping[uuid.UUID, str]
) -> dict[uuid.UUID, str]:
    own = set(session.scalars(select(Offering.id).where(Offering.resource_id == resource_id)))
    if not own >= set(items):
        raise NotFound("offering")
    named = {offering: item_id.strip() for offering, item_id in items.items() if item_id.strip()}
    if not named and kind == "ical" and len(own) == 1:
        named = dict.fromkeys(own, WHOLE)
    if not named:
        raise BadSource("no_items")
    if any(len(i) > LONGEST_ITEM or not i.isprintable() for i in named.values()):
        raise BadSource("bad_item")
    return named


def decide_source(
    session: Session, *, source_id: uuid.UUID, decision: str, by: str
) -> OutsideSource:
    """Allow, refuse or stop a source; `decision` is a key of `STEPS`.

    Raises `NotFound`, `HostNotAllowed`, `DecidedMeanwhile`.
    """
    source = session.get(OutsideSource, source_id, with_for_update=True, populate_existing=True)
    if source is None or decision not in STEPS:
        raise NotFound("source")
    fitting, state = STEPS[decision]
    if source.state not in fitting:
        raise DecidedMeanwhile(source.state)
    now = clock.now()
    if decision == "allow":
        if source.origin not in allowed_origins(session):
            raise HostNotAllowed(source.origin)
        source.due_at, source.failures, source.problem = now, 0, None
    else:
        source.due_at = None
    source.state, source.decided_by, source.decided_at = state, by, now
    session.flush()
    return source


def allow_host(session: Session, *, origin: str, by: str, loopback: bool = False) -> AllowedHost:
    """Put a host on the list; one that is on it stays. Raises `BadSourceUrl`."""
    wanted = check_origin(origin, loopback=loopback)
    known = session.scalars(select(AllowedHost).where(AllowedHost.origin == wanted)).first()
    if known is not None:
        return known
    host = AllowedHost(id=uuid.uuid4(), origin=wanted, by=by, at=clock.now())
    session.add(host)
    session.flush()
    return host


def remove_host(session: Session, *, host_id: uuid.UUID) -> None:
    """Take a host off the list: its sources fail from the next reading on. Raises `NotFound`."""
    host = session.get(AllowedHost, host_id)
    if host is None:
        raise NotFound("host")
    session.delete(host)
    session.flush()


def allowed_origins(session: Session) -> frozenset[str]:
    """Return the origins of all allowed hosts."""
    return frozenset(session.scalars(select(AllowedHost.origin)))
