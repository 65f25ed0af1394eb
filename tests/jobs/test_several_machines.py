"""The guide to several machines as it is written: its lines on machines of a network of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from labour.servers import ROOT, redis_program
from labour.waiting import until
from machines import Machines, debian_postgres, machines, why_not

GUIDE = (ROOT / "docs/many-machines.md").read_text(encoding="utf-8")
PASSWORD = "aPasswordOfLetters"
POSTGRES = debian_postgres()

pytestmark = [
    pytest.mark.skipif(POSTGRES is None, reason="no PostgreSQL of Debian's, which speaks TLS"),
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
]


def lines_of(name: str) -> str:
    """Return what the guide says to write into a server's file of settings."""
    found = re.search(rf"^# {re.escape(name)}\n(.*?)(?:\n\n|^```)", GUIDE, re.M | re.S)
    assert found is not None, name
    return re.sub(r"\s+#.*", "", found[1]) + "\n"


def environment() -> dict[str, str]:
    """Return the environment of the guide."""
    block = re.search(r"^```\n(IBASHO_HOME=.*?)^```", GUIDE, re.M | re.S)
    assert block is not None
    found = re.findall(r"^([A-Z_]+)=(.*)$", block[1], re.M)
    there = {name: value.strip("'") for name, value in found}
    return {k: v.replace("db.example", "10.0.0.5").replace("…", PASSWORD) for k, v in there.items()}


def certify(folder: Path) -> None:
    """Write a certificate as a server makes one for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "db.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    sealed = made.sign(key, hashes.SHA256())
    (folder / "server.crt").write_bytes(sealed.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "server.key").chmod(0o600)


@contextmanager
def running(command: list[str], **given: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **given)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgres(there: Machines, folder: Path) -> Iterator[None]:
    """Run a database server with the guide's lines, made by the guide's commands."""
    assert POSTGRES is not None
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    folder.mkdir()
    shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    subprocess.run(
        [*as_postgres, POSTGRES / "initdb", "-D", data, "--auth-host=scram-sha-256",
         "--auth-local=trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True,
    )  # fmt: skip
    certify(data)
    for name in ("server.crt", "server.key"):
        shutil.chown(data / name, "postgres", "postgres")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(lines_of("postgresql.conf"))
        conf.write(f"ssl = on\nunix_socket_directories = '{folder}'\n")
    with (data / "pg_hba.conf").open("a", encoding="utf-8") as conf:
        conf.write(lines_of("pg_hba.conf"))
    with (
        (folder / "log").open("wb") as said,
        running(
            there.on("db", *as_postgres, str(POSTGRES / "postgres"), "-D", str(data)), stderr=said
        ),
    ):
        asks = ["-h", str(folder), "-U", "postgres"]
        ready = [POSTGRES / "pg_isready", *asks]
        until(lambda: not subprocess.run(ready, capture_output=True).returncode, what="PostgreSQL")
        make = f"CREATE ROLE ibasho LOGIN PASSWORD '{PASSWORD}'"
        subprocess.run([POSTGRES / "psql", *asks, "-c", make], check=True, capture_output=True)
        subprocess.run(
            [POSTGRES / "createdb", *asks, "--owner", "ibasho", "--encoding", "UTF8", "ibasho"],
            check=True,
        )  # fmt: skip
        yield


@contextmanager
def redis(there: Machines, folder: Path) -> Iterator[None]:
    folder.mkdir()
    conf = folder / "redis.conf"
    said = lines_of("redis.conf").replace("…", PASSWORD)
    conf.write_text(f'{said}port 6379\nsave ""\ndir {folder}\n', encoding="utf-8")
    with running(there.on("db", redis_program(), str(conf)), stdout=subprocess.DEVNULL):
        yield


def python(there: Machines, name: str, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run some lines on a machine."""
    return subprocess.run(
        there.on(name, sys.executable, "-c", code, *words),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


CONNECT = "import psycopg, sys; print(psycopg.connect(sys.argv[1], connect_timeout=5).info.status)"
PING = """
import redis, sys
print(redis.Redis.from_url(sys.argv[1], socket_connect_timeout=5, socket_timeout=5).ping())
"""
ASK = """
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=20).status)
"""


@contextmanager
def program(
    there: Machines, name: str, home: Path, *words: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of the program on a machine with the guide's environment."""
    command = there.on(name, sys.executable, "-m", "api.cli", *words)
    with (
        (home / "said").open("wb") as said,
        running(
            command, cwd=ROOT, env=own_environment(home) | more, stdout=said, stderr=said
        ) as process,
    ):
        yield process


def own_environment(home: Path) -> dict[str, str]:
    usual = {k: v for k, v in os.environ.items() if not k.startswith(("IBASHO_", "NUMBA_"))}
    # Each machine has the guide's folder for itself; here they share a disk.
    own = {"IBASHO_HOME": str(home), "IBASHO_BACKUP_FOLDER": str(home / "copies")}
    given = environment()
    del given["IBASHO_BACKUP_RECIPIENT"], given["NUMBA_CACHE_DIR"]
    return usual | given | own | {"PYTHONPATH": str(ROOT)}


def command(there: Machines, name: str, home: Path, *words: str) -> str:
    done = subprocess.run(
        there.on(name, sys.executable, "-m", "api.cli", *words),
        cwd=ROOT, env=own_environment(home) | {"LANG": "en_US.UTF-8"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def settles(told: Callable[[], bool], home: Path, what: str) -> None:
    try:
        until(told, within_s=90, what=what)
    except AssertionError:
        raise AssertionError((what, (home / "said").read_text(encoding="utf-8"))) from None


def test_two_machines_by_the_guide_share_the_work_and_strangers_are_kept_out(
    tmp_path: Path,
) -> None:
    """The database's folder must be one that its account can enter, so it isn't in `tmp_path`."""
    url = environment()["IBASHO_DATABASE_URL"]
    broker = environment()["IBASHO_REDIS_URL"]
    folder = Path("/tmp") / f"ibasho-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    web, work = tmp_path / "web", tmp_path / "work"
    web.mkdir()
    work.mkdir()
    try:
        with (
            machines(web="10.0.0.11/24", work="10.0.0.12/24", other="10.0.1.9/24") as there,
            postgres(there, folder / "postgres"),
            redis(there, folder / "redis"),
        ):
            # Whoever has a password, but not from this network, or without TLS, isn't let in.
            assert python(there, "web", CONNECT, url).returncode == 0
            bare = python(there, "web", CONNECT, f"{url}?sslmode=disable")
            assert "no encryption" in bare.stderr
            stranger = python(there, "other", CONNECT, url)
            assert 'no pg_hba.conf entry for host "10.0.1.9"' in stranger.stderr
            assert "True" in python(there, "work", PING, broker).stdout
            nobody = broker.replace(f":{PASSWORD}@", "")
            # (It says so of HELLO, with which a connection begins.)
            assert "authenticate" in python(there, "work", PING, nobody).stderr

            with program(there, "web", web, "serve"):
                ready = "http://10.0.0.11:8000/health/ready"
                settles(lambda: python(there, "db", ASK, ready).stdout == "200\n", web, "it serves")
                for name in ("secret.key", "keys"):
                    subprocess.run(["cp", "-a", web / name, work / name], check=True)
                assert "done" not in command(there, "web", web, "jobs", "--state", "done")
                with program(there, "work", work, "worker", "--concurrency", "1") as worker:
                    settles(
                        lambda: "done" in command(there, "web", web, "jobs", "--state", "done"),
                        work, "the other machine works",
                    )  # fmt: skip
                assert worker.returncode == 0
    finally:
        shutil.rmtree(folder)
