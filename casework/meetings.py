"""Meetings on cases with consent (重層的支援会議) and without (支援会議): agenda, decisions."""

import uuid
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.cases import Opened, rows_of, rows_seen, takes_part
from casework.placement_models import Meeting, MeetingCase
from casework.placements import check_covered, disclose, wrote
from resources import clock

KINDS = ("juso", "shien")

HEARS_OF_ALL = ("secretariat",)
"""The role that prepares all meetings; a meeting's cases it sees only where it may."""


class NotForThisMeeting(ValueError):
    """A case whose ground is another than the meeting's: consent for 重層的支援会議, else none."""

    def __init__(self) -> None:
        super().__init__("a 重層的支援会議 takes cases with consent, a 支援会議 those without")


class NoSuchKind(ValueError):
    """A meeting of neither kind."""

    def __init__(self) -> None:
        super().__init__("a meeting is juso or shien")


class NoSuchMeeting(LookupError):
    """A meeting that doesn't exist."""

    def __init__(self) -> None:
        super().__init__("no such meeting")


def add_meeting(session: Session, *, kind: str, held_on: date, title: str, by: Actor) -> Meeting:
    """Call a meeting. Raises `NoSuchKind`."""
    if kind not in KINDS:
        raise NoSuchKind
    meeting = Meeting(id=uuid.uuid4(), kind=kind, held_on=held_on, title=title, made_by=by.by)
    session.add(meeting)
    session.flush()
    return meeting


def _known_to(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Return which meetings an actor hears of at all.

    That a 支援会議 is held is known to who calls such meetings, to who called this one, and to the
    named members of a case without consent; to nobody else.
    """
    if actor.role in HEARS_OF_ALL or takes_part(session, actor):
        return true()
    return or_(Meeting.kind != "shien", Meeting.made_by == actor.by)


def meetings(session: Session, *, actor: Actor, limit: int = 50) -> list[Meeting]:
    """Return the meetings an actor hears of, the latest first; nothing tells of which cases."""
    which = select(Meeting).where(_known_to(session, actor))
    return list(session.scalars(which.order_by(Meeting.held_on.desc(), Meeting.id).limit(limit)))


def meeting_of(session: Session, meeting_id: uuid.UUID, *, actor: Actor) -> Meeting:
    """Return a meeting. Raises `NoSuchMeeting`, the same for one the actor doesn't hear of."""
    which = select(Meeting).where(Meeting.id == meeting_id, _known_to(session, actor))
    found = session.scalar(which)
    if found is None:
        raise NoSuchMeeting
    return found


def agenda(session: Session, *, actor: Actor, meeting: Meeting) -> list[tuple[Opened, MeetingCase]]:
    """Return the cases on a meeting's agenda that the actor may see; each look is recorded."""
    return rows_seen(
        session,
        actor=actor,
        table=MeetingCase,
        where=[MeetingCase.meeting_id == meeting.id],
        purpose="meeting",
    )


def put_on_agenda(session: Session, opened: Opened, *, meeting: Meeting) -> None:
    """Put a case on the agenda; a second time changes nothing.

    Raises `NotForThisMeeting`; `NeedsConsent` where nobody agreed to tell a 重層的支援会議.
    """
    if (meeting.kind == "juso") != (opened.case.ground == "consent"):
        raise NotForThisMeeting
    if meeting.kind == "juso":
        check_covered(opened, "meeting")
    there = {row.meeting_id for row in rows_of(session, opened, MeetingCase)}
    if meeting.id not in there:
        session.add(MeetingCase(case_id=opened.case.id, meeting_id=meeting.id))
        session.flush()
        whom = f"{meeting.title}（{meeting.held_on}）"
        disclose(session, opened, to_whom=whom, told=("need", "plan"), why="meeting")
        wrote(session, opened, "meeting")


def decide(session: Session, opened: Opened, *, meeting: Meeting, decision: str) -> None:
    """Write down what a meeting decided about a case on its agenda. Raises `NoSuchMeeting`."""
    rows = [r for r in rows_of(session, opened, MeetingCase) if r.meeting_id == meeting.id]
    if not rows:
        raise NoSuchMeeting
    rows[0].decision, rows[0].decided_by = decision, opened.actor.by
    rows[0].decided_at = clock.now()
    session.flush()
    wrote(session, opened, "meeting")
