"""Brings the database to the program's schema, and refuses one that is newer.

Several machines are upgraded one by one: a program that was running before the database was brought
up goes on beside the newer one, since migrations only add; one that starts afterwards is refused.
"""

import logging
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from casework.row_security import as_system
from casework.sealed_words import RING
from jobs.dialects import clock_s, give_up_locks_after, was_kept_waiting
from resources.database import Database
from resources.turns import wait_for_turn

log = logging.getLogger("ibasho.jobs")

FOLDER = Path(__file__).parent / "migrations"
TURN = 7_142_026
"""Lock of PostgreSQL that whoever brings a schema up holds, so that two programs don't at once."""

LOCKS_WITHIN_MS = 2_000
TRIES = 300
PAUSE_S = 1.0

_BEGAN = time.monotonic()  # the machine's, so the processes of a worker's pool have their parent's


class NewerSchema(RuntimeError):
    """The database was made by a newer version of the program."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"the database has the schema {found}, which is newer than this program; "
            "install the newer version, or restore a backup made before the upgrade"
        )


class TablesInUse(RuntimeError):
    """Others held the tables all the time that the schema was to be brought up."""

    ja = (
        "ほかの処理がデータベースの表を使い続けているため、新しい版の形にできません。"
        "長い処理（取り込みなど）が終わってから始めてください。"
    )

    def __init__(self) -> None:
        super().__init__(
            "the schema can't be brought up while others hold its tables; "
            "start again when long work, such as an import, has ended"
        )


def _config(connection: Connection, database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    config.attributes[RING] = database.info.get(RING)  # for the one that seals what was stored
    return config


def newest() -> str:
    """Return the schema that this program needs."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def found(connection: Connection) -> str | None:
    """Return the schema that the database has; None where it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Tell whether this program can make a database of a schema."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return revision in {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}


def upgrade(database: Database, *, to: str | None = None) -> None:
    """Bring the database to the newest schema in one transaction.

    A newer schema is left as it is where this program was running before it came.

    to : an older schema to stop at

    Raises
    ------
    NewerSchema
        The database was newer before this program began.
    TablesInUse
        Long work of others kept the tables for minutes.
    """
    wanted = to or newest()
    with database.engine.connect() as connection:
        current = found(connection)
        connection.rollback()
    if current == wanted:
        return
    for _ in range(TRIES):
        try:
            _bring(database, wanted)
            return
        except OperationalError as error:
            if not was_kept_waiting(error):
                raise
        # Whoever came after the migration and waited behind it goes on now.
        log.warning("schema_waiting reason=tables_in_use")
        time.sleep(PAUSE_S)
    raise TablesInUse


def _bring(database: Database, wanted: str) -> None:
    with database.connecting(said=as_system("migration")) as connection:
        wait_for_turn(connection, TURN)
        current = found(connection)  # another process may have been quicker
        if current == wanted:
            return
        if current is not None and not knows(current):
            if _came_since_this_began(connection):
                return
            raise NewerSchema(current)
        give_up_locks_after(connection, LOCKS_WITHIN_MS)
        command.upgrade(_config(connection, database), wanted)
        if _says_when(connection):
            now = clock_s(connection)
            connection.execute(text(f"UPDATE alembic_version SET brought_at_s = {now}"))  # noqa: S608


def _says_when(connection: Connection) -> bool:
    columns = inspect(connection).get_columns("alembic_version")
    return any(column["name"] == "brought_at_s" for column in columns)


def _came_since_this_began(connection: Connection) -> bool:
    """Tell whether the database was brought up while this program was running already.

    By how long ago each was: the clocks of two machines needn't agree.
    """
    if not _says_when(connection):
        return False
    now = clock_s(connection)
    ago = connection.scalar(text(f"SELECT {now} - brought_at_s FROM alembic_version"))  # noqa: S608
    return ago is not None and ago < time.monotonic() - _BEGAN


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an older schema, or to `base`, in one transaction."""
    with database.connecting(said=as_system("migration")) as connection:
        command.downgrade(_config(connection, database), revision)
