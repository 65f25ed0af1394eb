"""Seals the audit in a hash chain, and finds what was changed, removed or put in since.

A seal covers the rows after the one before it: a keyed hash (HMAC-SHA-256, RFC 2104) over the seal
before and every column of every row, in order. The key stands outside the database, and so does
the head of the chain: without it the newest seals could be taken off together with their rows.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from casework.audit import LOCK
from casework.models import AuditRow, AuditSeal
from resources import clock
from resources.turns import try_turn

BEGINNING = "0" * 64
"""What stands before the first seal."""

LEAST = -(2**63)
"""Below every id, also those that nobody gave: a row put in before the first is found too."""

AT_ONCE = 1000
COLUMNS = tuple(AuditRow.__table__.columns)


class BeingWritten(RuntimeError):
    """Rows of the audit are being written at this moment; seal a little later."""

    def __init__(self) -> None:
        super().__init__("the audit is being written to; seal a little later")


@dataclass(frozen=True)
class Head:
    """The newest seal as it is kept outside the database."""

    number: int
    digest: str


@dataclass(frozen=True)
class Finding:
    """What verifying found: `rows_changed`, `rows_removed_or_added` or `seals_removed`.

    number : of the seal
    after, last : the rows it covers, by id
    """

    kind: str
    number: int
    after: int
    last: int


@dataclass(frozen=True)
class Verified:
    """How far the audit was verified, and what was wrong."""

    seals: int
    rows: int
    unsealed: int
    findings: list[Finding]


def _canonical(row: Row[Any]) -> bytes:
    values = [
        value.isoformat() if isinstance(value, datetime) else value
        if isinstance(value, int | list | None)
        else str(value)
        for value in row
    ]  # fmt: skip
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _rows(session: Session, after: int, last: int | None) -> Iterator[Row[Any]]:
    which = select(*COLUMNS).where(AuditRow.id > after).order_by(AuditRow.id)
    if last is not None:
        which = which.where(AuditRow.id <= last)
    yield from session.execute(which.execution_options(yield_per=AT_ONCE))


def _digest(
    key: bytes, number: int, previous: str, rows: Iterator[Row[Any]]
) -> tuple[str, int, int]:
    """Return the hash, how many rows it covers, and the id of the last (0 for none)."""
    chain = hmac.new(key, f"{number}\0{previous}".encode(), hashlib.sha256)
    count = last = 0
    for row in rows:
        chain.update(b"\0" + _canonical(row))
        count, last = count + 1, int(row.id)
    return chain.hexdigest(), count, last


def newest_seal(session: Session) -> AuditSeal | None:
    """Return the newest seal; None before the first."""
    return session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))


def seal(session: Session, *, key: bytes) -> int:
    """Seal the rows that no seal covers yet; return how many.

    On PostgreSQL ids become visible out of order, so it seals only while nobody writes rows
    (`audit.record` holds the same lock, shared); SQLite has one writer anyway.

    Raises
    ------
    BeingWritten
        Somebody is writing rows; nothing was sealed.
    """
    if not try_turn(session, LOCK):
        raise BeingWritten
    newest = newest_seal(session)
    number = newest.number + 1 if newest else 1
    after = newest.last_row if newest else LEAST
    previous = newest.digest if newest else BEGINNING
    digest, count, last = _digest(key, number, previous, _rows(session, after, None))
    if count:
        session.execute(
            insert(AuditSeal).values(
                number=number, last_row=last, rows=count, digest=digest, at=clock.now()
            )
        )
    return count


def verify(session: Session, *, key: bytes, head: Head | None = None) -> Verified:
    """Compute the whole chain again and say what doesn't fit.

    head : the newest seal as it was kept outside the database, where one was
    """
    findings: list[Finding] = []
    previous, after, covered, seals = BEGINNING, LEAST, 0, 0
    kept = list(session.scalars(select(AuditSeal).order_by(AuditSeal.number)))
    for expected, found in enumerate(kept, start=1):
        seals += 1
        if found.number != expected:
            findings.append(Finding("seals_removed", expected, max(after, 0), found.last_row))
        digest, count, _ = _digest(
            key, found.number, previous, _rows(session, after, found.last_row)
        )
        if digest != found.digest or count != found.rows:
            kind = "rows_changed" if count == found.rows else "rows_removed_or_added"
            findings.append(Finding(kind, found.number, max(after, 0), found.last_row))
        covered += count
        previous, after = found.digest, found.last_row
    digests = {s.number: s.digest for s in kept}
    if head is not None and digests.get(head.number) != head.digest:
        findings.append(Finding("seals_removed", head.number, max(after, 0), max(after, 0)))
    unsealed = session.scalar(select(func.count(AuditRow.id)).where(AuditRow.id > after)) or 0
    return Verified(seals, covered, unsealed, findings)
