"""Looks whether the database and what lies in the home folder are there together.

One without the other is what a half-finished move or a broken disk leaves. Whatever is missing is
then not made anew: that would hide the loss, and copies of the nothing would replace good ones.
"""

from pathlib import Path

from sqlalchemy import func, inspect, select

from casework.models import AuditSeal
from casework.row_security import as_system
from casework.sealed_stored import any_sealed, count_closed
from jobs.backup.checking import Finding
from jobs.keys import RING_FILE, NoKeys, check_keys, key_ring
from jobs.settings import NoSecret, Settings, kept_secret
from resources.database import Database


class DatabaseLost(RuntimeError):
    """The home folder was in use, but its SQLite file is missing or empty."""

    def __init__(self) -> None:
        self.ja = (
            "データベースのファイルがないか空ですが、IBASHO_HOME には使われていた鍵などがあります。"
            "控えから戻すか（ibasho restore）、はじめから作るときは別の IBASHO_HOME を"
            "指定してください。"
        )
        super().__init__(
            "the database file is missing or empty, although this IBASHO_HOME was in use; bring "
            "back a backup (ibasho restore), or name another IBASHO_HOME to begin anew"
        )


NOT_TOGETHER = (DatabaseLost, NoKeys, NoSecret)
"""What `check_belonging` may raise; each holds its sentence in Japanese as `ja`."""


def check_belonging(database: Database, settings: Settings) -> None:
    """Look before anything is made or copied.

    Raises
    ------
    DatabaseLost
        The SQLite file of a home that was in use is missing or empty.
    NoKeys
        The keys are lost or damaged, or open nothing of what is sealed.
    NoSecret
        secret.key is too short, or missing although the audit was sealed with it.
    """
    _check_file(database, settings)
    check_keys(database, settings)
    _check_secret(database, settings)


def closed_values(database: Database, settings: Settings) -> list[Finding]:
    """Return what is sealed and can't be opened, for whoever looks whether all is whole."""
    with database.snapshot(said=as_system("verify")) as connection:
        if not any_sealed(connection):
            return []
        count = count_closed(connection, key_ring(settings))
    if not count:
        return []
    return [
        Finding(
            "sealed",
            count,
            f"封じた項目のうち{count}件を開けません。keys/ring.json が控えと組のものか"
            "確かめてください",
            f"{count} sealed values can't be opened; check that keys/ring.json belongs to this "
            "data",
        )
    ]


def _check_file(database: Database, settings: Settings) -> None:
    if not database.is_sqlite or not _was_in_use(settings):
        return
    # Before it is opened: opening makes it.
    if not Path(str(database.engine.url.database)).exists():
        raise DatabaseLost
    with database.snapshot(said={}) as connection:
        if not inspect(connection).get_table_names():
            raise DatabaseLost


def _was_in_use(settings: Settings) -> bool:
    if any((settings.home / name).exists() for name in (RING_FILE, "audit.head")):
        return True
    index = settings.index_folder
    return index.is_dir() and any(index.iterdir())


def _check_secret(database: Database, settings: Settings) -> None:
    if kept_secret(settings.home) is not None:
        return
    with database.snapshot(said={}) as connection:
        if not inspect(connection).has_table(AuditSeal.__tablename__):
            return
        if connection.scalar(select(func.count()).select_from(AuditSeal)):
            raise NoSecret(
                "鍵のファイル secret.key がありません。控えから IBASHO_HOME に戻してください。"
                "新しい鍵は作りません。",
                "secret.key is missing, although the audit was sealed with it; put it back into "
                "IBASHO_HOME from the backup. No new key is made.",
            )
