"""What is copied while the program runs can be brought back, whole, on either database."""

import json
import os
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from labour.waiting import until
from sqlalchemy import func, inspect, select, text, update

from jobs.backup import manifest
from jobs.backup.checking import findings
from jobs.backup.making import make_backup
from jobs.backup.manifest import BadBackup, Manifest, TableCopy
from jobs.backup.nightly import newest
from jobs.backup.opening import open_backup
from jobs.backup.portable import forms_of, outward
from jobs.backup.restoring import NotEmpty, NotWhole, restore_backup
from jobs.copies import write_copy
from jobs.keys import RING_FILE, made_ring
from jobs.ledger import Refused
from jobs.program import Program
from jobs.runtime import run_pending
from jobs.schema import NewerSchema, upgrade
from jobs.settings import Settings, secret_key
from jobs.tables import METADATA
from resources import booking, clock
from resources.booked import Allotment
from resources.database import Database
from resources.models import Base, Change, Organization

ROOT = Path(__file__).resolve().parents[2]

KILLED = """
import os, pathlib, signal, sys
left = int(sys.argv.pop(1))
replace = pathlib.Path.replace

def counted(self, target):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

pathlib.Path.replace = counted
from api.cli import main
main()
"""
"""A restore that is killed before something gets its name: the first thing, the second, …"""


@pytest.fixture
def migrated(database: Database, tmp_path: Path) -> Database:
    """A database as the program makes it."""
    Base.metadata.drop_all(database.engine)
    upgrade(database)
    return database


@pytest.fixture
def filled(
    migrated: Database, register: Callable[..., object], tmp_path: Path
) -> tuple[Database, Settings]:
    """A catalogue with places that are taken, and the files beside it."""
    settings = Settings(home=tmp_path / "home")
    offering = register(
        {"name": "見本の会「😀」\n二行目", "needs": ["isolation"]}, location={"address": "見本町"}
    )
    register({"name": "もう一つ"})
    with migrated.writing(by="test") as session:
        allotment = booking.open_places(
            session, offering_id=offering, first_on=clock.today() + timedelta(days=3),
            capacity=3, by="test",
        )  # fmt: skip
        booking.hold_place(session, allotment_id=allotment.id, keep=timedelta(days=1), by="test")
    secret_key(settings.home)
    (settings.streets_folder / "a").mkdir(parents=True)
    (settings.streets_folder / "a" / "file.csv").write_bytes(b"\x00\xff,1\r\n")
    return migrated, settings


def contents(database: Database) -> dict[str, list[str]]:
    """Return every row of every table, as a copy holds it."""
    with database.engine.connect() as connection:
        return {
            table.name: [
                json.dumps(outward(forms_of(table))(row))
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in METADATA.sorted_tables
        }


def test_a_copy_of_either_database_comes_back_the_same_on_both(
    filled: tuple[Database, Settings], tmp_path: Path, bare_postgres_url: str
) -> None:
    database, settings = filled
    path = tmp_path / "copy.ibasho"
    make_backup(database, settings, path)
    before = contents(database)
    assert sum(map(len, before.values())) > 10
    for url in ("", bare_postgres_url):
        target = replace(settings, home=tmp_path / f"new{len(url)}", database_url=url)
        with open_backup(path) as backup:
            restore_backup(backup, target)
        there = Database(target.database)
        try:
            assert contents(there) == before
            file = target.streets_folder / "a" / "file.csv"
            assert file.read_bytes() == b"\x00\xff,1\r\n"
            # Numbers go on where they were.
            with there.writing(by="test") as session:
                row = session.scalars(select(Organization)).first() or Organization(
                    name="x", created_at=clock.now(), edited_at=clock.now()
                )
                row.name = "あとから"
                session.add(row)
            with there.reading() as session:
                newest_revision = session.scalar(select(func.max(Change.revision)))
            assert newest_revision == max(json.loads(r)[0] for r in before["change"]) + 1
        finally:
            there.close()


def test_a_copy_sees_one_moment_while_others_write(database: Database) -> None:
    """Reading one table after the other without it sees two moments."""

    def write_both() -> None:
        with database.writing(by="test") as session:
            session.add(Organization(name="x", created_at=clock.now(), edited_at=clock.now()))

    counts = [select(func.count()).select_from(t) for t in (Organization, Change)]
    write_both()
    with database.snapshot() as connection:
        first = connection.scalar(counts[0])
        write_both()
        assert connection.scalar(counts[1]) == first
    with database.engine.connect() as naive:
        first = naive.scalar(counts[0])
        naive.rollback()
        write_both()
        assert naive.scalar(counts[1]) != first


def test_keys_are_only_in_a_copy_that_is_encrypted(
    filled: tuple[Database, Settings], tmp_path: Path
) -> None:
    database, settings = filled
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key"
    key.write_text(f"# a remark\n{identity}\n", encoding="ascii")
    plain, secret = tmp_path / "plain", tmp_path / "secret"
    assert not make_backup(database, settings, plain).encrypted
    assert make_backup(database, settings, secret, recipient=str(identity.to_public())).encrypted
    assert "見本町".encode() not in secret.read_bytes()
    with open_backup(plain) as backup:
        assert "secret.key" not in backup.manifest.files
    with open_backup(secret, key=key) as backup:
        restore_backup(backup, Settings(home=tmp_path / "new"))
    assert (tmp_path / "new" / "secret.key").read_bytes() == secret_key(settings.home)
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0
    assert {p.stat().st_mode & 0o077 for p in (plain, secret)} == {0}
    with pytest.raises(BadBackup, match="--key"), open_backup(secret):
        pass
    other = tmp_path / "other"
    other.write_text(str(pyrage.x25519.Identity.generate()), encoding="ascii")
    with pytest.raises(BadBackup, match="belong together"), open_backup(secret, key=other):
        pass


@pytest.mark.parametrize(
    "database", ["sqlite"], indirect=True
)  # the file is the same whichever database it was made of
def test_a_damaged_copy_brings_nothing_back_or_everything(
    filled: tuple[Database, Settings], tmp_path: Path
) -> None:
    database, settings = filled
    path = tmp_path / "copy"
    make_backup(database, settings, path)
    before, whole = contents(database), path.read_bytes()
    chance, refused = random.Random(7), 0
    # Where something is written: between the tables there is much that nobody reads.
    written = [k for k, byte in enumerate(whole) if byte]
    for n in range(24):
        data = bytearray(whole)
        data[chance.choice(written)] ^= 1 << chance.randrange(8)
        if n % 4 == 0:
            data = data[: chance.randrange(len(data))]
        path.write_bytes(bytes(data))
        home = tmp_path / f"n{n}"
        try:
            with open_backup(path) as backup:
                restore_backup(backup, Settings(home=home))
        except BadBackup:
            refused += 1
            assert not home.exists() or list(home.iterdir()) == []
            continue
        there = Database(Settings(home=home).database)
        assert contents(there) == before
        there.close()
    assert refused > 15


def test_nothing_is_overwritten(filled: tuple[Database, Settings], tmp_path: Path) -> None:
    database, settings = filled
    path = tmp_path / "copy"
    make_backup(database, settings, path)
    before = contents(database)
    url = database.engine.url.render_as_string(hide_password=False)
    there = replace(settings, home=tmp_path / "other", database_url=url)
    with open_backup(path) as backup, pytest.raises(NotEmpty):
        restore_backup(backup, there)
    assert contents(database) == before
    with pytest.raises(BadBackup, match="exists"):
        make_backup(database, settings, path)


def test_what_is_not_whole_is_found_and_not_copied(
    filled: tuple[Database, Settings], tmp_path: Path
) -> None:
    database, settings = filled
    with database.engine.connect() as connection:
        assert findings(connection) == []
    with database.writing(by="test") as session:
        session.execute(update(Allotment).values(held=Allotment.held + 1))
    with database.engine.connect() as connection:
        assert [(f.what, f.count) for f in findings(connection)] == [("places", 1)]
    with pytest.raises(NotWhole):
        make_backup(database, settings, tmp_path / "copy")
    assert list(tmp_path.glob("copy*")) == []
    assert list(tmp_path.glob(".copy*")) == []


def test_a_row_that_refers_to_nothing_is_found(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO agency_link VALUES ('east', 'west', 'refers_to')")
        found = {f.what for f in findings(connection)}
    assert found == {"reference:agency_link.origin", "reference:agency_link.target"}


def test_a_copy_of_an_older_schema_comes_back_and_is_brought_up(tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    upgrade(old, to="0002")
    here = {c["name"] for c in inspect(old.engine).get_columns("organization")}
    old.close()
    forms = {n: f for n, f in forms_of(Organization.__table__).items() if n in here}  # type: ignore[arg-type]
    facts = {"id": "6c0f6a0e-7e3b-4a6a-9a52-0d3a3e4d2b11", "name": "むかしの会", "invented": True,
             "version": 1, "created_at": "2026-01-02T03:04:05+00:00",
             "edited_at": "2026-01-02T03:04:05+00:00"}  # fmt: skip
    line = json.dumps([facts.get(name) for name in forms]) + "\n"
    import hashlib

    sha256 = hashlib.sha256(line.encode()).hexdigest()
    copy = TableCopy("organization", forms, ["id"], [], 1, sha256)
    path = tmp_path / "copy"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tables/organization.jsonl", line)
        said = Manifest("0002", "2026-01-02T03:04:05+00:00", [copy], {})
        archive.writestr(manifest.NAME, manifest.written(said))
    target = Settings(home=tmp_path / "new")
    with open_backup(path) as backup:
        restore_backup(backup, target)
    there = Database(target.database)
    with there.reading() as session:
        assert session.scalars(select(Organization.name)).all() == ["むかしの会"]
    there.close()
    newer = Manifest("9999", "2026-01-02T03:04:05+00:00", [], {})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(manifest.NAME, manifest.written(newer))
    with open_backup(path) as backup, pytest.raises(NewerSchema):
        restore_backup(backup, Settings(home=tmp_path / "newer"))


@pytest.mark.parametrize(
    "database", ["sqlite"], indirect=True
)  # on PostgreSQL it is one transaction
def test_a_restore_that_is_killed_leaves_nothing_half_done(
    filled: tuple[Database, Settings], tmp_path: Path
) -> None:
    database, settings = filled
    path = tmp_path / "copy"
    make_backup(database, settings, path)
    home = tmp_path / "new"
    environment = {**os.environ, "IBASHO_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", "restore", str(path)]
    process = subprocess.Popen(command, env=environment)
    until(lambda: list(home.glob(".ibasho.sqlite3.*")) or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert process.returncode == -signal.SIGKILL, "it was quicker than the kill"
    assert not (home / "ibasho.sqlite3").exists()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    there = Database(f"sqlite:///{home / 'ibasho.sqlite3'}")
    assert contents(there) == contents(database)
    there.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_no_database_is_there_before_its_keys_and_files_are(
    filled: tuple[Database, Settings],
    tmp_path: Path,
    onto: str,
    request: pytest.FixtureRequest,
) -> None:
    database, settings = filled
    made_ring(settings)
    identity = pyrage.x25519.Identity.generate()
    key, path, home = tmp_path / "key", tmp_path / "copy", tmp_path / "new"
    key.write_text(str(identity), encoding="ascii")
    make_backup(database, settings, path, recipient=str(identity.to_public()))
    url = "" if onto == "sqlite" else request.getfixturevalue("bare_postgres_url")
    target = Settings(home=home, database_url=url)
    environment = {
        **os.environ, "IBASHO_HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8",
        "IBASHO_DATABASE_URL": url,
    }  # fmt: skip
    # A file, two keys and, on SQLite, the database: each gets its name by one step.
    steps = 4 if onto == "sqlite" else 3
    for n in range(1, steps + 1):
        command = [sys.executable, "-c", KILLED, str(n), "restore", str(path), "--key", str(key)]
        killed = subprocess.run(command, env=environment, capture_output=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        if onto == "sqlite":
            assert not (home / "ibasho.sqlite3").exists()
        else:
            there = Database(url)
            assert not any(contents(there)["organization"])
            there.close()
    with open_backup(path, key=key) as backup:
        restore_backup(backup, target)
    there = Database(target.database)
    assert contents(there) == contents(database)
    there.close()
    for name in ("secret.key", "keys/ring.json", "streets/a/file.csv"):
        assert (home / name).read_bytes() == (settings.home / name).read_bytes()
    left = [p.name for p in home.rglob(".*") if not p.name.startswith(".ibasho.sqlite3")]
    assert left == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["secret.key", "keys/ring.json"])
def test_other_keys_are_not_overwritten(
    filled: tuple[Database, Settings], tmp_path: Path, name: str
) -> None:
    database, settings = filled
    made_ring(settings)
    identity = pyrage.x25519.Identity.generate()
    key, path, home = tmp_path / "key", tmp_path / "copy", tmp_path / "new"
    key.write_text(str(identity), encoding="ascii")
    make_backup(database, settings, path, recipient=str(identity.to_public()))
    (home / name).parent.mkdir(parents=True)
    (home / name).write_bytes(b"another's")
    with open_backup(path, key=key) as backup, pytest.raises(NotEmpty, match=name):
        restore_backup(backup, Settings(home=home))
    assert (home / name).read_bytes() == b"another's"
    assert [p for p in home.rglob("*") if p.is_file()] == [home / name]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_encrypted_copy_that_is_damaged_is_said_so(
    filled: tuple[Database, Settings], tmp_path: Path
) -> None:
    database, settings = filled
    identity = pyrage.x25519.Identity.generate()
    key, path = tmp_path / "key", tmp_path / "copy"
    key.write_text(str(identity), encoding="ascii")
    make_backup(database, settings, path, recipient=str(identity.to_public()))
    whole, chance = path.read_bytes(), random.Random(7)
    for n in range(60):
        data = bytearray(whole)
        # Half of them in what says for whom it is.
        data[chance.randrange(200 if n % 2 else len(data))] ^= 1 << chance.randrange(8)
        if n % 3 == 0:
            data = bytearray(whole[: chance.randrange(len(whole))])
        path.write_bytes(bytes(data))
        with pytest.raises(BadBackup), open_backup(path, key=key):
            pass


def test_the_clock_asks_for_copies_and_only_the_newest_stay(
    program: Program, tmp_path: Path
) -> None:
    database = program.database
    Base.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE effect"))
    upgrade(database)
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"ibasho-2026010{day}-020000.ibasho").write_bytes(b"old")
    (folder / ".ibasho-20260101-020000.ibasho.77").write_bytes(b"left by a kill")
    (folder / "notes.txt").write_bytes(b"somebody's own")
    settings = replace(program.settings, backup_folder=folder, backup_keep=3)
    settings.home.mkdir(parents=True)
    run_pending(replace(program, settings=settings))
    names = sorted(p.name for p in folder.iterdir())
    assert len(names) == 4
    assert names[:3] == [
        "ibasho-20260104-020000.ibasho", "ibasho-20260105-020000.ibasho",
        (newest(folder) or folder).name,
    ]  # fmt: skip
    with open_backup(newest(folder) or folder) as backup:
        assert backup.manifest.rows > 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_nightly_copy_says_what_is_lost_and_writes_none(
    program: Program, tmp_path: Path
) -> None:
    database = program.database
    settings = replace(program.settings, backup_folder=tmp_path / "copies")
    running = replace(program, settings=settings)
    made_ring(settings)
    (settings.home / RING_FILE).write_text("junk", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        write_copy(running, None)  # type: ignore[arg-type]
    assert "ring.json" in str(refused.value.facts)
    (settings.home / RING_FILE).unlink()
    made_ring(settings)
    Path(str(database.engine.url.database)).unlink()
    with pytest.raises(Refused) as refused:
        write_copy(running, None)  # type: ignore[arg-type]
    assert "was in use" in str(refused.value.facts)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_column_of_an_unknown_type_is_said_at_once() -> None:
    for table in METADATA.sorted_tables:
        assert forms_of(table), table.name
