"""Brings the rows of a file into the catalogue: added, changed or left as they are, or reported.

Reading a file again changes nothing. A row that changed in the file changes just those fields; what
coordinators know beyond the file stays.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.gazetteer import Gazetteer
from resources import changes, clock
from resources.duplicates import among_added
from resources.import_report import FileReport, Progress, Reported, Similar, Telling
from resources.import_sorting import Sorted, sort_rows
from resources.import_writing import BATCH, Written, write_rows
from resources.models import ImportedFile
from resources.sources.opendata import Reader, read_table
from resources.sources.rows import BadFile
from resources.sources.tables import MOST_BYTES


class VerifiedAhead(ValueError):
    """A day of verification that hasn't come yet."""

    def __init__(self, day: date) -> None:
        self.day = day.isoformat()
        super().__init__(f"{self.day} hasn't come yet")


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
    opened = open_file(
        session, path, by=by, progress=progress, max_bytes=max_bytes, verified_on=verified_on,
        encoding=encoding,
    )  # fmt: skip
    return take_in(session, opened, by=by, gazetteer=gazetteer)


@dataclass(frozen=True)
class OpenedFile:
    """A file that can be used, with its rows sorted by what is to be done with them."""

    name: str
    sha256: str
    reader: Reader
    rows: Sorted
    verified_on: date | None
    told: Telling


def open_file(
    session: Session,
    path: Path,
    *,
    by: str,
    progress: Progress | None = None,
    max_bytes: int = MOST_BYTES,
    verified_on: date | None = None,
    encoding: str | None = None,
    grouped: bool = False,
) -> OpenedFile:
    """Read a file and look up what the catalogue knows of it; nothing is written.

    grouped : its rows may be written at once, so it must be told which can't

    Raises `BadFile`, `VerifiedAhead`.
    """
    if verified_on is not None and verified_on > clock.today():
        raise VerifiedAhead(verified_on)
    changes.acting(session, by=by)
    reader = Reader(read_table(path, max_bytes=max_bytes, encoding=encoding))
    rows = sort_rows(session, reader, verified_on=verified_on, grouped=grouped)
    told = Telling(progress, len(reader.table.rows))
    told.more(len(rows.reported) + len(rows.settled))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return OpenedFile(path.name, sha256, reader, rows, verified_on, told)


def take_in(
    session: Session, opened: OpenedFile, *, by: str, gazetteer: Gazetteer | None
) -> FileReport:
    """Write what is to be written of a file, and say what became of all its rows."""
    rows = opened.rows
    done = Written(settled=rows.settled)
    for start in range(0, len(rows.to_write), BATCH):
        done.take(
            write_rows(
                session,
                opened.reader,
                rows.to_write[start : start + BATCH],
                gazetteer=gazetteer,
                verified_on=opened.verified_on,
                each=opened.told.more,
            )
        )
    report = FileReport(opened.name, rows=len(rows.reported) + len(done.settled))
    report.reported = rows.reported
    for settled in sorted(done.settled):
        report.settle(settled)
    report.similar, report.verified = similar_rows(session, done.added), done.confirmed
    remember(session, report, layout=opened.reader.table.layout, sha256=opened.sha256, by=by)
    return report


def similar_rows(session: Session, added: dict[uuid.UUID, int]) -> list[Similar]:
    """Return which resources just added, by the line of each, may have been there already."""
    return [
        Similar(
            added[p.one.resource], p.one.resource, p.one.facts.name, p.other.resource,
            p.other.facts.name, p.likeness,
        )
        for p in among_added(session, added)
    ]  # fmt: skip


def remember(session: Session, report: FileReport, *, layout: str, sha256: str, by: str) -> None:
    """Keep that a file was read, and what became of it."""
    session.add(
        ImportedFile(
            id=uuid.uuid4(),
            name=report.file[:300],
            sha256=sha256,
            layout=layout,
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
