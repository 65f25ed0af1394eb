"""A process that runs the tests' tasks: `python -m labour.worker celery|thread`."""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from celery.worker.request import Request

from jobs.broker_lost import NoticesALostBroker
from jobs.celery_runner import run_worker
from jobs.program import open_program
from jobs.settings import read_settings
from jobs.thread_runner import ThreadRunner
from labour.tasks import TEST_TASKS


def run_thread() -> None:
    """Run the jobs as the server does, until told to end.

    The signal is waited for, not handled: a handler that sets an event while this thread is inside
    the event's own lock, as when it has just slept past its time, waits for itself for ever.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # in the threads to come, too
    program = open_program(read_settings())
    runner = ThreadRunner(program, tasks=TEST_TASKS, pause_s=0.05)
    runner.start()
    signal.sigwait({signal.SIGTERM})
    runner.stop()
    program.close()


def move_the_clock(by_s: int) -> None:
    """Let this process live earlier or later, as on a machine whose clock was set wrong."""
    from resources import clock

    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=by_s)


def go_by_this_clock() -> None:
    """Let this process go by its own clock and leases alone, as if all machines' were right."""
    from jobs import ledger, thread_runner, upkeep
    from resources import clock

    for module in (ledger, upkeep):
        module.now_of = lambda _session: clock.now()  # type: ignore[attr-defined]
    thread_runner.only_this_process_runs = lambda _session: False  # type: ignore[attr-defined]


def notice_no_lost_broker() -> None:
    """Let this process only log what it couldn't tell its broker, as Celery does by itself."""
    NoticesALostBroker.acknowledge = Request.acknowledge  # type: ignore[method-assign]


def be_impatient() -> None:
    """Let this process do after a second or two what the product does after ten or fifteen.

    How long it waits before it sends a message again, and after a first failure, is no matter of
    what is lost or doubled.
    """
    from jobs import ledger
    from jobs.dispatcher import Dispatcher

    ledger.FIRST_PAUSE_S = 1
    assert Dispatcher.__init__.__kwdefaults__ is not None
    Dispatcher.__init__.__kwdefaults__["again_after_s"] = 2.0


def finish_without_token() -> None:
    """Let this process mark its jobs as done whoever holds them by now."""
    from jobs import ledger
    from jobs.models import Job

    ledger._held = lambda job: Job.id == job.id  # type: ignore[assignment]


if __name__ == "__main__":
    be_impatient()
    if os.environ.get("LABOUR_NO_TOKEN"):
        finish_without_token()
    if os.environ.get("LABOUR_AS_CELERY"):
        notice_no_lost_broker()
    if os.environ.get("LABOUR_NAIVE_CLOCK"):
        go_by_this_clock()
    move_the_clock(int(os.environ.get("LABOUR_CLOCK_MOVED_S", "0")))
    if sys.argv[1] == "celery":
        sys.exit(run_worker(read_settings(), concurrency=int(sys.argv[2]), tasks=TEST_TASKS))
    run_thread()
