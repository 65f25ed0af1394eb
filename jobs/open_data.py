"""Follows the change log for open data before anything of it is given out."""

from resources.database import Database
from resources.open_log import follow, is_behind

BY = "open data"


def catch_up(database: Database) -> None:
    """Bring what is told of open entries up to the newest change; mostly there is nothing to do."""
    with database.reading() as session:
        if not is_behind(session):
            return
    with database.writing(by=BY) as session:
        follow(session)
