"""What a suggestion costs through the web beside the same call in this process, by turns.

A real server of its own on loopback, asked over one kept connection with an API token: by a bare
socket, which shows what the service and the way to it cost, and by turns with Python's own client,
which takes a good deal itself to write a request and to read an answer's head.

    python -m benchmarks.http_cost
    python -m benchmarks.http_cost --beside ../before    # and by turns another checkout's service
"""

import argparse
import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.suggest import OUT, prepared, questions_of, settle
from casework.accounts import add_account, add_token
from matching.answers_written import written
from matching.suggest import suggest_placements

QUESTIONS = 1200
PATH = "/api/v1/suggestions"
HERE = Path(__file__).resolve().parent.parent


class BareSocket:
    """Says what HTTP wants, in one piece, and reads an answer by its length."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()

    def ask(self, body: bytes) -> bytes:
        self._socket.sendall(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, content = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), answer[:300]
        length = int(head.lower().split(b"\r\ncontent-length: ")[1].split(b"\r\n")[0])
        while len(content) < length:
            content += self._more()
        return content

    def _more(self) -> bytes:
        came = self._socket.recv(1 << 20)
        if not came:
            raise ConnectionError("the service hung up")
        return came


class PythonsClient:
    """Asks with `http.client`."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, body: bytes) -> bytes:
        self._connection.request("POST", PATH, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:300]
        return content


@contextmanager
def served(home: Path, code: Path) -> Iterator[int]:
    """Serve a home by the code of a checkout; give the port."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("IBASHO_")}
    environment |= {"IBASHO_HOME": str(home), "IBASHO_PORT": str(port)}
    # Workers are elsewhere, as where many are served: no job runs beside the questions.
    environment |= {"IBASHO_RUNNER": "celery", "PYTHONPATH": str(code)}
    server = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve"], env=environment, cwd=code,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=120)  # it ends the job at hand first


def _wait_until_ready(port: int) -> None:
    """Wait for a service to be warm: where nothing is compiled yet, that takes a minute."""
    for _ in range(3000):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10):
                return
        except OSError:  # not there yet, or 503
            time.sleep(0.1)
    raise TimeoutError("the service did not become ready")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offerings", type=int, default=100_000)
    options.add_argument("--beside", type=Path, help="another checkout, whose service is asked too")
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
    inside, as_json, same = [], [], True
    with ExitStack() as services:
        others: dict[str, int] = {}
        if given.beside is not None:
            # A home of its own, since its code may make another index of the same catalogue.
            home = Path(services.enter_context(TemporaryDirectory())) / "home"
            shutil.copytree(program.settings.home, home)
            others[given.beside.name] = services.enter_context(served(home, given.beside.resolve()))
        port = services.enter_context(served(program.settings.home, HERE))
        # All are ready before the first connection is made: one that waits long is hung up on.
        clients: dict[str, BareSocket | PythonsClient] = {
            "a bare socket": BareSocket(port, token),
            "Python's http.client": PythonsClient(port, token),
        }
        for name, other in others.items():
            clients[f"a bare socket, {name}"] = BareSocket(other, token)
        settle()
        outside: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
        r = random.Random("turns")  # in a fixed order each way would get questions of its own kind
        for k, need in enumerate(needs):
            name = r.choice(list(clients))
            body = need.model_dump_json(by_alias=True, exclude_unset=True).encode()
            began = time.perf_counter()
            content = clients[name].ask(body)
            middle = time.perf_counter()
            told = json.loads(content)
            again = time.perf_counter()
            with program.database.reading() as session:
                found = suggest_placements(session, program.store, need)
            ended = time.perf_counter()
            written(found)
            after = time.perf_counter()
            same &= [s["offering"] for s in told["suggestions"]] == [
                str(s.place.offering) for s in found.suggestions
            ]
            if k >= QUESTIONS // 10:
                inside.append(1000 * (ended - again))
                outside[name].append((1000 * (middle - began), inside[-1]))
                as_json.append(1000 * (after - ended))
    lines = []
    for name, asked in outside.items():
        over, within = (statistics.median(times) for times in zip(*asked, strict=True))
        lines.append(
            f"| over HTTP, by {name} | {over:.2f} | {over - within:.2f} "
            f"| {over / within - 1:.2f} | {len(asked)} |\n"
        )
    text = (
        f"{given.offerings:,} offerings\n\n"
        "| way | median ms | on top | on top, in calls | questions |\n|---|---|---|---|---|\n"
        f"{''.join(lines)}"
        f"| in this process | {statistics.median(inside):.2f} | | | {len(inside)} |\n"
        f"| that as JSON | {statistics.median(as_json):.2f} | | | {len(as_json)} |\n\n"
        f"same places: {same}"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "http_cost.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
