"""What a suggestion costs through the web beside the same call in this process, by turns.

A real server of its own on loopback, asked over one kept connection with an API token.

    python -m benchmarks.http_cost
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic_core import to_json

from benchmarks.suggest import OUT, prepared, questions_of, settle
from casework.accounts import add_account, add_token
from matching.suggest import suggest_placements

QUESTIONS = 400


@contextmanager
def served(home: Path) -> Iterator[int]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("IBASHO_")}
    environment |= {"IBASHO_HOME": str(home), "IBASHO_PORT": str(port)}
    # Workers are elsewhere, as where many are served: no job runs beside the questions.
    environment |= {"IBASHO_RUNNER": "celery"}
    server = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve"], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=120)  # it ends the job at hand first


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offerings", type=int, default=100_000)
    given = options.parse_args()
    program = prepared(given.offerings)
    with program.database.writing(by="benchmark") as session:
        account = add_account(
            session, name=f"bench-{time.time_ns()}", password="a long enough password",
            role="support_worker", agency=None, display_name="bench", by="benchmark",
        )  # fmt: skip
        token = add_token(
            session, account_id=account.id, label="bench", scopes=["read"], by="benchmark"
        )
    with program.database.reading() as session:
        needs = questions_of(program, program.store.current(session), "people", QUESTIONS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    inside, outside, written, same = [], [], [], True
    settle()
    with served(program.settings.home) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for k, need in enumerate(needs):
            body = need.model_dump_json(by_alias=True, exclude_unset=True).encode()
            began = time.perf_counter()
            connection.request("POST", "/api/v1/suggestions", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            middle = time.perf_counter()
            assert answer.status == 200, content[:300]
            told = json.loads(content)
            asked = time.perf_counter()
            with program.database.reading() as session:
                found = suggest_placements(session, program.store, need)
            ended = time.perf_counter()
            to_json(found.as_json())
            after = time.perf_counter()
            same &= [s["offering"] for s in told["suggestions"]] == [
                str(s.place.offering) for s in found.suggestions
            ]
            if k >= QUESTIONS // 10:
                outside.append(1000 * (middle - began))
                inside.append(1000 * (ended - asked))
                written.append(1000 * (after - ended))
    a, b, c = (statistics.median(times) for times in (outside, inside, written))
    text = (
        f"{given.offerings:,} offerings, {len(inside)} questions\n\n"
        "| way | median ms |\n|---|---|\n"
        f"| over HTTP | {a:.2f} |\n| in this process | {b:.2f} |\n"
        f"| that as JSON | {c:.2f} |\n\n"
        f"same places: {same}; on top: {a - b:.2f} ms"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "http_cost.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
