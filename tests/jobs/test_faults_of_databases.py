"""A PostgreSQL that crashes, and a full disk: what was promised is done once, and nothing else.

Beside it programs without a ledger, whose effect and whose mark of it are two transactions, or
whose message is the work.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from labour.disks import SmallDisk, small_disk, tablespace
from labour.gates import at_gate, open_gate, slow_jobs_begun
from labour.servers import PostgresServer, RedisServer
from labour.sites import NaiveSite, Site, empty_database
from labour.tasks import effects, much_written
from labour.waiting import until
from sqlalchemy.exc import OperationalError


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    # A socket's path may have 107 bytes at most, so the folder is not pytest's.
    folder = Path(tempfile.mkdtemp(prefix="ibasho-pg-"))
    server = PostgresServer(folder / "data")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def answers(site: Site | NaiveSite) -> bool:
    try:
        return site.database.answers()
    except OperationalError:
        return False


@pytest.fixture
def crashing(
    own_server: PostgresServer, broker: RedisServer, tmp_path: Path
) -> Iterator[tuple[Site, Site, NaiveSite, NaiveSite]]:
    """On one server, with Celery and with a thread: a ledger, and a program without one."""
    urls = [empty_database(own_server.url) for _ in range(4)]
    made = (
        Site(tmp_path / "celery", urls[0], broker),
        Site(tmp_path / "thread", urls[1]),
        NaiveSite(tmp_path / "messages", urls[2], broker),
        NaiveSite(tmp_path / "rows", urls[3]),
    )
    yield made
    for site in made:
        site.close()


def test_a_postgresql_that_crashes_loses_nothing_that_was_committed(
    own_server: PostgresServer, crashing: tuple[Site, Site, NaiveSite, NaiveSite]
) -> None:
    *ours, messages, rows = crashing
    asked = [[*s.ask(10), *s.ask(1, "count_slowly"), *s.ask(20)] for s in ours]
    for site in ours:
        site.work()
    messages.send("inside", "inside")
    messages.work("celery", "1")
    rows.ask("a", "slow", "z")
    rows.work("thread", "do-mark")
    for site in crashing:
        until(lambda site=site: slow_jobs_begun(site.home), what=f"{site.home.name}: in the middle")
    own_server.crash_and_restart()
    for site in crashing:
        until(lambda site=site: answers(site), what="PostgreSQL answers")
        open_gate(site.home)
    for site, jobs in zip(ours, asked, strict=True):
        jobs += site.ask(10)
        until(lambda s=site: s.states() == {"done": 41}, what=f"{site.home.name}: all done")
        assert effects(site.database) == dict.fromkeys(jobs, 1)
        assert site.attempts(jobs[10]) == 2
    # A message whose task failed is told to be done; a row that was done isn't marked.
    messages.send("z")
    until(lambda: "z" in messages.effects(), what="the next message's turn")
    until(lambda: messages.waiting() == 0, what="no message is left")
    assert messages.effects() == {"z": 1}
    until(lambda: rows.left() == [], what="no row is left")
    assert rows.effects() == {"a": 1, "slow": 2, "z": 1}


class Full:
    """A ledger and a program without one, whose databases lie on one small disk."""

    def __init__(self, disk: SmallDisk, site: Site, naive: NaiveSite) -> None:
        self.disk, self.site, self.naive = disk, site, naive


@pytest.fixture(params=["thread, SQLite", "Celery, PostgreSQL"])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Full]:
    if request.param.startswith("thread"):
        with small_disk(8) as disk:
            files = [f"sqlite:///{disk.folder / name}.sqlite3" for name in ("ours", "naive")]
            yield from _on(disk, tmp_path, files, None)
        return
    server, broker = request.getfixturevalue("postgres_url"), request.getfixturevalue("broker")
    with small_disk(64) as disk, tablespace(server, disk.folder) as space:
        made = [empty_database(server, tablespace=space) for _ in range(2)]
        yield from _on(disk, tmp_path, made, broker)


def _on(
    disk: SmallDisk, folder: Path, urls: list[str], broker: RedisServer | None
) -> Iterator[Full]:
    site = Site(folder / "ours", urls[0], broker)
    naive = NaiveSite(folder / "naive", urls[1], broker)
    yield Full(disk, site, naive)
    naive.close()
    site.close()


MISSED = (b"job_put_back", b"reason=ledger_unreachable", b"No space left", b"disk is full")


def test_a_full_disk_refuses_what_is_new_and_keeps_what_was_promised(
    full: Full, tmp_path: Path
) -> None:
    site, naive, said = full.site, full.naive, tmp_path / "said"
    [much] = site.ask(1, "wait_then_write_much", max_attempts=50)
    site.work(said=said, concurrency=1)
    if site.broker is None:
        naive.ask("slow much")
        naive.work("thread", "mark-do")
    else:
        naive.send("slow much", "before")
        naive.work("celery", "1")
    until(lambda: slow_jobs_begun(site.home), what="ours is taken")
    until(lambda: at_gate(naive.home, "slow much"), what="theirs before its effect")
    full.disk.fill()
    open_gate(site.home)
    open_gate(naive.home)
    until(lambda: any(word in said.read_bytes() for word in MISSED), what="room was missed")
    if site.broker is None:
        until(lambda: at_gate(naive.home, "failed"), what="theirs failed")
    else:
        until(lambda: naive.waiting() == 0, what="their message is gone")
    jobs, refused = [much], 0
    for _ in range(500):
        try:
            jobs += site.ask(1)
        except OperationalError:
            refused += 1
            break
    assert refused
    assert much not in effects(site.database)
    full.disk.clear()
    jobs += site.ask(3)
    until(lambda: site.states() == {"done": len(jobs)}, what="all done after there was room again")
    assert effects(site.database) == dict.fromkeys(jobs, 1)
    assert much_written(site.database) == [much]
    if site.broker is None:
        naive.ask("z")
    else:
        naive.send("z")
    until(lambda: "z" in naive.effects(), what="theirs goes on")
    assert naive.left() == []
    assert naive.effects() == {"z": 1}  # what was marked, or taken, has no effect
