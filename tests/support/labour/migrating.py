"""Migrations that are killed: `python -m labour.migrating ours|stepwise POINT…`.

For each point a process of its own brings the database up, and kills itself (-9) there: after so
many changes, or at `commit`, just before the transaction ends. The exit code is 0 where each was
killed. `stepwise` lets each statement stand by itself, as programs do whose migrations are scripts.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, create_engine, event

from jobs.program import open_program
from jobs.settings import read_settings
from resources.database import Database

CHANGES = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")


def die_at(point: str) -> None:
    """Let this process kill itself when its migration has come to a point."""
    made = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if point == "commit":
        event.listen(Engine, "commit", lambda _connection: die())
        return

    def after_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal made
        made += statement.lstrip().upper().startswith(CHANGES)
        if made == int(point):
            die()

    event.listen(Engine, "after_cursor_execute", after_statement)


def let_each_statement_stand() -> None:
    """Let migrations write without a transaction around them."""
    opened = Database.__init__

    def stepwise(database: Database, url: str, **given: Any) -> None:
        opened(database, url, **given)
        url_of_driver = database.engine.url
        database._writes = create_engine(url_of_driver, isolation_level="AUTOCOMMIT")

    Database.__init__ = stepwise  # type: ignore[method-assign]


def main(how: str, points: list[str]) -> int:
    for point in points:
        child = os.fork()
        if child == 0:
            die_at(point)
            if how == "stepwise":
                let_each_statement_stand()
            open_program(read_settings()).close()
            os._exit(0)
        if os.waitpid(child, 0)[1] != signal.SIGKILL:
            print(f"not killed at {point}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
