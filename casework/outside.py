"""An administrator's word on sources outside: a change of what the program may do, so audited.

Each decision is recorded in the transaction that takes it, by the ids of the source or host only.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import recorded
from resources.outside import commands
from resources.outside.models import AllowedHost, OutsideSource

DECIDES = "administrator"


class NotTheirs(PermissionError):
    """A role that doesn't decide what the program may read."""

    def __init__(self) -> None:
        super().__init__("only an administrator decides what is read from outside")


def propose_source(
    session: Session,
    *,
    resource_id: uuid.UUID,
    kind: str,
    url: str,
    items: Mapping[uuid.UUID, str],
    by: Actor,
    loopback: bool,
) -> OutsideSource:
    """Propose a source; the permission of the one whose place it takes ends, and that is recorded.

    Raises `NotFound`, `BadSourceUrl`, `BadSource`.
    """
    replaced = session.scalar(
        select(OutsideSource.id).where(
            OutsideSource.resource_id == resource_id, OutsideSource.state == "allowed"
        )
    )
    source = commands.propose_source(
        session,
        resource_id=resource_id,
        kind=kind,
        url=url,
        items=items,
        by=by.by,
        loopback=loopback,
    )
    if replaced is not None:
        recorded(session, by, "revoke", "source", str(replaced), ("state",))
    return source


def decide_source(
    session: Session, *, source_id: uuid.UUID, decision: str, by: Actor
) -> OutsideSource:
    """Allow, refuse or stop a source.

    Raises `NotTheirs`, `NotFound`, `HostNotAllowed`, `DecidedMeanwhile`.
    """
    _check(by)
    source = commands.decide_source(session, source_id=source_id, decision=decision, by=by.by)
    action = "permit" if decision == "allow" else "revoke"
    recorded(session, by, action, "source", str(source_id), ("state",))
    return source


def allow_host(session: Session, *, origin: str, by: Actor, loopback: bool) -> AllowedHost:
    """Put a host on the list of those that may be read. Raises `NotTheirs`, `BadSourceUrl`."""
    _check(by)
    host = commands.allow_host(session, origin=origin, by=by.by, loopback=loopback)
    recorded(session, by, "permit", "host", str(host.id), ("origin",))
    return host


def remove_host(session: Session, *, host_id: uuid.UUID, by: Actor) -> None:
    """Take a host off the list. Raises `NotTheirs`, `NotFound`."""
    _check(by)
    commands.remove_host(session, host_id=host_id)
    recorded(session, by, "revoke", "host", str(host_id), ("origin",))


def _check(by: Actor) -> None:
    if not by.active or by.role != DECIDES:
        raise NotTheirs
