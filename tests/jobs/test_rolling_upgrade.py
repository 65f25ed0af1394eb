"""An installation is brought to a later release machine by machine, with jobs waiting all the while.

The later release is this program with one migration and one kind of job more; both run as
`ibasho serve` and `ibasho worker` on one PostgreSQL and one Redis.
"""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from door import add_staff, sign_in
from labour.gates import slow_jobs_begun
from labour.releases import NEWER_KIND, NEWER_SCHEMA, make_release
from labour.servers import RedisServer, Worker, end_all, free_port, paths
from labour.tasks import effects, make_effects_table
from labour.waiting import until
from sqlalchemy import func, select, text

from casework.accounts import add_token
from jobs.celery_runner import TASK_NAME, make_app
from jobs.dispatcher import QUEUE
from jobs.ledger import enqueue
from jobs.models import Job
from jobs.program import Program, open_program
from jobs.schema import found, newest
from jobs.sentences import UNKNOWN_KIND
from jobs.settings import Settings
from resources import clock

OURS = ("count", "count_slowly", NEWER_KIND)


class Installation:
    """A database, a Redis, two releases, and whatever of them is running."""

    def __init__(self, url: str, broker: RedisServer, folder: Path) -> None:
        self.settings = Settings(
            home=folder / "home", database_url=url, runner="celery", redis_url=broker.url
        )
        self.old = make_release(folder / "old")
        self.new = make_release(folder / "new", before=newest())
        self.running: list[Worker] = []
        self._environment = {
            "IBASHO_HOME": str(self.settings.home),
            "IBASHO_DATABASE_URL": url,
            "IBASHO_RUNNER": "celery",
            "IBASHO_REDIS_URL": broker.url,
            "LANG": "en_US.UTF-8",
            # What is compiled lies beside a release's own folder; these two are here for a moment.
            "NUMBA_DISABLE_JIT": "1",
            "IBASHO_LOG_LEVEL": "warning",
        }

    def start(self, release: Path, *arguments: str) -> Worker:
        made = Worker(self._environment, *arguments, module="api.cli", root=release)
        self.running.append(made)
        return made

    def serve(self, release: Path) -> tuple[Worker, str]:
        port = free_port()
        process = self.start(release, "serve", "--port", str(port))
        address = f"http://127.0.0.1:{port}"
        until(lambda: _answers(address), what=f"{release.name} serves")
        return process, address

    def refused(self, release: Path, *arguments: str) -> str:
        """Start a program that must refuse; return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=release, env={**os.environ, **self._environment, "PYTHONPATH": paths(release)},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        return done.stderr


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/ready", timeout=60).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture
def site(bare_postgres_url: str, tmp_path: Path) -> Iterator[Installation]:
    broker = RedisServer(tmp_path)
    made = Installation(bare_postgres_url, broker, tmp_path)
    yield made
    end_all(made.running)
    broker.stop()


def _ask(program: Program, kind: str, count: int) -> list[str]:
    with program.database.writing(by="test") as session:
        return [str(enqueue(session, kind)) for _ in range(count)]


def _jobs(program: Program, kind: str) -> dict[str, int]:
    with program.database.reading() as session:
        rows = session.execute(
            select(Job.state, func.count()).where(Job.kind == kind).group_by(Job.state)
        )
        return {row[0]: row[1] for row in rows}


def _token(program: Program) -> str:
    account = add_staff(program, "coordinator")
    with program.database.writing(by="test") as session:
        return add_token(
            session, account_id=account, label="t", scopes=["read", "write"], by="test"
        )


def _work_of_a_day(address: str, token: str) -> None:
    """Read, register a place, say how much room it has, and keep a place for somebody."""
    name = f"見本サロン {uuid.uuid4().hex[:6]}"
    with httpx2.Client(
        base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        answer = client.post("/resources", json={"resource": {"name": name, "kind": "salon"}})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert name in client.get(f"/resources/{made['resource']}").text
        day = (clock.today() + timedelta(days=7)).isoformat()
        room = client.put(
            f"/offerings/{made['offering']}/allotments", json={"first_on": day, "capacity": 1}
        ).json()
        held = client.post(
            f"/allotments/{room['allotment']}/holds", json={},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )  # fmt: skip
        assert held.status_code == 201, held.text
        assert client.get(f"/offerings/{made['offering']}/allotments").json()[0]["left"] == 0


def _send(settings: Settings, job: str) -> None:
    """Wake a worker for a job, whoever it is."""
    app = make_app(settings)
    with app.connection_for_write() as connection:
        app.send_task(TASK_NAME, (job,), connection=connection, queue=QUEUE)


def _page_of_jobs(address: str) -> str:
    with httpx2.Client(base_url=address, timeout=60) as client:
        sign_in(client, "administrator")
        return client.get("/jobs").text


def test_the_old_release_works_on_beside_the_new_one_and_no_job_is_lost_or_done_twice(
    site: Installation,
) -> None:
    # The old release serves, works, and has jobs waiting; one is in the middle of its work.
    program = open_program(site.settings)
    make_effects_table(program.database)
    token = _token(program)
    add_staff(program, "administrator", None)
    old_worker = site.start(site.old, "worker", "--concurrency", "2")
    old_serve, old_address = site.serve(site.old)
    asked = _ask(program, "count_slowly", 1)
    until(lambda: slow_jobs_begun(site.settings.home), what="a job in the middle of its work")
    asked += _ask(program, "count", 30)

    # The new one serves, and has brought the database up.
    _, new_address = site.serve(site.new)
    with program.database.engine.connect() as connection:
        assert found(connection) == NEWER_SCHEMA
    for address in (old_address, new_address, old_address):
        _work_of_a_day(address, token)

    # A process of the old worker's pool ends; the one that takes its place works too.
    busy = slow_jobs_begun(site.settings.home)
    idle = [pid for pid in old_worker.children() if pid not in busy]
    os.kill(idle[0], signal.SIGKILL)
    asked += _ask(program, "count", 20)
    until(lambda: _jobs(program, "count") == {"done": 50}, what="jobs of the old worker")
    (site.settings.home / "slow" / "go").touch()

    # A kind that only the new one knows waits, even where the old worker is woken for it.
    newer = _ask(program, NEWER_KIND, 3)
    for job in newer:
        _send(site.settings, job)
    asked += _ask(program, "count", 5)
    until(lambda: _jobs(program, "count") == {"done": 55}, what="jobs behind the unknown ones")
    with program.database.reading() as session:
        which = select(Job.state, Job.attempts).where(Job.kind == NEWER_KIND)
        assert {tuple(row) for row in session.execute(which)} == {("ready", 0)}
    assert UNKNOWN_KIND[0] in _page_of_jobs(old_address)

    # Whoever starts the old release anew is told what to do.
    anew = (("serve", "--port", "0"), ("worker", "--concurrency", "1"))
    with ThreadPoolExecutor(2) as pool:
        for said in pool.map(lambda arguments: site.refused(site.old, *arguments), anew):
            assert said.count("\n") == 1
            assert "install the newer version" in said

    # The new worker takes the ones that waited; the old ones end, and work goes on.
    site.start(site.new, "worker", "--concurrency", "1")
    # A message may wake the old one, which leaves the job; the next is sent fifteen seconds later, so
    # that of eight in a row none wakes the new one happens once in some dozen times.
    until(
        lambda: _jobs(program, NEWER_KIND) == {"done": 3},
        within_s=600.0,
        what="jobs of the new kind",
    )
    assert old_worker.stop() == 0
    assert old_serve.stop() in (0, -signal.SIGTERM)
    asked += _ask(program, "count", 5)
    until(lambda: _jobs(program, "count") == {"done": 60}, what="jobs of the new worker")
    assert _jobs(program, "count_slowly") == {"done": 1}

    assert effects(program.database) == dict.fromkeys([*asked, *newer], 1)
    with program.database.reading() as session:
        assert set(session.scalars(text("SELECT job FROM newer_work"))) == set(newer)
        ended = session.scalars(select(Job.attempts).where(Job.kind.in_(OURS)))
        assert set(ended) == {1}
        assert session.scalar(select(func.count()).where(Job.state == "dead")) == 0
    program.close()
