"""Keeps the head of the audit's chain in a file beside the database, and seals by the clock.

The file is written from what is committed: it may lag by one seal, and never runs ahead.
"""

import hashlib
import hmac
import json
import os
from pathlib import Path

from sqlalchemy.orm import Session

from casework.audit_seal import BeingWritten, Head, newest_seal, seal, verify
from jobs.backup.checking import Finding
from jobs.ledger import Claimed, Outcome, Refused
from jobs.program import Program
from jobs.settings import Settings, secret_key


def seal_key(settings: Settings) -> bytes:
    """Return the key of the chain, derived from the installation's own."""
    return hmac.new(secret_key(settings.home), b"audit seal", hashlib.sha256).digest()


def _file(settings: Settings) -> Path:
    return settings.home / "audit.head"


def kept_head(settings: Settings) -> Head | None:
    """Return the newest seal as the file holds it; None where there is no such file yet."""
    try:
        kept = json.loads(_file(settings).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Head(int(kept["number"]), str(kept["digest"]))


def keep_head(program: Program, _job: Claimed) -> None:
    """Write the newest committed seal to the file, unless the chain has lost what stands there."""
    settings = program.settings
    with program.database.reading() as session:
        newest = newest_seal(session)
        before = kept_head(settings)
        if newest is None or (before is not None and before.number >= newest.number):
            return  # shorter than it was: that is evidence, and stays
        fresh = _file(settings).with_suffix(f".{os.getpid()}")
        text = json.dumps({"number": newest.number, "digest": newest.digest})
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(_file(settings))


def broken_seals(program: Program) -> list[Finding]:
    """Return what the audit's chain says was changed, for whoever looks whether all is whole."""
    head, key = kept_head(program.settings), seal_key(program.settings)
    with program.database.reading() as session:
        count = len(verify(session, key=key, head=head).findings)
    if not count:
        return []
    return [
        Finding(
            "audit",
            count,
            "閲覧の記録の封印が合いません。鍵（secret.key）が控えと組のものかを確かめ、"
            "ibasho audit verify を実行してください",
            "the seals of the audit don't fit; check that secret.key belongs to this data, "
            "then run ibasho audit verify",
        )
    ]


def seal_audit(program: Program, session: Session, _job: Claimed) -> Outcome:
    """Seal what was recorded since the last time."""
    try:
        rows = seal(session, key=seal_key(program.settings))
    except BeingWritten as error:
        raise Refused("busy") from error
    return Outcome("sealed", {"rows": rows}) if rows else Outcome("nothing_to_do")
