"""A database without its keys, or keys without their database, is said aloud and not mended."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from door import add_staff
from terminal import Ibasho, Outcome

from casework.access import Actor
from casework.cases import case_of_person
from casework.consents import Given
from casework.identities import store_identity
from casework.people import add_person
from casework.sealed_fields import new_ring
from casework.sealed_stored import stored_values
from jobs.keys import RING_FILE, NoKeys, write_ring
from jobs.program import Program, open_program
from jobs.runtime import run_pending
from jobs.settings import kept_secret, read_settings, secret_key
from resources import clock

NAME, WORDS = "架空 花子", "母が入院している"
COMMANDS = (("verify",), ("doctor",), ("migrate",), ("serve", "--port", "0"), ("keys", "rotate"))


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """An installation with a person and a name, whose audit is sealed."""
    if request.param == "postgresql":
        monkeypatch.setenv("IBASHO_DATABASE_URL", request.getfixturevalue("bare_postgres_url"))
    program = open_program(read_settings())
    east = Actor(add_staff(program, "csw", name="sato"), "sato", "csw", "east")
    with program.database.writing(by="test") as session:
        person = add_person(
            session, label="A", summary=WORDS, need={"age": 34}, agency="east", by=east,
            consent=Given(["support"], ["east"], "self", clock.today(), "written"),
        )  # fmt: skip
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)
        store_identity(session, case, program.ring(), {"name": NAME})
    run_pending(program)
    yield program
    program.close()


def refused(ibasho: Ibasho, tmp_path: Path, words: str) -> None:
    """Every command says one sentence and ends with 2."""
    for command in (*COMMANDS, ("backup", str(tmp_path / "refused"))):
        said = ibasho(*command)
        assert said.code == 2, (command, said)
        assert len(said.err.strip().splitlines()) == 1, (command, said)
        assert words in said.err, (command, said)
        assert not any(word in said.out + said.err for word in (NAME, WORDS))
    assert not (tmp_path / "refused").exists()


def is_whole(ibasho: Ibasho) -> Outcome:
    said = ibasho("verify", "--format", "json")
    assert said.json == {"whole": True, "findings": []}
    return said


def test_lost_keys_are_not_made_anew(kept: Program, ibasho: Ibasho, tmp_path: Path) -> None:
    ring = kept.settings.home / RING_FILE
    away = tmp_path / "away"
    for lost in (ring, ring.parent):
        lost.rename(away)
        refused(ibasho, tmp_path, "No new keys are made")
        with pytest.raises(NoKeys):  # nor by a program that was running before
            kept.ring()
        assert not ring.exists()
        away.rename(lost)
    is_whole(ibasho)


def test_damaged_keys_and_those_of_other_data_are_refused(
    kept: Program, ibasho: Ibasho, tmp_path: Path
) -> None:
    ring = kept.settings.home / RING_FILE
    right = ring.read_text(encoding="utf-8")
    for junk in ("", "junk", "{}", json.dumps({"keys": {"1": "AA=="}, "index": "AA=="})):
        ring.write_text(junk, encoding="utf-8")
        refused(ibasho, tmp_path, "ring.json can't be read")
    write_ring(kept.settings, new_ring())
    refused(ibasho, tmp_path, "ring.json doesn't open")
    ring.write_text(right, encoding="utf-8")
    is_whole(ibasho)


def test_one_damaged_value_is_found_and_stops_nothing(kept: Program, ibasho: Ibasho) -> None:
    with kept.database.snapshot(said={"ibasho.system": "test"}) as connection:
        assert {v.place[0] for v in stored_values(connection)} == {"person", "person_identity"}
        assert all(v.opens_with(kept.ring()) for v in stored_values(connection))
    with kept.database.connecting(said={"ibasho.system": "test"}) as connection:
        # Sealed for another row: whole in itself, and still not what belongs there.
        connection.exec_driver_sql(
            "UPDATE person_identity SET sealed = (SELECT summary FROM person)"
        )
    said = ibasho("verify", "--format", "json")
    assert said.code == 1
    assert [(f["what"], f["count"]) for f in said.json["findings"]] == [("sealed", 1)]


def test_a_secret_key_that_is_lost_or_short_is_refused(
    kept: Program, ibasho: Ibasho, tmp_path: Path
) -> None:
    key = kept.settings.home / "secret.key"
    right = key.read_bytes()
    try:
        for short in (b"", right[:31]):
            key.write_bytes(short)
            secret_key.cache_clear()
            refused(ibasho, tmp_path, "empty or too short")
            assert key.read_bytes() == short
        key.unlink()
        secret_key.cache_clear()
        refused(ibasho, tmp_path, "secret.key is missing")
        assert not key.exists()
        key.write_bytes(right)
        is_whole(ibasho)
    finally:
        secret_key.cache_clear()


def test_a_new_home_gets_keys_of_its_own(ibasho: Ibasho, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert ibasho("migrate").code == 0
    is_whole(ibasho)
    assert kept_secret(home) is not None
    assert not (home / RING_FILE).exists()  # nothing is sealed yet, so a copy may bring its own


@pytest.mark.parametrize("kept", ["sqlite"], indirect=True)
@pytest.mark.parametrize("left", [None, b""])
def test_a_lost_database_is_not_made_anew(
    kept: Program, ibasho: Ibasho, tmp_path: Path, left: bytes | None
) -> None:
    kept.close()
    home = kept.settings.home
    for path in home.glob("ibasho.sqlite3*"):
        path.unlink()
    if left is not None:
        (home / "ibasho.sqlite3").write_bytes(left)
    refused(ibasho, tmp_path, "was in use")
    if left is None:
        assert not (home / "ibasho.sqlite3").exists()
    shutil.rmtree(home / "keys")
    (home / "audit.head").unlink(missing_ok=True)
    (home / "index" / "1").mkdir(parents=True, exist_ok=True)
    refused(ibasho, tmp_path, "was in use")


@pytest.mark.parametrize("kept", ["sqlite"], indirect=True)
def test_a_damaged_database_is_said_so(kept: Program, ibasho: Ibasho, tmp_path: Path) -> None:
    kept.close()
    path = kept.settings.home / "ibasho.sqlite3"
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    whole = path.read_bytes()
    path.write_bytes(b"no database at all, " * 500)
    refused(ibasho, tmp_path, "damaged")
    path.write_bytes(whole[:16384])
    refused(ibasho, tmp_path, "damaged")
