"""The jobs that take in a large file part by part: any worker takes one, and the last one reports.

The file is read and checked whole before the first part is written. Each part is one transaction;
one that fails waits in the ledger with its reason and can be tried again.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.ledger import Claimed, Outcome, Refused, enqueue
from jobs.models import SentFile, SentPart
from jobs.program import Program
from jobs.progress import progress_of
from jobs.sent_files import kept_report, outcome_of, parts_left
from resources.changes import acting
from resources.import_parts import part_as_json, parts_of, report_of_parts, rows_of_part
from resources.import_report import Telling
from resources.import_writing import Written, write_rows
from resources.importing import OpenedFile, remember

PART = 2_000
"""Rows in one part: a second or two of work."""


def is_large(opened: OpenedFile) -> bool:
    """Tell whether so much of a file is to be written that it is done in parts."""
    return len(opened.rows.to_write) > PART


def is_in_parts(session: Session, sent: SentFile) -> bool:
    """Tell whether somebody has asked for the parts of a file already."""
    return session.get(SentPart, (sent.id, 0)) is not None


def ask_for_parts(session: Session, sent: SentFile, opened: OpenedFile) -> Outcome:
    """Keep what is to be written of a file in parts, and ask for each of them."""
    rows = opened.rows
    settled = part_as_json(rows.reported, Written(settled=rows.settled))
    settled |= {"layout": opened.reader.table.layout, "sha256": opened.sha256}
    # What needs no writing is a part that is done.
    session.add(SentPart(file_id=sent.id, number=0, content=None, result=settled, job_id=None))
    number = 0
    for number, content in enumerate(parts_of(opened.reader, rows.to_write, PART), start=1):
        subject = f"{sent.id}/{number}"
        job_id = enqueue(
            session, "import_some", subject=subject, dedupe_key=f"import_some:{subject}"
        )
        session.add(SentPart(file_id=sent.id, number=number, content=content, job_id=job_id))
    return Outcome("split", {"pieces": number})


def import_some(program: Program, session: Session, job: Claimed) -> Outcome:
    """Write one part of a file; whoever writes the last asks for the report."""
    file_id, number = _subject(job)
    part = session.get(SentPart, (file_id, number), with_for_update=True)
    sent = session.get(SentFile, file_id)
    if part is None or sent is None:
        raise Refused("no_such_file", final=True)
    if part.content is None or sent.state != "asked":
        return Outcome("nothing_to_do")
    reader, rows, numbers, reported = rows_of_part(part.content)
    acting(session, by=sent.decided_by or sent.sent_by)
    told = Telling(progress_of(program.database, job), len(rows))
    written = write_rows(
        session, reader, rows, gazetteer=program.gazetteer_if_any(), verified_on=sent.verified_on,
        numbers=numbers, each=told.more,
    )  # fmt: skip
    part.content, part.result = None, part_as_json(reported, written)
    session.flush()
    _ask_for_report_if_last(session, file_id)
    return Outcome("imported", _counts_of(part))


def _ask_for_report_if_last(session: Session, file_id: uuid.UUID) -> None:
    # One part at a time counts, so one of them is the last.
    sent = session.get(SentFile, file_id, with_for_update=True, populate_existing=True)
    if sent is not None and sent.state == "asked" and not parts_left(session, file_id):
        key = f"finish_import:{file_id}"
        sent.job_id = enqueue(session, "finish_import", subject=str(file_id), dedupe_key=key)


def _counts_of(part: SentPart) -> dict[str, int | str]:
    result = part.result or {}
    counts = {name: int(count) for name, count in result["counts"].items()}
    reported = len(result["reported"])
    return {"rows": sum(counts.values()) + reported, **counts, "reported": reported}


def finish_import(_program: Program, session: Session, job: Claimed) -> Outcome:
    """Say what became of a file of which all parts are written."""
    sent = session.get(SentFile, _file_id(job.subject or ""), with_for_update=True)
    if sent is None:
        raise Refused("no_such_file", final=True)
    if sent.state != "asked" or parts_left(session, sent.id):
        return Outcome("nothing_to_do")
    of_file = select(SentPart).where(SentPart.file_id == sent.id).order_by(SentPart.number)
    parts = list(session.scalars(of_file))
    if not parts:
        return Outcome("nothing_to_do")
    results = [part.result or {} for part in parts]
    report = report_of_parts(session, sent.name, results)
    remember(
        session, report, layout=results[0]["layout"], sha256=results[0]["sha256"],
        by=sent.decided_by or sent.sent_by,
    )  # fmt: skip
    sent.state, sent.report, sent.content = "imported", kept_report(report), None
    for part in parts:
        session.delete(part)
    return outcome_of(report)


def _subject(job: Claimed) -> tuple[uuid.UUID, int]:
    file_id, _, number = (job.subject or "").partition("/")
    if not number.isdecimal():
        raise Refused("bad_subject", final=True)
    return _file_id(file_id), int(number)


def _file_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("bad_subject", final=True) from None
