"""Brings the database to the program's schema, and refuses one that is newer."""

import jobs.models  # noqa: F401 - so that every table is known
from resources.database import Database
from resources.models import Base


def upgrade(database: Database) -> None:
    """Make the tables that are missing."""
    Base.metadata.create_all(database.engine)
