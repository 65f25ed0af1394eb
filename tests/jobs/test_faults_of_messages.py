"""Work that nobody knows, that fails, or that waits while a worker is told to stop."""

import os
import signal
import uuid
from pathlib import Path

from labour.gates import at_gate, open_gate
from labour.naive import TASK
from labour.sites import NaiveSite, Site
from labour.tasks import effects
from labour.waiting import until

from jobs.models import Job


def test_what_nobody_knows_waits_and_what_fails_is_dead_with_its_reason(
    site: Site, naive: NaiveSite
) -> None:
    """A message of an unknown task is thrown away, and so is one whose task failed."""
    [unknown] = site.ask(1, "of_the_next_release")
    [failing] = site.ask(1, "stumble", max_attempts=1)
    jobs = site.ask(5)
    site.work()
    if site.broker is None:
        naive.ask("raises", "z")
        naive.work("thread", "do-mark")
        until(lambda: naive.effects().get("raises", 0) > 4, what="done again and again")
        assert "z" not in naive.effects()  # whose turn never comes
    else:
        naive.send("later", task=f"{TASK}_of_the_next_release")
        naive.send("raises", "raises")
        naive.work("celery", "1")
        until(lambda: naive.waiting() == 0, what="both messages taken")
        naive.send("z")
        until(lambda: naive.effects() == {"z": 1}, what="the next one's turn")
        assert naive.waiting() == 0  # nothing is left that could tell of the two
    until(lambda: site.states() == {"done": 5, "dead": 1}, what="the others done")
    ours = {job: n for job, n in effects(site.database).items() if job not in ("z", "raises")}
    assert ours == dict.fromkeys(jobs, 1)
    with site.database.reading() as session:
        waiting = session.get_one(Job, uuid.UUID(unknown))
        assert (waiting.state, waiting.attempts) == ("ready", 0)
        assert session.get_one(Job, uuid.UUID(failing)).said is not None


def test_a_worker_told_to_stop_while_many_wait_loses_nothing_where_a_queue_in_memory_is_gone(
    site: Site, tmp_path: Path
) -> None:
    jobs = site.ask(30) + site.ask(1 if site.broker is None else 2, "count_slowly") + site.ask(68)
    slow = jobs[30:-68]
    naive = NaiveSite(tmp_path / "memory")
    try:
        theirs = naive.work("memory", "a", "slow", *"uvwxyz")
        ours = site.work()
        until(lambda: all(at_gate(site.home, job) for job in slow), what="the slow ones begun")
        until(lambda: at_gate(naive.home, "slow"), what="theirs begun")
        for worker, at in ((ours, site), (theirs, naive)):
            os.kill(worker.pid, signal.SIGTERM)
            open_gate(at.home)
            assert worker.stop() == 0
        assert naive.effects() == {"a": 1, "slow": 1}  # and nobody knows of the others
        assert set(site.states()) == {"done", "ready"}  # what it had begun it finished
        assert effects(site.database).keys() >= set(slow)
        site.work()
        until(lambda: site.states() == {"done": len(jobs)}, what="the others by the next worker")
        assert effects(site.database) == dict.fromkeys(jobs, 1)
    finally:
        naive.close()
