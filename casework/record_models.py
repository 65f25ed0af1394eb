"""The tables of what the law wants kept about records: terms, destruction, people's requests."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from casework.case_models import OfCase
from casework.sealed_words import HoldsWords, sealed_or_none
from resources.models import Base


class RetentionTerm(Base):
    """How long a kind of record is kept, and by which rule; a kind without one is kept."""

    __tablename__ = "retention_term"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # see `retention.KINDS`
    years: Mapped[int]
    rule: Mapped[str] = mapped_column(String(300))
    set_by: Mapped[str] = mapped_column(String(100))
    set_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("years >= 0", name="years_not_negative"),)


class DestructionProposal(HoldsWords, OfCase):
    """Something of a case whose term is over, until a named person decides; gone with the case.

    kept_until : somebody decided to keep it until then, and why
    """

    __tablename__ = "destruction_proposal"

    kind: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    proposed_at: Mapped[datetime]
    kept_until: Mapped[date | None]
    kept_reason_sealed: Mapped[str | None] = mapped_column("kept_reason", Text)
    kept_reason = sealed_or_none("kept_reason_sealed")
    kept_by: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = (Index(None, "case_id", "kind", unique=True),)


class Destruction(Base):
    """What was destroyed: how much of which kind, of whom by pseudonymous ids, by whom and why."""

    __tablename__ = "destruction"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    ids: Mapped[list[str]]  # of the case and the person, as the audit knows them
    counts: Mapped[dict[str, Any]]  # rows by table
    rule: Mapped[str] = mapped_column(String(300))
    years: Mapped[int]
    due_on: Mapped[date]
    without_consent: Mapped[bool]  # a case of a 支援会議: counted nowhere else
    approved_by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(index=True)


class PersonRequest(HoldsWords, OfCase):
    """A request of the person's own about what is kept of them (see `requests`).

    checked_* : who saw by which paper that it is the person (or who may ask for them)
    masked : of the collected entries, those that staff decided not to disclose; None: not decided
    """

    __tablename__ = "person_request"

    kind: Mapped[str] = mapped_column(String(12))
    received_on: Mapped[date]
    asked_by: Mapped[str] = mapped_column(String(12))
    wish_sealed: Mapped[str | None] = mapped_column("wish", Text)
    wish = sealed_or_none("wish_sealed")
    checked_by: Mapped[str | None] = mapped_column(String(100))
    checked_with: Mapped[str | None] = mapped_column(String(20))
    checked_on: Mapped[date | None]
    completing_days: Mapped[int] = mapped_column(default=0)
    extended_days: Mapped[int] = mapped_column(default=0)
    extended_reason_sealed: Mapped[str | None] = mapped_column("extended_reason", Text)
    extended_reason = sealed_or_none("extended_reason_sealed")
    due_on: Mapped[date]
    masked: Mapped[list[str] | None]
    decision: Mapped[str | None] = mapped_column(String(12))
    decided_reason_sealed: Mapped[str | None] = mapped_column("decided_reason", Text)
    decided_reason = sealed_or_none("decided_reason_sealed")
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
