"""Municipalities are added, removed and moved in the file while a server and a worker are running."""

import logging
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from labour.servers import RedisServer, Worker, end_all, free_port
from labour.tasks import effects, make_effects_table
from labour.waiting import until
from towns import Towns

from jobs.adding import add_municipality
from jobs.ledger import enqueue
from jobs.listed import Listed
from jobs.models import Job
from jobs.opened import NoSuchMunicipality, programs_of
from jobs.program import Program, open_program
from jobs.schema import upgrade
from jobs.settings import BadSetting, Settings
from resources.database import Database


def _ask(program: Program) -> str:
    with program.database.writing(by="test") as session:
        return str(enqueue(session, "count"))


class Served:
    """`ibasho serve` in a process of its own, asked by host names."""

    def __init__(self, towns: Towns) -> None:
        port = free_port()
        environment = {**towns.environment(), "NUMBA_DISABLE_JIT": "1"}
        self.process = Worker(environment, "serve", "--port", str(port), module="api.cli")
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def status(self, host: str, path: str = "/signin") -> int | None:
        try:
            return self._client.get(path, headers={"host": host}).status_code
        except httpx2.TransportError:
            return None

    def ready(self) -> dict[str, object]:
        return self._client.get("/health/ready", headers={"host": "10.0.0.7"}).json()

    def stop(self) -> None:
        self._client.close()
        self.process.kill()


@pytest.fixture
def towns(tmp_path: Path) -> Towns:
    return Towns(tmp_path, None)


@pytest.fixture
def served(towns: Towns) -> Iterator[Served]:
    made = Served(towns)
    until(lambda: made.status("kita.example") == 200, what="it serves")
    until(lambda: made.ready()["status"] == "ok", what="it is ready")
    yield made
    made.stop()


def test_a_server_takes_up_what_the_file_says_without_a_restart(
    towns: Towns, served: Served
) -> None:
    path = towns.given.municipalities
    two = path.read_text(encoding="utf-8")
    assert served.status("nishi.example") == 421

    add_municipality(towns.given, "nishi", name="見本西市", hosts=["nishi.example"])
    until(lambda: served.status("nishi.example") == 200, what="the third is served")
    assert served.status("kita.example") == 200
    assert served.ready()["municipalities"] == 3

    # Half a file: the list from before stays, and it is said.
    three = path.read_text(encoding="utf-8")
    path.write_text(three[:-20], encoding="utf-8")
    until(lambda: served.ready()["list"] == "unusable", what="the broken file is noticed")
    assert served.ready()["status"] == "ok"
    assert served.status("nishi.example") == 200

    path.write_text(two, encoding="utf-8")
    until(lambda: served.status("nishi.example") == 421, what="the third is served no more")
    assert served.ready()["list"] == "ok"
    assert served.status("minami.example") == 200


def test_a_new_host_name_and_a_new_name_are_in_force_without_a_restart(
    towns: Towns, served: Served
) -> None:
    path = towns.given.municipalities
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kita.example", "shin.example").replace("見本北市", "見本新市"),
                    encoding="utf-8")  # fmt: skip
    until(lambda: served.status("shin.example") == 200, what="the new host name")
    assert served.status("kita.example") == 421


@pytest.fixture
def listed(towns: Towns) -> Listed:
    return Listed(towns.given, every_s=0)


def test_one_that_is_removed_is_closed_when_its_last_request_has_ended(
    towns: Towns, listed: Listed
) -> None:
    programs = programs_of(towns.given, listed=listed)
    path, kita = towns.given.municipalities, towns.kita.slug
    both = path.read_text(encoding="utf-8")
    with programs.use(kita) as program:
        path.write_text(both[both.index(f"[{towns.minami.slug}]") :], encoding="utf-8")
        programs.look_again()
        assert programs.slugs == (towns.minami.slug,)
        with pytest.raises(NoSuchMunicipality), programs.use(kita):
            pass
        assert program.database.answers()  # who has begun ends in peace
        path.write_text(both, encoding="utf-8")
        programs.look_again()
        with programs.use(kita) as anew:
            assert anew is not program
    assert program.database.engine.pool.checkedin() == 0
    assert programs.open_now() == (kita,)
    programs.close()


def test_one_whose_address_changed_is_opened_at_the_new_one(
    towns: Towns, listed: Listed, tmp_path: Path
) -> None:
    closed = []
    programs = programs_of(towns.given, listed=listed, closed=closed.append)
    path, kita = towns.given.municipalities, towns.kita.slug
    with programs.use(kita) as program:
        before = program.settings.database
    url = f"sqlite:///{tmp_path / 'moved.sqlite3'}"
    there = Database(url)
    upgrade(there)  # one that is missing would be refused: the town's folder was in use
    there.close()
    moved = f'[{kita}]\ndatabase_url = "{url}"\n'
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"[{kita}]\n", moved), encoding="utf-8")
    programs.look_again()
    assert closed == [kita]
    with programs.use(kita) as program:
        assert program.settings.database != before
        assert "moved" in program.settings.database
    programs.close()


def test_those_who_use_and_those_who_edit_never_meet_one_that_is_closed(
    towns: Towns, listed: Listed
) -> None:
    """Naive: closing at once what is removed would take it from whoever is in the middle of it."""
    programs = programs_of(towns.given, listed=listed)
    path = towns.given.municipalities
    both = path.read_text(encoding="utf-8")
    only_minami = both[both.index(f"[{towns.minami.slug}]") :]
    over = threading.Event()
    met = []

    def ask() -> int:
        asked = 0
        while not over.is_set():
            try:
                with programs.use(towns.kita.slug) as program:
                    held = programs._of_program.get(id(program))
                    met.append(held is None or held.program is not program)
                    asked += program.database.answers()
            except NoSuchMunicipality:
                continue
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        for turn in range(30):
            path.write_text(both if turn % 2 else only_minami, encoding="utf-8")
            programs.look_again()
        over.set()
        assert all(one.result() >= 0 for one in asking)
    assert not any(met)
    assert met
    programs.close()
    assert programs._of_program == {}


LIST = """[kita]
name = "見本北市"
hosts = ["kita.example"]
"""


@pytest.fixture
def only_listed(tmp_path: Path) -> Listed:
    """A list of a municipality that nobody opens."""
    given = Settings(home=tmp_path, municipalities=tmp_path / "municipalities.toml")
    given.municipalities.write_text(LIST, encoding="utf-8")
    return Listed(given, every_s=0)


@pytest.mark.parametrize("content", ["[kita", "", '[kita]\nname = "北市"\n'])
def test_a_file_that_cannot_be_used_keeps_the_list_and_is_said_once(
    only_listed: Listed, tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    listed, before = only_listed, only_listed.now
    (tmp_path / "municipalities.toml").write_text(content, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert [listed.look() for _ in range(3)] == [False] * 3
    assert listed.now is before
    assert listed.trouble
    assert [r.getMessage() for r in caplog.records] == [
        f'municipalities_kept reason="{listed.trouble}"'
    ]
    assert "\n" not in caplog.text.strip()


def test_a_file_that_is_gone_keeps_the_list_until_it_is_back(
    only_listed: Listed, tmp_path: Path
) -> None:
    before = only_listed.now
    path = tmp_path / "municipalities.toml"
    path.unlink()
    assert not only_listed.look()
    assert only_listed.now is before
    assert "no file" in str(only_listed.trouble)
    path.write_text(LIST.replace("見本北市", "見本新市"), encoding="utf-8")
    assert only_listed.look()
    assert (only_listed.now["kita"].name, only_listed.trouble) == ("見本新市", None)


def test_an_installation_does_not_start_with_a_list_of_none(tmp_path: Path) -> None:
    """It would serve the installation's own database to whoever asks."""
    path = tmp_path / "municipalities.toml"
    path.write_text("# none yet\n", encoding="utf-8")
    with pytest.raises(BadSetting, match="municipality add"):
        programs_of(Settings(home=tmp_path, municipalities=path))


def test_the_file_is_looked_at_no_more_often_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "municipalities.toml"
    path.write_text(LIST, encoding="utf-8")
    listed = Listed(Settings(home=tmp_path, municipalities=path), every_s=3600)
    path.write_text("[broken", encoding="utf-8")
    assert not listed.is_due()
    assert not listed.look()
    assert listed.trouble is None
    assert not listed.look(at_once=True)
    assert listed.trouble


def test_a_worker_takes_up_a_new_municipality_and_leaves_a_removed_one(
    bare_postgres_url: str, tmp_path: Path
) -> None:
    broker = RedisServer(tmp_path)
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    said = tmp_path / "said"
    worker = Worker(towns.environment(), "celery", "1", said=said)
    try:
        kita = open_program(towns.kita.settings)
        make_effects_table(kita.database)
        first = _ask(kita)
        until(lambda: effects(kita.database) == {first: 1}, what="the worker works")

        slug = towns.kita.slug.replace("kita", "nishi")
        nishi = open_program(
            add_municipality(
                towns.given, slug, name="見本西市", hosts=["nishi.example"],
                administer=bare_postgres_url,
            ).settings
        )  # fmt: skip
        make_effects_table(nishi.database)
        asked = [_ask(nishi) for _ in range(3)]
        until(lambda: effects(nishi.database) == dict.fromkeys(asked, 1), what="the new one's jobs")

        path = towns.given.municipalities
        text = path.read_text(encoding="utf-8")
        path.write_text(text[text.index(f"[{towns.minami.slug}]") :], encoding="utf-8")
        removed = f"removed={towns.kita.slug}"
        until(lambda: removed in said.read_text(encoding="utf-8"), what="kita is left")
        left, again = _ask(kita), _ask(nishi)
        until(lambda: again in effects(nishi.database), what="work goes on")
        assert effects(kita.database) == {first: 1}
        with kita.database.reading() as session:
            row = session.get(Job, uuid.UUID(left))
            assert (row.state, row.published_at) == ("ready", None)
        assert worker.stop() == 0
        for program in (kita, nishi):
            program.close()
    finally:
        end_all([worker])
        broker.stop()
