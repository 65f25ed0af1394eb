"""The nightly copy as a job: written and proved before its row is marked as done."""

from sqlalchemy.orm import Session

from jobs.backup.making import make_backup
from jobs.backup.manifest import BadBackup
from jobs.backup.nightly import forget_old, name_of, newest
from jobs.backup.restoring import NotWhole
from jobs.belonging import NOT_TOGETHER
from jobs.ledger import Claimed, Outcome, Refused
from jobs.program import Program
from resources import clock


def write_copy(program: Program, _job: Claimed) -> None:
    """Write a copy, outside the job's transaction: it reads for long and writes nothing."""
    folder = program.settings.backup_folder
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recipient = program.settings.backup_recipient
        make_backup(
            program.database, program.settings, folder / name_of(clock.now()), recipient=recipient
        )
        forget_old(folder, keep=program.settings.backup_keep)
    except (BadBackup, *NOT_TOGETHER) as error:
        raise Refused("bad_backup", problem=str(error), problem_ja=error.ja) from error
    except NotWhole as error:
        raise Refused("not_whole", findings=len(error.found)) from error
    except OSError as error:
        raise Refused("unwritable_backup") from error


def say_copy(program: Program, _session: Session, _job: Claimed) -> Outcome:
    folder = program.settings.backup_folder
    path = None if folder is None else newest(folder)
    if path is None:
        return Outcome("nothing_to_do")
    return Outcome("backed_up", {"megabytes": path.stat().st_size // 1_000_000})
