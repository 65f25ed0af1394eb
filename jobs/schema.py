"""Brings the database to the program's schema, and refuses one that is newer."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from casework.row_security import as_system
from casework.sealed_words import RING
from resources.database import Database

FOLDER = Path(__file__).parent / "migrations"


class NewerSchema(RuntimeError):
    """The database was made by a newer version of the program."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"the database has the schema {found}, which is newer than this program; "
            "install the newer version, or restore a backup made before the upgrade"
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
    """Bring the database to the newest schema in one transaction. Raises `NewerSchema`.

    to : an older schema to stop at
    """
    wanted = to or newest()
    with database.engine.connect() as connection:
        current = found(connection)
        connection.rollback()
    if current == wanted:
        return
    with database.connecting(said=as_system("migration")) as connection:
        current = found(connection)  # another process may have been quicker
        config = _config(connection, database)
        known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise NewerSchema(current)
        if current != wanted:
            command.upgrade(config, wanted)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an older schema, or to `base`, in one transaction."""
    with database.connecting(said=as_system("migration")) as connection:
        command.downgrade(_config(connection, database), revision)
