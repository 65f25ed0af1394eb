"""Asking a host for room without naming anybody, and the host's answer by one tap.

What leaves is a band of ten years, the step that is wished for, and days of the week. The host's
page is given a `HostQuestion`, which holds no id of a case or person.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from casework.cases import Opened, rows_of
from casework.notices import tell
from casework.placement_models import RoomQuestion
from casework.placements import NeedsConsent, disclose, wrote
from casework.row_security import follow_link
from resources import clock
from resources.witnessing import ask_host, host_answered

LASTS = timedelta(days=7)

ANSWERS = {"yes": "capacity", "wait": "waitlist", "no": "none"}
"""What a host may answer, and what it says of the place's availability."""

BAND = 10
OLDEST_BAND = 80
YOUNGEST_BAND = 10


class NoSuchQuestion(LookupError):
    """A question that was never asked, or whose week is over."""

    def __init__(self) -> None:
        super().__init__("no such question, or its time is over")


@dataclass(frozen=True)
class HostQuestion:
    """A question as its host sees it."""

    offering_id: uuid.UUID
    age_band: str | None
    step: int | None
    days: list[str]
    answer: str | None
    expires_at: datetime


def age_band(age: int | None) -> str | None:
    """Return the band of an age: 30-39; the youngest and the oldest are put together."""
    if age is None:
        return None
    if age < YOUNGEST_BAND:
        return f"0-{YOUNGEST_BAND - 1}"
    if age >= OLDEST_BAND:
        return f"{OLDEST_BAND}-"
    first = age - age % BAND
    return f"{first}-{first + BAND - 1}"


def ask_for_room(
    session: Session, opened: Opened, *, offering_id: uuid.UUID, place: str
) -> RoomQuestion:
    """Store a question to a host, in bands; who may follow its link answers it.

    Raises `NeedsConsent` for a case without consent: nothing of it goes to a host.
    """
    if opened.case.ground != "consent":
        raise NeedsConsent("support")
    need, now = opened.person.need, clock.now()
    # The catalogue learns that its host was asked, under an id that leads to no case from there.
    silent_from = (now + LASTS).astimezone(clock.JAPAN).date() + timedelta(days=1)
    asked = ask_host(
        session, offering_id=offering_id, way="room", silent_from=silent_from, by=opened.actor.by
    )
    row = RoomQuestion(
        id=uuid.uuid4(),
        case_id=opened.case.id,
        offering_id=offering_id,
        place=place[:300],
        age_band=age_band(need.get("age")),
        step=need.get("step"),
        days=sorted({window["day"] for window in need.get("windows") or []}),
        asked_by=opened.actor.account_id,
        asked_at=now,
        expires_at=now + LASTS,
        asked_id=asked.id,
    )
    session.add(row)
    session.flush()
    told = [name for name in ("age_band", "step", "days") if getattr(row, name) not in (None, [])]
    disclose(session, opened, to_whom=place, told=told, why="room")
    wrote(session, opened, "room_question")
    return row


def questions_of(session: Session, opened: Opened) -> list[RoomQuestion]:
    """Return the questions of a case, the newest first."""
    return rows_of(session, opened, RoomQuestion, RoomQuestion.asked_at.desc())


def _row(session: Session, question_id: uuid.UUID, *, write: bool = False) -> RoomQuestion:
    follow_link(session, question_id)
    row = session.get(RoomQuestion, question_id, with_for_update=write)
    if row is None or row.expires_at <= clock.now():
        raise NoSuchQuestion
    return row


def question_for_host(session: Session, question_id: uuid.UUID) -> HostQuestion:
    """Return what a host is asked. Raises `NoSuchQuestion`."""
    row = _row(session, question_id)
    return HostQuestion(
        offering_id=row.offering_id,
        age_band=row.age_band,
        step=row.step,
        days=row.days,
        answer=row.answer,
        expires_at=row.expires_at,
    )


def answer_question(session: Session, *, question_id: uuid.UUID, answer: str) -> uuid.UUID:
    """Store a host's answer and tell who asked; return the offering it is about.

    The last answer counts, until the question's time is over. Raises `NoSuchQuestion`.
    """
    assert answer in ANSWERS
    row = _row(session, question_id, write=True)
    row.answer, row.answered_at = answer, clock.now()
    session.flush()
    if row.asked_id is not None:
        host_answered(session, offering_id=row.offering_id, asked_id=row.asked_id, by="host")
    tell(session, [row.asked_by], "room_answered", about=row.place, case_id=row.case_id)
    return row.offering_id
