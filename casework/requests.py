"""Requests of people about what is kept of them: disclosure, correction, suspension of use.

個人情報の保護に関する法律 第5章第4節: 開示請求 (第76条以下), 訂正請求 (第90条以下), 利用停止請求
(第98条以下). By when to decide stands in 第83条, 第94条 and 第102条: thirty days from the request,
without those that completing it took, and up to thirty more where there is a reason, which the
person is told. A municipality's ordinance may set less, never more (第108条).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from casework import audit
from casework.access import Actor
from casework.audit import Attempt
from casework.cases import Opened, row_of, rows_of, rows_seen
from casework.people import EditedMeanwhile
from casework.placement_models import Disclosure
from casework.record_models import PersonRequest
from resources import clock

DAYS = 30
"""第83条第1項, 第94条第1項, 第102条第1項."""

LONGEST_EXTENSION = 30
"""第83条第2項, 第94条第2項, 第102条第2項."""


@dataclass(frozen=True)
class RequestKind:
    """A kind of request, and the articles that give the right and its time."""

    code: str
    right: int
    time: int


KINDS = {
    kind.code: kind
    for kind in (
        RequestKind("disclosure", 76, 83),
        RequestKind("correction", 90, 94),
        RequestKind("suspension", 98, 102),
    )
}

ASKED_BY = ("self", "guardian", "agent")
"""第76条第2項: the person, a legal representative, or somebody the person charged with it."""

PAPERS = ("licence", "photo_card", "insurance", "residence", "passport", "several")
"""By which paper identity was seen (第77条第2項); its number is not kept, 個人番号 least of all."""

DECISIONS = ("granted", "partly", "refused")


class BadRequest(ValueError):
    """A request of no kind, by nobody who may ask, or of a day to come."""

    def __init__(self) -> None:
        super().__init__("a request names its kind, who asks, and a day not ahead")


class NotChecked(ValueError):
    """Nobody has seen yet that it is the person who asks."""

    def __init__(self) -> None:
        super().__init__("see first, by a paper, that it is the person who asks")


class BadDecision(ValueError):
    """A decision of no kind, without the reason it needs, or a second one."""

    def __init__(self) -> None:
        super().__init__("a request is decided once; where not all is granted, say why")


class TooLong(ValueError):
    """More time than the law gives, or without a reason."""

    def __init__(self) -> None:
        super().__init__("the time may be longer by thirty days at most, with a reason")


def due_on(received_on: date, *, completing_days: int = 0, extended_days: int = 0) -> date:
    """Return by which day a request is to be decided."""
    return received_on + timedelta(days=DAYS + completing_days + extended_days)


def record_request(
    session: Session, opened: Opened, *, kind: str, received_on: date, asked_by: str, wish: str
) -> PersonRequest:
    """Put down that a request came in. Raises `BadRequest`."""
    if kind not in KINDS or asked_by not in ASKED_BY or received_on > clock.today():
        raise BadRequest
    row = PersonRequest(
        id=uuid.uuid4(),
        case_id=opened.case.id,
        kind=kind,
        received_on=received_on,
        asked_by=asked_by,
        wish=wish.strip() or None,
        due_on=due_on(received_on),
        recorded_by=opened.actor.by,
        recorded_at=clock.now(),
    )
    session.add(row)
    session.flush()
    _wrote(session, opened, "request")
    return row


def _wrote(session: Session, opened: Opened, *fields: str) -> None:
    actor, case_id = opened.actor, str(opened.case.id)
    audit.record(
        session, Attempt(actor.by, actor, "edit", "case", case_id, fields, basis=opened.basis)
    )


def request_of(
    session: Session, opened: Opened, request_id: uuid.UUID, *, version: int | None = None
) -> PersonRequest:
    """Return a request of an opened case. Raises `Unseen`, `EditedMeanwhile`."""
    row = row_of(session, opened, PersonRequest, request_id)
    if version is not None and row.version != version:
        raise EditedMeanwhile(version, row.version)
    return row


def requests_of(session: Session, opened: Opened) -> list[PersonRequest]:
    """Return the requests about a case, the newest first."""
    return rows_of(session, opened, PersonRequest, PersonRequest.received_on.desc())


def open_requests(session: Session, *, actor: Actor) -> list[tuple[Opened, PersonRequest]]:
    """Return what is to be decided in the cases an actor may see, the most urgent first."""
    found = rows_seen(
        session,
        actor=actor,
        table=PersonRequest,
        where=[PersonRequest.decided_on.is_(None)],
        purpose="request",
    )
    return sorted(found, key=lambda pair: (pair[1].due_on, pair[1].recorded_at))


def check_identity(session: Session, opened: Opened, row: PersonRequest, *, paper: str) -> None:
    """Note that the actor saw by a paper that it is the person who asks. Raises `BadRequest`."""
    if paper not in PAPERS:
        raise BadRequest
    row.checked_by, row.checked_with, row.checked_on = opened.actor.by, paper, clock.today()
    session.flush()
    _wrote(session, opened, "request_identity")


def more_time(
    session: Session,
    opened: Opened,
    row: PersonRequest,
    *,
    completing_days: int,
    extended_days: int,
    reason: str,
) -> None:
    """Note the days that completing took, and an extension with its reason. Raises `TooLong`."""
    too_long = not 0 <= extended_days <= LONGEST_EXTENSION or completing_days < 0
    if too_long or completing_days > 365 or (extended_days and not reason.strip()):
        raise TooLong
    if row.decided_on is not None:
        raise BadDecision
    row.completing_days, row.extended_days = completing_days, extended_days
    row.extended_reason = reason.strip() or None
    row.due_on = due_on(
        row.received_on, completing_days=completing_days, extended_days=extended_days
    )
    session.flush()
    _wrote(session, opened, "request")


def mask(session: Session, opened: Opened, row: PersonRequest, *, keys: Sequence[str]) -> None:
    """Note which of the collected entries staff decided not to disclose (第78条)."""
    row.masked = sorted(set(keys))
    session.flush()
    _wrote(session, opened, "request_masks")


def decide(
    session: Session, opened: Opened, row: PersonRequest, *, decision: str, reason: str
) -> None:
    """Write down what was decided. Raises `NotChecked`, `BadDecision`."""
    if row.checked_on is None:
        raise NotChecked
    needs_reason = decision != "granted"
    if decision not in DECISIONS or row.decided_on or (needs_reason and not reason.strip()):
        raise BadDecision
    row.decision, row.decided_reason = decision, reason.strip() or None
    row.decided_by, row.decided_on = opened.actor.by, clock.today()
    session.flush()
    _wrote(session, opened, "request_decision")


def handed_out(
    session: Session, opened: Opened, row: PersonRequest, *, classes: Sequence[str]
) -> None:
    """Record that papers with all that is kept were made for the person. Raises `NotChecked`."""
    if row.checked_on is None:
        raise NotChecked
    session.add(
        Disclosure(
            case_id=opened.case.id,
            to_whom=row.asked_by,
            fields=list(classes),
            why="request",
            by=opened.actor.by,
            at=clock.now(),
        )
    )
    session.flush()
    actor, case_id = opened.actor, str(opened.case.id)
    audit.record(
        session,
        Attempt(
            actor.by, actor, "export", "case", case_id, tuple(classes), "request", opened.basis
        ),
    )  # fmt: skip
