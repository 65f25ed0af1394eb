"""Runs the jobs in a thread of the server process: nothing to install, nothing to start."""

import logging
import threading
from collections.abc import Mapping

from jobs.dialects import only_this_process_runs
from jobs.program import Program
from jobs.runtime import run_one, tend
from jobs.tasks import TASKS, Task
from jobs.upkeep import release_left_behind

log = logging.getLogger("ibasho.jobs")


class ThreadRunner:
    """A thread that does what is due, one job at a time, until it is stopped.

    pause_s : how long it waits after it found nothing to do
    """

    def __init__(
        self, program: Program, *, tasks: Mapping[str, Task] = TASKS, pause_s: float = 1.0
    ) -> None:
        self._program = program
        self._tasks = tasks
        self._pause_s = pause_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier process left running is made ready first."""
        with self._program.database.writing(by="job") as session:
            if only_this_process_runs(session):
                left = release_left_behind(session)
                if left:
                    log.warning("jobs_left_behind count=%d", left)
        self._thread.start()

    def stop(self, *, within_s: float = 30.0) -> bool:
        """Finish the job at hand and end; False where it needs longer.

        A job that is cut off by the end of the process is rolled back and done again later.
        """
        self._stopping.set()
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                tend(self._program)
                while not self._stopping.is_set() and run_one(self._program, tasks=self._tasks):
                    pass
            except Exception:
                # The ledger itself can't be reached (a full disk, a lost connection): go on trying,
                # and say so, without the data that the error's message may hold.
                log.error("jobs_waiting reason=ledger_unreachable")
            self._stopping.wait(self._pause_s)
