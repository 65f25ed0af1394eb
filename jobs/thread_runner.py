"""Runs the jobs in a thread of the server process: nothing to install, nothing to start."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from jobs.dialects import only_this_process_runs
from jobs.opened import Programs
from jobs.program import Program
from jobs.runtime import run_one, tend
from jobs.tasks import TASKS, Task
from jobs.upkeep import release_left_behind
from jobs.visiting import Visits

log = logging.getLogger("ibasho.jobs")


class ThreadRunner:
    """A thread that does what is due, one job at a time, until it is stopped.

    Of several municipalities each gets one job in turn: none waits for the thousands of another.

    pause_s : how long it waits after it found nothing to do
    """

    def __init__(
        self,
        program: Program | Programs,
        *,
        tasks: Mapping[str, Task] = TASKS,
        pause_s: float = 1.0,
    ) -> None:
        self._programs = program if isinstance(program, Programs) else Programs.only(program)
        self._tasks = tasks
        self._pause_s = pause_s
        self._begun: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier process left running is made ready first."""
        slugs = self._programs.slugs
        if len(slugs) == 1:  # of the only one a fault is said at once
            with self._programs.use(slugs[0]) as program:
                self._begin(slugs[0], program)
        self._thread.start()

    def stop(self, *, within_s: float = 30.0) -> bool:
        """End with the piece of work at hand; False where it needs longer.

        A job that has more pieces (`jobs.stopping`), or is cut off by the end of the process, is
        rolled back and done again later.
        """
        self._stopping.set()
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        busy: set[str] = set()
        visits = Visits(self._programs.at_most)
        tended_at = float("-inf")
        while not self._stopping.is_set():
            if time.monotonic() - tended_at >= self._pause_s:
                tended_at = time.monotonic()
                self._programs.look_again()
                here = visits.of_this_round(self._programs.slugs)
                busy = {slug for slug in here if self._with(slug, _tended)}
            busy = {slug for slug in sorted(busy) if self._with(slug, self._one)}
            if not busy:
                self._stopping.wait(self._pause_s)

    def _one(self, program: Program) -> bool:
        return not self._stopping.is_set() and run_one(
            program, tasks=self._tasks, stopping=self._stopping
        )

    def _with(self, slug: str, do: Callable[[Program], bool]) -> bool:
        """Do something with a municipality's ledger; False where there is nothing more to do."""
        try:
            with self._programs.use(slug) as program:
                self._begin(slug, program)
                return do(program)
        except Exception:
            # The ledger itself can't be reached (a full disk, a lost connection): go on trying,
            # and say so, without the data that the error's message may hold.
            log.error("jobs_waiting reason=ledger_unreachable municipality=%s", slug)
            return False

    def _begin(self, slug: str, program: Program) -> None:
        if slug in self._begun:
            return
        with program.database.writing(by="job") as session:
            if only_this_process_runs(session):
                left = release_left_behind(session)
                if left:
                    log.warning("jobs_left_behind count=%d", left)
        self._begun.add(slug)


def _tended(program: Program) -> bool:
    tend(program)
    return True
