"""The tables of the casework. Each but `support_case` and `meeting` hangs on one case.

They are read through `cases` only, which asks `access.visible` first.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.sealed_words import HoldsWords, sealed, sealed_json, sealed_or_none
from resources.models import Base


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(primary_key=True, default=uuid.uuid4)


class OfCase(Base):
    """What hangs on one case; the door reads nothing of it before the case is opened."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_case.id"), index=True)


class Household(HoldsWords, Base):
    """People who live together; each has a case of their own, with its own team and consent."""

    __tablename__ = "household"

    id: Mapped[uuid.UUID] = _id()
    label_sealed: Mapped[str] = mapped_column("label", Text)
    label = sealed("label_sealed")
    created_at: Mapped[datetime]


class Person(HoldsWords, Base):
    """Somebody whom a case is about, known by a label and never by a name.

    What stands here belongs to the person's one case: it is seen by whoever sees that.
    """

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = _id()
    label_sealed: Mapped[str] = mapped_column("label", Text)
    label = sealed("label_sealed")
    summary_sealed: Mapped[str] = mapped_column("summary", Text)
    summary = sealed("summary_sealed")
    # The question for the engine, as in its contract; where somebody lives stands in it.
    need_sealed: Mapped[str] = mapped_column("need", JSON)
    need = sealed_json("need_sealed")
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), index=True)  # who received them
    household_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    protected: Mapped[bool] = mapped_column(default=False)  # 支援措置: no address anywhere
    invented: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class Case(HoldsWords, Base):
    """The work with one person, by a team of agencies.

    reference : what is written on papers and said on the telephone; random, so that none is guessed
    ground : `consent`, or `meeting` for a case of a 支援会議 (法106条の6)
    state : see `case_states`
    """

    __tablename__ = "support_case"

    id: Mapped[uuid.UUID] = _id()
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    ground: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(20))  # why it was closed: a code
    evaluation_sealed: Mapped[str | None] = mapped_column("evaluation", Text)
    evaluation = sealed_or_none("evaluation_sealed")
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("ground IN ('consent', 'meeting')", name="known_ground"),)


class CaseAgency(OfCase):
    """An agency's time on a case's team."""

    __tablename__ = "case_agency"

    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    added_by: Mapped[str] = mapped_column(String(100))


class CaseMember(OfCase):
    """A named person's time in a 支援会議 about one case, with the day of the pledge of secrecy."""

    __tablename__ = "case_member"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    pledged_on: Mapped[date]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    added_by: Mapped[str] = mapped_column(String(100))


class Consent(OfCase):
    """What somebody agreed to: a purpose and named agencies, on a date, in a form.

    given_by : `self`, `guardian`, `family` …; form : `written`, `oral` …, or `carried_over` where
    the paper was not seen by this program
    """

    __tablename__ = "consent"

    purpose: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str] = mapped_column(String(20))
    given_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(20))
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(100))

    agencies: Mapped[list["ConsentAgency"]] = relationship(lazy="raise")


class ConsentAgency(Base):
    """One agency that a consent covers."""

    __tablename__ = "consent_agency"

    consent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent.id"), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agency.code"), primary_key=True)


class Exclusion(HoldsWords, OfCase):
    """An account or an agency that must never see a case: stronger than everything else."""

    __tablename__ = "exclusion"

    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    reason_sealed: Mapped[str] = mapped_column("reason", Text)
    reason = sealed("reason_sealed")
    made_by: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (agency IS NULL)", name="one_of_both"),
    )


class BreakGlass(HoldsWords, OfCase):
    """A case that was opened in an emergency, to read only, for half an hour."""

    __tablename__ = "break_glass"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reason_sealed: Mapped[str] = mapped_column("reason", Text)
    reason = sealed("reason_sealed")
    at: Mapped[datetime]

    __table_args__ = (Index(None, "account_id", "at"),)


class Notice(Base):
    """Something that one account must know; its words are by kind, it holds no content.

    case_id : None in what is told to who may not see cases
    """

    __tablename__ = "notice"

    id: Mapped[uuid.UUID] = _id()
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(30))
    about: Mapped[str] = mapped_column(String(100))  # who did it, or which row; never content
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("support_case.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "account_id", "seen_at"),)


class PersonIdentity(OfCase):
    """One field that names a case's person, sealed (see `sealed_fields`), with its blind index."""

    __tablename__ = "person_identity"

    field: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    lookup: Mapped[str] = mapped_column(String(64), index=True)
    edited_at: Mapped[datetime]

    __table_args__ = (Index(None, "case_id", "field", unique=True),)
