"""A worker that sleeps past its lease while another does its work, and then wakes up."""

import signal

import pytest
from labour.gates import open_gate, slow_jobs_begun
from labour.sites import Site
from labour.tasks import effects
from labour.waiting import until


@pytest.mark.parametrize("no_token", [False, True], ids=["ours", "without a token"])
def test_a_worker_paused_past_its_lease_is_overtaken_and_its_commit_refused(
    site: Site, no_token: bool
) -> None:
    """Without the token whoever wakes up marks the job as done a second time, with a second effect.

    On SQLite the work itself keeps all others from writing, so there it sleeps just before.
    """
    [job] = site.ask(1, "wait_then_count" if site.broker is None else "count_slowly")
    paused = site.work(concurrency=1, no_token=no_token)
    until(lambda: slow_jobs_begun(site.home), what="the slow job begun")
    paused.send(signal.SIGSTOP)
    open_gate(site.home)
    other = site.work(concurrency=1, no_token=no_token)
    until(lambda: site.done() == 1, what="the job done by the other worker")
    assert effects(site.database) == {job: 1}
    other.stop()
    paused.send(signal.SIGCONT)
    assert paused.stop() == 0  # it finishes what it had begun, which is refused
    assert site.attempts(job) == 2
    assert effects(site.database) == {job: 2 if no_token else 1}
