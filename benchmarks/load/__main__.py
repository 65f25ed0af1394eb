"""Staff under a steady load, under ten times as much, and after it: times, errors, 503.

    python -m benchmarks.load [--seconds 300] [--rate 30] [--database postgresql]

Real servers on this machine: PostgreSQL, Redis, `ibasho serve` and an `ibasho worker` that does the
jobs which the writes ask for; or, with `--database sqlite`, one process with everything in it. Each
request has its moment, whether those before it are answered or not, and its time counts from that
moment. Those who ask run on the same processors.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.installation import alone, scaled
from benchmarks.load.asking import ANSWERED, Phase, run_phase, until_ready
from benchmarks.load.staff import desks_of
from benchmarks.load.ward import prepare

OUT = Path(__file__).resolve().parents[1] / "out"
RUSH_S = 20
RUSHING = 4
"""Connections of each who asks in the rush: more than the server lets in."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="ibasho-load-", ignore_cleanup_errors=True) as name,
        contextlib.ExitStack() as servers,
    ):
        environment = (
            servers.enter_context(scaled(Path(name)))
            if given.database == "postgresql"
            else alone(Path(name))
        )
        ward = prepare(environment)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        commands = [["serve", "--port", str(port)]]
        if given.database == "postgresql":
            commands.append(["worker", "--concurrency", "1"])
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "api.cli", *command],
                env={**os.environ, **environment}, stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            for command in commands
        ]  # fmt: skip
        try:
            until_ready(port)
            desks = desks_of(port, ward)
            rush = [
                replace(d, clients=[c.another() for c in d.clients for _ in range(RUSHING)])
                for d in desks
            ]
            phases = [
                run_phase("steady", given.rate, given.seconds, desks),
                run_phase("ten times as much", 10 * given.rate, RUSH_S, rush),
                run_phase("afterwards", given.rate, min(60.0, given.seconds), desks),
            ]
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(60)
    _tell(phases, given.database)


def _tell(phases: list[Phase], database: str) -> None:
    head = "| phase | asked a second | requests | median ms | 99 % ms | 503 | errors |"
    kinds = "| what, steady | requests | median ms | 99 % ms |"
    table = "\n".join(
        [
            head, "|---|---|---|---|---|---|---|", *(p.line() for p in phases), "",
            kinds, "|---|---|---|---|", *phases[0].lines_by_kind(),
        ]
    )  # fmt: skip
    print(table)
    for phase in phases:
        wrong = {s: n for s, n in phase.statuses.items() if s not in (*ANSWERED, 503)}
        if wrong:
            print(f"{phase.name}: {wrong} (0 = no answer, 599 = 503 without Retry-After)")
    OUT.mkdir(exist_ok=True)
    (OUT / f"load-{database}.md").write_text(table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
