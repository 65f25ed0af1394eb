"""Brings the database to the program's schema, and refuses one that is newer."""

from resources.database import Database
from resources.models import Base


def upgrade(database: Database) -> None:
    import casework.models
    import jobs.models  # noqa: F401

    Base.metadata.create_all(database.engine)
