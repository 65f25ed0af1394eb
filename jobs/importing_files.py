"""The jobs that try a file that was sent, and that take it in."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from jobs.importing_parts import ask_for_parts, is_in_parts, is_large
from jobs.ledger import Claimed, Outcome, Refused
from jobs.models import SentFile
from jobs.program import Program
from jobs.progress import progress_of
from jobs.sent_files import as_path, counts_of, kept_report, outcome_of, refused_report
from resources.changes import on_trial
from resources.exchange import import_catalogue
from resources.hsds.importing import import_hsds
from resources.import_report import FileReport, Progress
from resources.importing import OpenedFile, open_file, take_in
from resources.sources.rows import BadFile

LINES_BETWEEN = 100

Run = Callable[[Program, Session, Claimed], Outcome]


class _TakenBack(Exception):
    """Ends a trial: all that it wrote is rolled back."""


def check_file(_program: Program, _session: Session, _job: Claimed) -> Outcome:
    """What is done where there was nothing to try: somebody else has done it."""
    return Outcome("nothing_to_do")


def try_file(program: Program, job: Claimed) -> Run | None:
    """Take a file in where nobody waits for it, and take all of it back; return what stores it."""
    with program.database.reading() as session:
        sent = _file(session, job, "sent")
    if sent is None:
        return None
    try:
        found: FileReport | BadFile = _tried(program, sent, job)
    except BadFile as error:
        found = error

    def store(_program: Program, session: Session, job: Claimed) -> Outcome:
        sent = _file(session, job, "sent")
        if sent is None:
            return Outcome("nothing_to_do")
        if isinstance(found, BadFile):
            sent.state, sent.report = "refused", refused_report(found)
            return Outcome("file_unfit", {"problem": found.en, "problem_ja": found.ja})
        sent.state, sent.report = "checked", kept_report(found)
        return Outcome("file_checked", counts_of(found))

    return store


def _tried(program: Program, sent: SentFile, job: Claimed) -> FileReport:
    by = sent.sent_by
    program.settings.home.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="trial-", dir=program.settings.home) as folder,
        program.database.for_trials(Path(folder)) as database,
        suppress(_TakenBack),
        database.writing(by=by) as session,
    ):
        on_trial(session)
        report = _taken_in(program, session, sent, job, by=by)
        raise _TakenBack
    return report


def import_file(program: Program, session: Session, job: Claimed) -> Outcome:
    sent = _file(session, job, "asked")
    if sent is None or is_in_parts(session, sent):
        return Outcome("nothing_to_do")
    by = sent.decided_by or sent.sent_by
    try:
        if sent.format == "opendata":
            with as_path(sent) as path:
                opened = _opened(program, session, sent, path, job, by=by)
            if is_large(opened):
                return ask_for_parts(session, sent, opened)
            report = take_in(session, opened, by=by, gazetteer=program.gazetteer_if_any())
        else:
            report = _taken_in(program, session, sent, job, by=by)
    except BadFile as error:
        raise Refused("bad_file", final=True, problem=error.en, problem_ja=error.ja) from error
    sent.state, sent.report, sent.content = "imported", kept_report(report), None
    return outcome_of(report)


def _opened(
    program: Program, session: Session, sent: SentFile, path: Path, job: Claimed, *, by: str
) -> OpenedFile:
    return open_file(
        session,
        path,
        by=by,
        progress=progress_of(program.database, job),
        max_bytes=program.settings.max_file_mb * 1_000_000,
        verified_on=sent.verified_on,
        encoding=sent.encoding,
        grouped=True,
    )


def _file(session: Session, job: Claimed, state: str) -> SentFile | None:
    """Return the file of a job; None where somebody else has done it meanwhile."""
    try:
        file_id = uuid.UUID(job.subject or "")
    except ValueError:
        raise Refused("bad_subject", final=True) from None
    sent = session.get(SentFile, file_id, with_for_update=True)
    if sent is None:
        raise Refused("no_such_file", final=True)
    return sent if sent.state == state and sent.content is not None else None


def _taken_in(
    program: Program, session: Session, sent: SentFile, job: Claimed, *, by: str
) -> FileReport:
    progress = progress_of(program.database, job)
    most = program.settings.max_file_mb * 1_000_000
    if sent.format == "catalogue":
        lines = _lines(sent.content or b"", progress)
        return import_catalogue(session, lines, by=by, name=sent.name)
    with as_path(sent) as path:
        if sent.format == "hsds":
            return import_hsds(
                session, path, vocabulary=program.vocabulary, by=by, progress=progress,
                max_bytes=most,
            )  # fmt: skip
        opened = _opened(program, session, sent, path, job, by=by)
    return take_in(session, opened, by=by, gazetteer=program.gazetteer_if_any())


def _lines(content: bytes, progress: Progress) -> Iterator[str]:
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise BadFile(
            f"{number} 行目に UTF-8 ではない文字があります。UTF-8 で保存し直してください。",
            f"Line {number} is not UTF-8; save it again as UTF-8.",
        ) from None
    for done, line in enumerate(lines, start=1):
        yield line
        if done % LINES_BETWEEN == 0:
            progress(done, len(lines))
