"""Brings the rows of a file into the catalogue: added, changed or left as they are, or reported.

Reading a file again changes nothing. A row that changed in the file changes just those fields; what
coordinators know beyond the file stays.
"""

import hashlib
import uuid
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.gazetteer import Gazetteer
from resources import changes, clock
from resources.duplicates import among_added
from resources.import_report import FileReport, Progress, Reported, Similar
from resources.import_sorting import sort_rows
from resources.import_writing import BATCH, Written, write_rows
from resources.models import ImportedFile
from resources.sources.opendata import Reader, Table, read_table
from resources.sources.rows import BadFile
from resources.sources.tables import MOST_BYTES


class VerifiedAhead(ValueError):
    """A day of verification that hasn't come yet."""

    def __init__(self, day: date) -> None:
        self.day = day.isoformat()
        super().__init__(f"{self.day} hasn't come yet")


class _Told:
    """Tells somebody how far it is, a hundred times or so."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done = 0
        self._step = max(1, total // 100)

    def more(self, rows: int = 1) -> None:
        before, self._done = self._done, self._done + rows
        if self._progress is None or not rows:
            return
        if self._done == self._total or before // self._step != self._done // self._step:
            self._progress(self._done, self._total)


def import_opendata(
    session: Session,
    path: Path,
    *,
    by: str,
    gazetteer: Gazetteer | None = None,
    progress: Progress | None = None,
    max_bytes: int = MOST_BYTES,
    verified_on: date | None = None,
    encoding: str | None = None,
) -> FileReport:
    """Read a file of municipal open data into the catalogue.

    Parameters
    ----------
    session : the caller's transaction; nothing stays of a file that is refused
    by : who brings it in
    gazetteer : finds points for addresses without one, and points that contradict their address
    progress : called with rows done and rows in all
    verified_on : the publisher confirms the whole file as of this day; None = nobody does, and
        what is added stays unverified
    encoding : of a CSV file, one of `resources.sources.encodings.ENCODINGS`; None = found out

    Raises
    ------
    BadFile
        The file as a whole can't be used; the sentence says what to do.
    VerifiedAhead
        The day of verification hasn't come yet.
    """
    if verified_on is not None and verified_on > clock.today():
        raise VerifiedAhead(verified_on)
    changes.acting(session, by=by)
    table = read_table(path, max_bytes=max_bytes, encoding=encoding)
    reader = Reader(table)
    told = _Told(progress, len(table.rows))
    rows = sort_rows(session, reader, verified_on=verified_on)
    told.more(len(rows.reported) + len(rows.settled))
    done = Written(settled=rows.settled)
    for start in range(0, len(rows.to_write), BATCH):
        some = rows.to_write[start : start + BATCH]
        done.take(
            write_rows(
                session, reader, some, gazetteer=gazetteer, verified_on=verified_on, each=told.more
            )
        )
    report = report_of(session, path.name, rows.reported, done)
    remember(session, table, report, by=by, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    return report


def report_of(session: Session, name: str, reported: list[Reported], done: Written) -> FileReport:
    """Return what is said of a file once all its rows are written."""
    report = FileReport(name, rows=len(reported) + len(done.settled), reported=reported)
    for settled in sorted(done.settled):
        report.settle(settled)
    report.similar, report.verified = _similar(session, done.added), done.confirmed
    return report


def _similar(session: Session, added: dict[uuid.UUID, int]) -> list[Similar]:
    return [
        Similar(
            added[p.one.resource], p.one.resource, p.one.facts.name, p.other.resource,
            p.other.facts.name, p.likeness,
        )
        for p in among_added(session, added)
    ]  # fmt: skip


def remember(session: Session, table: Table, report: FileReport, *, by: str, sha256: str) -> None:
    """Keep that a file was read, and what became of it."""
    session.add(
        ImportedFile(
            id=uuid.uuid4(),
            name=report.file[:300],
            sha256=sha256,
            layout=table.layout,
            rows=report.rows,
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
            reported=[r.as_json() for r in report.reported],
            by=by,
            at=clock.now(),
        )
    )
    session.flush()


__all__ = ["BadFile", "FileReport", "Reported", "VerifiedAhead", "import_opendata"]
