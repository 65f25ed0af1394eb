"""What many programs do instead of a ledger: the message is the work, or the row is looked at twice.

Only to be compared with: `python -m labour.naive celery|thread`.
"""

import os
import sys
import time

from sqlalchemy import create_engine, text

from jobs.celery_runner import make_app
from jobs.settings import read_settings

TASK = "naive_count"
WORK_S = 0.002


def celery_worker(concurrency: int) -> int:
    """Work with Celery's best settings; each message carries the work itself."""
    settings = read_settings()
    app = make_app(settings)
    engine = create_engine(settings.database)

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def naive_count(number: str) -> None:
        time.sleep(WORK_S)
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO effect VALUES (:job, :process)"),
                {"job": number, "process": os.getpid()},
            )

    worker = app.Worker(
        concurrency=concurrency, pool="prefork", loglevel="ERROR", without_gossip=True,
        without_mingle=True, without_heartbeat=True, quiet=True,
    )  # fmt: skip
    engine.dispose()
    worker.start()
    return 0


def thread_worker() -> None:
    """Look for a row that is to be done, do it, and mark it: three transactions."""
    engine = create_engine(read_settings().database, connect_args={"timeout": 30})
    while True:
        with engine.begin() as connection:
            number = connection.scalar(text("SELECT number FROM todo WHERE NOT done LIMIT 1"))
        if number is None:
            time.sleep(0.05)
            continue
        time.sleep(WORK_S)
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO effect VALUES (:job, :process)"),
                {"job": number, "process": os.getpid()},
            )
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE todo SET done = 1 WHERE number = :number"), {"number": number}
            )


if __name__ == "__main__":
    if sys.argv[1] == "celery":
        sys.exit(celery_worker(int(sys.argv[2])))
    thread_worker()
