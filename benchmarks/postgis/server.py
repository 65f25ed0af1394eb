"""A PostgreSQL of the benchmark's own, with PostGIS, in a folder that goes away with it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

INSTALL = "apt-get install postgresql-15 postgresql-15-postgis-3"

OWNER = "postgres"
"""PostgreSQL doesn't run as root; its packages bring this user."""

SETTINGS = {
    "listen_addresses": "''",  # a socket in its folder, and nothing on any network
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "3GB",  # all of a million rows and their indexes
    "effective_cache_size": "6GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "random_page_cost": "1.0",  # all is in memory
    "max_parallel_workers_per_gather": "0",  # starting one takes longer than a question
    "jit": "off",  # compiling takes longer than a question
    "plan_cache_mode": "force_generic_plan",  # so does planning: each kind of question is prepared
}


class NoPostgis(RuntimeError):
    """There is no PostgreSQL with PostGIS on this machine."""

    def __init__(self) -> None:
        super().__init__(f"no PostgreSQL with PostGIS is installed here; run: {INSTALL}")


def programs() -> Path:
    """Return the folder of the newest PostgreSQL that has PostGIS; raise `NoPostgis`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    on_path = shutil.which("pg_config")
    if on_path:
        bindir = [on_path, "--bindir"]
        found.insert(0, Path(subprocess.check_output(bindir, text=True).strip()))
    for folder in reversed(found):
        if not (folder / "pg_config").exists() or not (folder / "initdb").exists():
            continue
        share = subprocess.check_output([folder / "pg_config", "--sharedir"], text=True).strip()
        if (Path(share) / "extension" / "postgis.control").exists():
            return folder
    raise NoPostgis


@contextmanager
def running(folder: Path, programs: Path) -> Iterator[str]:
    """Run a server in a folder of its own; give the address of its only database."""
    user = OWNER if os.geteuid() == 0 else None
    folder.mkdir()
    if user:
        folder.parent.chmod(0o711)
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments], check=True, stdout=subprocess.DEVNULL, user=user,
            cwd="/",
        )  # fmt: skip

    run("initdb", "-D", str(data), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C")
    written = [f"{name} = {value}\n" for name, value in SETTINGS.items()]
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.writelines([*written, f"unix_socket_directories = '{folder}'\n"])
    run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "start")
    try:
        url = f"host={folder} user={OWNER} dbname=postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            for extension in ("postgis", "intarray", "pg_prewarm"):
                connection.execute(f"CREATE EXTENSION {extension}")
        yield url
    finally:
        run("pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop")
