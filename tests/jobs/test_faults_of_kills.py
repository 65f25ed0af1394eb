"""Workers that are killed (-9) while they work, beside programs without a ledger under the same kills."""

import os
import signal
from pathlib import Path

from labour.gates import at_gate, open_gate, slow_jobs_begun
from labour.naive import EARLY_TASK
from labour.sites import NaiveSite, Site
from labour.tasks import effects
from labour.waiting import until

KILLS = 3


def killed_again_and_again(site: Site) -> list[str]:
    """Kill a worker in the middle of the same jobs each time, with others before and behind them."""
    jobs = site.ask(10)
    slow = site.ask(1 if site.broker is None else 2, "count_slowly")
    jobs += [*slow, *site.ask(10)]
    for killed in range(1, KILLS + 1):
        worker = site.work()
        until(
            lambda n=killed: all(len(at_gate(site.home, job)) == n for job in slow),
            what=f"the slow jobs begun, time {killed}",
        )
        worker.kill()
        assert not effects(site.database).keys() & set(slow)  # what was half done was rolled back
        jobs += site.ask(5)
    return jobs


def rows_under_kills(naive: NaiveSite, order: str) -> dict[str, int]:
    """Kill a program once between its two transactions; return what came of its rows."""
    naive.ask("a", "slow", "z")
    first = naive.work("thread", order)
    until(lambda: at_gate(naive.home, "slow"), what="between the two transactions")
    first.kill()
    open_gate(naive.home)
    naive.work("thread", order)
    until(lambda: naive.left() == [], what="nothing left to do")
    until(lambda: "z" in naive.effects(), what="the last row done")
    return naive.effects()


def messages_under_kills(naive: NaiveSite) -> dict[str, int]:
    """Kill a worker once while it holds two messages; return what came of its messages."""
    naive.send("begun", "before", task=EARLY_TASK)
    naive.send("ended", "after")
    first = naive.work("celery", "2")
    until(
        lambda: at_gate(naive.home, "begun") and at_gate(naive.home, "ended"), what="both at work"
    )
    first.kill()
    open_gate(naive.home)
    naive.send("z")
    until(naive.comes_back, what="the message may be given to another")
    naive.work("celery", "1")
    until(lambda: naive.effects().get("ended") == 2, what="done once more")
    until(lambda: naive.waiting() == 0, what="no message is left")
    return {job: n for job, n in naive.effects().items() if job in ("begun", "ended", "z")}


def test_a_batch_under_kills_is_done_once_where_a_program_without_a_ledger_loses_and_doubles(
    site: Site, naive: NaiveSite, tmp_path_factory
) -> None:
    jobs = killed_again_and_again(site)
    if site.broker is None:
        assert rows_under_kills(naive, "do-mark") == {"a": 1, "slow": 2, "z": 1}
        other = NaiveSite(tmp_path_factory.mktemp("other"))
        assert rows_under_kills(other, "mark-do") == {"a": 1, "z": 1}
        other.close()
    else:
        assert messages_under_kills(naive) == {"ended": 2, "z": 1}
    open_gate(site.home)
    site.work()
    until(lambda: site.states() == {"done": len(jobs)}, what="all jobs done after the kills")
    ours = {job: n for job, n in effects(site.database).items() if job in jobs}
    assert ours == dict.fromkeys(jobs, 1)


def test_a_killed_process_of_the_pool_loses_nothing_where_a_message_alone_is_lost(
    celery_site: Site, tmp_path: Path
) -> None:
    naive = NaiveSite(tmp_path / "naive", beside=celery_site)
    try:
        [job] = celery_site.ask(1, "count_slowly")
        celery_site.work(concurrency=1)
        naive.send("begun", "before", task=EARLY_TASK)
        naive.work("celery", "1")
        for site in (celery_site, naive):
            until(lambda home=site.home: slow_jobs_begun(home), what="in the middle of its work")
            os.kill(slow_jobs_begun(site.home)[0], signal.SIGKILL)
            open_gate(site.home)
        naive.send("z")
        until(lambda: celery_site.done() == 1, what="the job done by the next process")
        until(lambda: "z" in naive.effects(), what="the next message's turn")
        until(lambda: naive.waiting() == 0, what="no message is left")
        assert effects(celery_site.database) == {job: 1, "z": 1}  # one table for both
    finally:
        naive.close()


def started_again(site: Site | NaiveSite, *arguments: str) -> None:
    """Start a worker anew where it has ended, as its unit does (Restart=on-failure)."""
    if site.workers[-1].code() is not None:
        assert site.workers[-1].code() != 0
        site.work(*arguments)


def test_a_job_that_kills_its_worker_dies_where_without_attempts_it_kills_for_ever(
    site: Site, naive: NaiveSite
) -> None:
    site.ask(1, "kill_the_worker", max_attempts=2)
    jobs = site.ask(5)
    site.work(concurrency=1)
    if site.broker is None:
        naive.ask("kills", *"nopqr")
        how: tuple[str, ...] = ("thread", "do-mark")
    else:
        naive.send("kills", "kills")
        how = ("celery", "1")
    naive.work(*how)

    def over() -> bool:
        started_again(site)
        started_again(naive, *how)
        ended = site.states() == {"done": 5, "dead": 1}
        return ended and len(at_gate(naive.home, "kills")) > 4

    until(over, what="ours is dead after two attempts, theirs was begun more than four times")
    ours = {job: n for job, n in effects(site.database).items() if job in jobs}
    assert ours == dict.fromkeys(jobs, 1)
    if site.broker is None:
        assert set(naive.effects()) == {"kills"}  # nobody else's turn ever comes
        assert len(naive.left()) == 6
    else:
        assert naive.waiting() == 1  # it comes again, and again
