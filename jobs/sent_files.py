"""Files that people send to be imported: kept, tried, asked for or dropped, and forgotten."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, defer

from jobs.ledger import Outcome, enqueue
from jobs.listing import JobShown, job_shown
from jobs.models import Job, SentFile, SentPart
from resources import clock
from resources.import_report import FileReport, Reported, Told
from resources.sources.rows import BadFile

FORMATS = ("opendata", "hsds", "catalogue")
LONGEST_NAME = 100

MOST_KEPT = 1_000
"""How many rows of a list a report keeps; all are counted."""


class NotChecked(RuntimeError):
    """A file that can't be taken in as it stands: it wasn't tried, is refused, or is taken in."""

    def __init__(self) -> None:
        super().__init__("the file can't be taken in from where it stands")


def keep_file(
    session: Session,
    *,
    name: str,
    content: bytes,
    form: str,
    by: str,
    encoding: str | None = None,
    verified_on: date | None = None,
) -> SentFile:
    """Keep a file that was sent and ask for its trial."""
    sent = SentFile(
        id=uuid.uuid4(),
        name=_safe(name),
        format=form,
        encoding=encoding,
        verified_on=verified_on,
        content=content,
        size_bytes=len(content),
        state="sent",
        sent_by=by,
        sent_at=clock.now(),
    )
    sent.job_id = _ask(session, "check_file", sent.id)
    session.add(sent)
    session.flush()
    return sent


def keep_to_import(
    session: Session,
    *,
    name: str,
    content: bytes,
    by: str,
    encoding: str | None = None,
    verified_on: date | None = None,
) -> SentFile:
    """Keep a file and ask for it to be taken in without a trial.

    For many files at once, such as those of all municipalities of a country: any worker takes one,
    or a part of a large one.
    """
    now = clock.now()
    sent = SentFile(
        id=uuid.uuid4(), name=_safe(name), format=form_of(content), encoding=encoding,
        verified_on=verified_on, content=content, size_bytes=len(content), state="asked",
        sent_by=by, sent_at=now, decided_by=by, decided_at=now,
    )  # fmt: skip
    sent.job_id = _ask(session, "import_file", sent.id)
    session.add(sent)
    session.flush()
    return sent


def _safe(name: str) -> str:
    """Return the last part of a name, of letters, digits, dots and dashes only."""
    return re.sub(r"[^\w.-]", "_", Path(name).name).lstrip(".")[-LONGEST_NAME:] or "file"


def form_of(content: bytes) -> str:
    """Return what a file is, by how it begins: a catalogue, HSDS, or a table."""
    start = content[:4_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] not in (b"{", b"["):
        return "opendata"
    first = re.sub(rb"\s", b"", start.split(b"\n", 1)[0])
    return "catalogue" if b'"type":"catalogue"' in first else "hsds"


def _ask(session: Session, kind: str, file_id: uuid.UUID) -> uuid.UUID:
    return enqueue(session, kind, subject=str(file_id), dedupe_key=f"{kind}:{file_id}")


def ask_for_import(session: Session, file_id: uuid.UUID, *, by: str) -> SentFile:
    """Ask for a file that was tried to be taken in. Raises `NotChecked`."""
    sent = _locked(session, file_id)
    if sent is None or sent.state != "checked":
        raise NotChecked
    sent.state, sent.decided_by, sent.decided_at = "asked", by, clock.now()
    sent.job_id = _ask(session, "import_file", sent.id)
    return sent


def drop_file(session: Session, file_id: uuid.UUID, *, by: str) -> SentFile:
    """Let go of a file that isn't to be taken in. Raises `NotChecked`."""
    sent = _locked(session, file_id)
    if sent is None or not (sent.state in ("checked", "refused") or _is_stuck(session, sent)):
        raise NotChecked
    sent.state, sent.decided_by, sent.decided_at = "dropped", by, clock.now()
    sent.content = None
    return sent


def _is_stuck(session: Session, sent: SentFile) -> bool:
    """Tell whether a job of a file has ended without having done it."""
    job = work_on(session, sent)
    return sent.state in ("sent", "asked") and (job is None or job.state == "dead")


def work_on(session: Session, sent: SentFile) -> JobShown | None:
    """Return the job of a file; for one in parts, one that stands for all, by how many are done."""
    job = None if sent.job_id is None else job_shown(session, sent.job_id)
    if job is None or job.state != "done" or not parts_left(session, sent.id):
        return job
    of_parts = select(SentPart.job_id).where(SentPart.file_id == sent.id)
    dead = session.scalar(select(Job.id).where(Job.id.in_(of_parts), Job.state == "dead").limit(1))
    if dead is not None and (shown := job_shown(session, dead)) is not None:
        job = shown
    else:
        job = replace(job, kind="import_some", state="running")
    return replace(job, progress=parts_in(session, sent.id))


def parts_in(session: Session, file_id: uuid.UUID) -> tuple[int, int]:
    """Return how many parts of a file are taken in, and how many there are."""
    counted = select(func.count(SentPart.job_id)).where(SentPart.file_id == file_id)
    total = session.scalar(counted) or 0
    return total - parts_left(session, file_id), total


def parts_left(session: Session, file_id: uuid.UUID) -> int:
    """Return how many parts of a file wait to be written."""
    waiting = (SentPart.file_id == file_id, SentPart.content.is_not(None))
    return session.scalar(select(func.count()).select_from(SentPart).where(*waiting)) or 0


def _locked(session: Session, file_id: uuid.UUID) -> SentFile | None:
    return session.get(SentFile, file_id, with_for_update=True, populate_existing=True)


def sent_file(session: Session, file_id: uuid.UUID) -> SentFile | None:
    """Return a file without its content; None where there is none (any more)."""
    return session.get(SentFile, file_id, options=[defer(SentFile.content)])


def list_files(session: Session, limit: int) -> list[SentFile]:
    """Return the files that were sent last, without their content."""
    statement = select(SentFile).order_by(SentFile.sent_at.desc(), SentFile.id).limit(limit)
    return list(session.scalars(statement.options(defer(SentFile.content), defer(SentFile.report))))


def bytes_waiting(session: Session) -> int:
    """Return how many bytes of files are kept that nobody has decided on."""
    kept = SentFile.content.is_not(None)
    return session.scalar(select(func.coalesce(func.sum(SentFile.size_bytes), 0)).where(kept)) or 0


@contextmanager
def as_path(sent: SentFile) -> Iterator[Path]:
    """Give a file on disk, under its own name, for as long as it is read."""
    with TemporaryDirectory(prefix="ibasho-") as folder:
        path = Path(folder) / sent.name
        path.write_bytes(sent.content or b"")
        yield path


def forget_old_files(session: Session, *, days: int) -> int:
    """Remove files that were sent so many days ago; return how many."""
    before: datetime = clock.now() - timedelta(days=days)
    gone = session.execute(
        delete(SentFile).where(SentFile.sent_at < before).returning(SentFile.id)
    ).all()
    return len(gone)


def outcome_of(report: FileReport) -> Outcome:
    """Return what is said of a file that was taken in."""
    counts = counts_of(report)
    if report.similar:
        return Outcome("imported_like_others", {**counts, "similar": len(report.similar)})
    return Outcome("imported", {**counts})


def counts_of(report: FileReport) -> dict[str, int | str]:
    """Return how many rows became what."""
    counts: dict[str, int | str] = {
        name: int(getattr(report, name)) for name in ("rows", "added", "changed", "unchanged")
    }
    return counts | {"reported": len(report.reported)}


def kept_report(report: FileReport) -> dict[str, Any]:
    """Return what is kept of a report: counts of all, and the first rows of each list."""
    told: dict[str, list[Any]] = {"added": [], "changed": [], "unchanged": []}
    for row in report.told:
        if len(told[row.outcome]) < MOST_KEPT:
            told[row.outcome].append(_told(row))
    return {
        **{name: getattr(report, name) for name in ("rows", "added", "changed", "unchanged")},
        "verified": report.verified,
        "reported_count": len(report.reported),
        "reported": [_reason(r) for r in report.reported[:MOST_KEPT]],
        "warned_count": len(report.warned or []),
        "warned": [_reason(r) for r in (report.warned or [])[:MOST_KEPT]],
        "similar_count": len(report.similar or []),
        "similar": [
            {
                "line": s.line,
                "name": s.name,
                "other": str(s.other),
                "other_name": s.other_name,
                "alike": [e.field for e in s.likeness.evidence if e.weight > 0],
            }
            for s in (report.similar or [])[:MOST_KEPT]
        ],
        "told": told,
    }


def _reason(row: Reported) -> list[Any]:
    return [row.line, row.name or row.record, row.ja, row.en]


def _told(row: Told) -> list[Any]:
    return [row.line, row.name, [list(field) for field in row.fields]]


def refused_report(error: BadFile) -> dict[str, Any]:
    """Return what is kept of a file that can't be used as a whole."""
    return {"problem": [error.ja, error.en]}
