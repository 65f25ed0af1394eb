"""From a backup to pages that answer, on a clean machine: how long each step takes.

    python -m benchmarks.restore [--offerings 1500] [--cases 5000]

A ward on a real PostgreSQL is copied while it stands, encrypted. Then comes what whoever lost the
machine does: the program from its source into an empty folder with an environment of its own, an
empty PostgreSQL, `ibasho restore`, `ibasho verify` against the copy, `ibasho serve` until it says
that it is ready, and a sign-in with a person's page, whose fields only the restored keys can open.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from benchmarks.installation import ROOT, free_port, scaled
from benchmarks.load.asking import Client, until_ready
from benchmarks.load.ward import prepare
from jobs.demo.accounts import DEMO_PASSWORD

OUT = Path(__file__).parent / "out"


@dataclass
class Steps:
    """What was done, and how long it took."""

    rows: list[tuple[str, float]] = field(default_factory=list)

    def take(self, name: str, step: Callable[[], object]) -> None:
        began = time.monotonic()
        step()
        self.rows.append((name, time.monotonic() - began))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--offerings", type=int, default=1_500)
    parser.add_argument("--cases", type=int, default=5_000)
    given = parser.parse_args()
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        copy, key, person = _lost(folder / "lost", steps, given.offerings, given.cases)
        size = copy.stat().st_size / 1e6
        _found(folder / "clean", steps, copy, key, person)
    again = sum(seconds for _, seconds in steps.rows[1:])
    table = "\n".join(
        [
            "| step | seconds |", "|---|---|", *(f"| {n} | {s:.1f} |" for n, s in steps.rows),
            f"| from nothing to pages | {again:.1f} |",
        ]
    )  # fmt: skip
    print(
        f"{given.offerings:,} offerings, {given.cases:,} cases; a copy of {size:.1f} MB\n\n{table}"
    )
    OUT.mkdir(exist_ok=True)
    (OUT / "restore.md").write_text(table + "\n", encoding="utf-8")


def _lost(folder: Path, steps: Steps, offerings: int, cases: int) -> tuple[Path, Path, str]:
    """Return the copy of an installation that is gone, the key to it, and a person in it."""
    folder.mkdir()
    copy, key = folder.parent / "copy.ibasho", folder.parent / "backup.key"
    with scaled(folder) as environment:
        ward = prepare(environment, offerings=offerings, cases=cases)
        whole = {**os.environ, **environment}
        command = [sys.executable, "-m", "api.cli"]
        said = _run([*command, "backup-key", str(key), "--format", "json"], whole)
        recipient = json.loads(said)["recipient"]
        backup = [*command, "backup", str(copy), "--recipient", recipient]
        steps.take("ibasho backup, proved", lambda: _run(backup, whole))
    return copy, key, ward.people[0]


def _found(folder: Path, steps: Steps, copy: Path, key: Path, person: str) -> None:
    folder.mkdir()
    tree = folder / "ibasho"
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(tree, filter="data")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("IBASHO_", "PYTHONPATH"))}
    make = ["make", ".venv/.stamps/runtime", "api/static/vendor/.made"]
    steps.take("the program and its libraries", lambda: _run(make, clean, cwd=tree))
    with scaled(folder) as settings:
        environment = clean | {k: v for k, v in settings.items() if k != "PYTHONPATH"}
        ibasho = str(tree / ".venv" / "bin" / "ibasho")
        opened = ["--key", str(key)]
        restore = [ibasho, "restore", str(copy), *opened]
        steps.take("ibasho restore", lambda: _run(restore, environment, cwd=folder))
        verify = [ibasho, "verify", "--against", str(copy), *opened]
        steps.take("ibasho verify", lambda: _run(verify, environment, cwd=folder))
        port = free_port()
        serve = [ibasho, "serve", "--port", str(port)]
        server = subprocess.Popen(
            serve, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            steps.take("ibasho serve, until it is ready", lambda: until_ready(port))
            client = Client(port)
            client.sign_in("support_worker0", DEMO_PASSWORD)
            status, _ = client.ask("GET", f"/people/{person}")
            if status != 200:
                raise SystemExit(f"the person's page answers {status}")
        finally:
            server.terminate()
            server.wait(60)


def _run(command: list[str], environment: dict[str, str], cwd: Path = ROOT) -> str:
    done = subprocess.run(
        command, env=environment, cwd=cwd, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} … ended with {done.returncode}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
