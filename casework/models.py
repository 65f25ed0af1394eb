"""The tables about staff: accounts, sessions, tokens; and the audit.

Nothing here, or in `case_models`, is in the catalogue's change log: what is kept about people never
leaves by it.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from resources.models import Base


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(primary_key=True, default=uuid.uuid4)


class Account(Base):
    """Somebody who can sign in."""

    __tablename__ = "account"

    id: Mapped[uuid.UUID] = _id()
    name: Mapped[str] = mapped_column(String(100), unique=True)  # folded, see `accounts.folded`
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(40))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"), index=True)
    language: Mapped[str] = mapped_column(String(5), default="ja")
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    totp: Mapped[str | None] = mapped_column(String(300))  # sealed; None: no second factor
    totp_step: Mapped[int | None] = mapped_column(BigInteger)  # of the last code that was used
    totp_offered: Mapped[str | None] = mapped_column(String(300))  # sealed; waits for a first code
    totp_offered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class RecoveryCode(Base):
    """One of the codes that stand in for a lost telephone, each once; only its hash is stored.

    selector : its first letters, by which it is found: they open nothing
    """

    __tablename__ = "recovery_code"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    selector: Mapped[str] = mapped_column(String(4), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkedSubject(Base):
    """Somebody at the identity provider, and whose account here; the key is a hash of both ids."""

    __tablename__ = "linked_subject"

    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    linked_at: Mapped[datetime]


class WebSession(Base):
    """A browser that is signed in; only the hash of what its cookie holds is stored."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    account: Mapped[Account] = relationship(lazy="raise")


class ApiToken(Base):
    """Lets another system act as an account, within scopes; only its hash is stored."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]]  # read / write
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")


class Invitation(Base):
    """A one-time code with which somebody makes the account that was prepared for them."""

    __tablename__ = "invitation"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(40))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    display_name: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Guess(Base):
    """How often a name was tried in vain from one source; the key is a hash of both."""

    __tablename__ = "guess"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    not_before: Mapped[datetime]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """One look at, or one write of, personal data or a permission; never what it contained.

    Append only: triggers refuse every change (see `audit`).
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    role: Mapped[str | None] = mapped_column(String(40))
    agency: Mapped[str | None] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(20))  # see `audit.ACTIONS`
    entity: Mapped[str] = mapped_column(String(40))  # person / case / account / token / source …
    entity_id: Mapped[str] = mapped_column(String(64))
    fields: Mapped[list[str]]  # classes of fields, never values
    purpose: Mapped[str | None] = mapped_column(String(60))
    basis: Mapped[str | None] = mapped_column(String(40))  # see `access.Basis`
    allowed: Mapped[bool]

    __table_args__ = (
        Index(None, "entity", "entity_id"),
        {"sqlite_autoincrement": True},
    )


class AuditSeal(Base):
    """A link of the chain that seals the audit (see `audit_seal`)."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_row: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
