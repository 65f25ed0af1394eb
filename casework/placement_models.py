"""The tables of what is done for a case: plan, placements, follow-ups, hand-offs, meetings."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.case_models import OfCase
from casework.sealed_words import HoldsWords, sealed, sealed_or_none
from resources.models import Base


class PlanItem(HoldsWords, OfCase):
    """Who provides what by when."""

    __tablename__ = "plan_item"

    what_sealed: Mapped[str] = mapped_column("what", Text)
    what = sealed("what_sealed")
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    made_by: Mapped[str] = mapped_column(String(100))


class Placement(OfCase):
    """A place that a person was brought together with, step by step (see `stages.PLACEMENT`).

    offering_id : of the catalogue; the place may be closed there later, the placement stays
    next_on : by when the next step is to be taken, by the owner; None where it is over
    """

    __tablename__ = "placement"

    offering_id: Mapped[uuid.UUID]
    place: Mapped[str] = mapped_column(String(300))  # the resource's name at that time
    state: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    next_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(30))  # see `decline_reasons`
    ask_again_on: Mapped[date | None]
    started_on: Mapped[date]
    told_on: Mapped[date | None]  # when its owner was told that it stalls, or that its day came
    manager_told_on: Mapped[date | None]
    # What the engine said of the pair when it began, see `outcomes.suggested_facts`
    suggested: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index(None, "owner_id", "next_on"),)


class PlacementStep(HoldsWords, OfCase):
    """One step of a placement, as it was taken."""

    __tablename__ = "placement_step"

    placement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("placement.id"), index=True)
    origin: Mapped[str | None] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(10))
    note_sealed: Mapped[str | None] = mapped_column("note", Text)
    note = sealed_or_none("note_sealed")
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class FollowUp(HoldsWords, OfCase):
    """A dated contact after joining: with the person (定着支援), or the host (受け入れ先支援)."""

    __tablename__ = "follow_up"

    placement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("placement.id"), index=True)
    whom: Mapped[str] = mapped_column(String(10))  # person / host
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    view: Mapped[str | None] = mapped_column(String(10))  # how it goes, of `outcomes.VIEWS`
    note_sealed: Mapped[str | None] = mapped_column("note", Text)
    note = sealed_or_none("note_sealed")
    done_by: Mapped[str | None] = mapped_column(String(100))
    told_on: Mapped[date | None]  # when the case's owner was told that it is due
    manager_told_on: Mapped[date | None]


class HandOff(HoldsWords, OfCase):
    """Something that one agency handed to another; closed when the sender has heard the end."""

    __tablename__ = "hand_off"

    sender: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    receiver: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    what_sealed: Mapped[str] = mapped_column("what", Text)
    what = sealed("what_sealed")
    state: Mapped[str] = mapped_column(String(10))  # see `stages.HAND_OFF`
    answer_sealed: Mapped[str | None] = mapped_column("answer", Text)
    answer = sealed_or_none("answer_sealed")
    asked_at: Mapped[datetime]
    moved_at: Mapped[datetime]


PINNED = "unpinned_at IS NULL"
"""Pins that hold: among these a place stands once in a case."""


class Pin(HoldsWords, OfCase):
    """A place that staff keep first on a person's list, and why, until somebody takes it off."""

    __tablename__ = "pin"

    offering_id: Mapped[uuid.UUID]
    place: Mapped[str] = mapped_column(String(300))  # the resource's name at that time
    reason_sealed: Mapped[str] = mapped_column("reason", Text)
    reason = sealed("reason_sealed")
    made_by: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    unpinned_by: Mapped[str | None] = mapped_column(String(100))
    unpinned_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_pin_held",
            "case_id",
            "offering_id",
            unique=True,
            sqlite_where=text(PINNED),
            postgresql_where=text(PINNED),
        ),
    )


class Disclosure(OfCase):
    """What of a case went to whom outside the team, why, and on which consent."""

    __tablename__ = "disclosure"

    to_whom: Mapped[str] = mapped_column(String(300))
    fields: Mapped[list[str]]
    why: Mapped[str] = mapped_column(String(30))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class Meeting(Base):
    """A 重層的支援会議 (`juso`: decided with consent) or a 支援会議 (`shien`: 法106条の6)."""

    __tablename__ = "meeting"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(100))


class MeetingCase(HoldsWords, OfCase):
    """A case on a meeting's agenda, and what was decided."""

    __tablename__ = "meeting_case"

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    decision_sealed: Mapped[str | None] = mapped_column("decision", Text)
    decision = sealed_or_none("decision_sealed")
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]


class RoomQuestion(OfCase):
    """Whether a host has room, asked without naming anybody: bands, a step, days, nothing else."""

    __tablename__ = "room_question"

    offering_id: Mapped[uuid.UUID]
    place: Mapped[str] = mapped_column(String(300))
    age_band: Mapped[str | None] = mapped_column(String(10))  # 30-39
    step: Mapped[int | None]
    days: Mapped[list[str]]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(10))  # see `room_questions.ANSWERS`
    answered_at: Mapped[datetime | None]
    asked_id: Mapped[uuid.UUID | None]  # the same question as the catalogue knows it, of nobody
