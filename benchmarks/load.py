"""Pages under a steady load, under ten times as much, and after it: times, errors, 503.

    python -m benchmarks.load [--seconds 300] [--rate 30]

A real server of its own on this machine, with the demo ward, 1,500 offerings and 5,000 invented
cases; staff of four roles look up people, suggestions, places nearby and entries. Each request has
its moment, whether those before it are answered or not, and its time counts from that moment.
"""

import argparse
import http.client
import json
import os
import queue
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

OUT = Path(__file__).parent / "out"
ASKERS = 48
CASES = 5_000
OFFERINGS = 1_500
RUSH_S = 20
IDLE_S = 3.0
AGENCY = "kurashi_shigoto"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Ask = Callable[["Client"], int]


class Client:
    """A browser that keeps its connection, its cookie and its form's token."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._used = 0.0
        self.cookie = ""
        self.csrf = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        if time.monotonic() - self._used > IDLE_S:
            # The server closes what is idle; a browser then opens anew, and so do we.
            self._connection.close()
        self._used = time.monotonic()
        sent = {"Cookie": self.cookie, **(headers or {})}
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            raise
        if answer.status == 503 and not answer.headers.get("Retry-After"):
            return 599, data
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            kept = dict(c.split("=", 1) for c in self.cookie.split("; ") if c)
            kept[name] = rest.partition(";")[0]
            self.cookie = "; ".join(f"{k}={v}" for k, v in kept.items())
        return answer.status, data

    def sign_in(self, name: str, password: str) -> None:
        _, page = self.ask("GET", "/signin")
        token = _token(page)
        body = urllib.parse.urlencode({"name": name, "password": password, "csrf": token}).encode()
        status, _ = self.ask("POST", "/signin", body, FORM)
        assert status == 303, status
        self.csrf = _token(self.ask("GET", "/resources")[1])


def _token(page: bytes) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.decode())
    assert found is not None
    return found[1]


@dataclass
class Phase:
    """What came of the requests of one phase; times in seconds from each one's moment."""

    name: str
    rate: float
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def line(self) -> str:
        answered = sorted(self.times) or [0.0]
        p99 = answered[min(len(answered) - 1, int(len(answered) * 0.99))]
        errors = sum(n for s, n in self.statuses.items() if s not in (200, 303, 503))
        return (
            f"| {self.name} | {self.rate:.0f} | {sum(self.statuses.values())} "
            f"| {statistics.median(answered) * 1000:.0f} | {p99 * 1000:.0f} "
            f"| {self.statuses[503]} | {errors} |"
        )


def run_phase(
    name: str, rate: float, seconds: float, clients: list[Client], mix: list[Ask]
) -> Phase:
    """Put so many requests a second, evenly, whatever becomes of those before."""
    phase, waiting, lock = (
        Phase(name, rate),
        queue.Queue[tuple[float, Ask] | None](),
        threading.Lock(),
    )

    def work(client: Client) -> None:
        while (given := waiting.get()) is not None:
            moment, ask = given
            try:
                status = ask(client)
            except (OSError, http.client.HTTPException):
                status = 0
            took = time.perf_counter() - moment
            with lock:
                phase.statuses[status] += 1
                if status != 503:
                    phase.times.append(took)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    chance, began = random.Random(7), time.perf_counter()
    for n in range(int(rate * seconds)):
        moment = began + n / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        waiting.put((moment, chance.choice(mix)))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    return phase


def mix_of(people: list[str], offerings: list[str], resources: list[str]) -> list[Ask]:
    """Return what staff do, as often as they do it."""
    chance = random.Random(11)
    need = {"at": {"lon": 139.7148, "lat": 35.729}, "needs": {"isolation": 3}, "step": 1}

    def get(paths: list[str]) -> Ask:
        return lambda client: client.ask("GET", chance.choice(paths))[0]

    def suggest(client: Client) -> int:
        asked = {**need, "age": chance.randrange(15, 90)}
        body = json.dumps(asked).encode()
        kind = {"Content-Type": "application/json"}
        return client.ask("POST", "/api/v1/suggestions", body, kind)[0]

    def nearby(client: Client) -> int:
        lon, lat = 139.70 + chance.random() * 0.03, 35.72 + chance.random() * 0.02
        body = urllib.parse.urlencode({"lon": lon, "lat": lat, "csrf": client.csrf}).encode()
        return client.ask("POST", "/nearby", body, FORM)[0]

    find = get([f"/people/{p}/find" for p in people])
    person = get([f"/people/{p}" for p in people])
    entry = get([f"/resources/{r}" for r in resources])
    search = get(
        ["/resources?q=%E3%82%B5%E3%83%AD%E3%83%B3", "/resources?kind=salon", "/resources"]
    )
    return [find, find, person, suggest, suggest, nearby, nearby, entry, entry, search]


def prepared(home: Path) -> tuple[list[str], list[str], list[str]]:
    """Fill the catalogue and the cases; return the ids that are asked for."""
    environment = {**os.environ, "IBASHO_HOME": str(home), "IBASHO_DEMO": "1"}
    command = [sys.executable, "-m", "api.cli", "demo", "--offerings", str(OFFERINGS)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    from sqlalchemy import select

    from casework.case_models import Person
    from casework.consents import FORMS, PURPOSES, Given
    from casework.models import Account
    from casework.people import add_person
    from jobs.program import open_program
    from jobs.settings import Settings
    from resources import clock
    from resources.models import Offering, Resource

    program = open_program(Settings(home=home))
    with program.database.writing(by="benchmark") as session:
        owner = session.scalars(select(Account.id).where(Account.name == "support")).one()
        known = list(session.scalars(select(Person)))
        for n in range(CASES - len(known)):
            like = known[n % len(known)]
            consent = Given(PURPOSES, [AGENCY], "self", clock.today(), FORMS[0])
            add_person(
                session, label=f"見本{n}", summary=like.summary, need=like.need, agency=AGENCY,
                by="benchmark", consent=consent, invented=True, owner_id=owner,
            )  # fmt: skip
    with program.database.reading() as session:
        mine = select(Person.id).where(Person.agency == AGENCY).limit(300)
        people = [str(i) for i in session.scalars(mine)]
        offerings = [str(i) for i in session.scalars(select(Offering.id).limit(300))]
        resources = [str(i) for i in session.scalars(select(Resource.id).limit(300))]
    program.close()
    return people, offerings, resources


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ibasho-load-") as name:
        home = Path(name)
        ids = prepared(home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        environment = {
            **os.environ,
            "IBASHO_HOME": name,
            "IBASHO_DEMO": "1",
            "IBASHO_LOG_LEVEL": "error",
        }
        command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            phases = _phases(port, given.seconds, given.rate, mix_of(*ids))
        finally:
            server.terminate()
            server.wait(30)
    head = "| phase | asked a second | requests | median ms | 99 % ms | 503 | errors |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *(p.line() for p in phases)])
    print(table)
    for phase in phases:
        wrong = {s: n for s, n in phase.statuses.items() if s not in (200, 303, 503)}
        if wrong:
            print(f"{phase.name}: {wrong} (0 = no answer, 599 = 503 without Retry-After)")
    OUT.mkdir(exist_ok=True)
    (OUT / "load.md").write_text(table + "\n", encoding="utf-8")


def _phases(port: int, seconds: float, rate: float, mix: list[Ask]) -> list[Phase]:
    from jobs.demo.accounts import DEMO_PASSWORD

    _until_ready(port)
    clients = []
    for _n in range(ASKERS):
        client = Client(port)
        client.sign_in("support", DEMO_PASSWORD)
        clients.append(client)
    # More at once than the server lets in, or nobody would ever be turned away.
    rush = []
    for n in range(4 * ASKERS):
        client = Client(port)
        client.cookie, client.csrf = clients[n % ASKERS].cookie, clients[n % ASKERS].csrf
        rush.append(client)
    return [
        run_phase("steady", rate, seconds, clients, mix),
        run_phase("ten times as much", 10 * rate, RUSH_S, rush, mix),
        run_phase("afterwards", rate, min(60.0, seconds), clients, mix),
    ]


def _until_ready(port: int) -> None:
    for _ in range(600):
        try:
            if Client(port).ask("GET", "/health/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("the server did not become ready")


if __name__ == "__main__":
    main()
