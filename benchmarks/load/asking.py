"""Those who ask: each with a connection, a cookie and a form's token; and requests by the clock."""

import http.client
import queue
import random
import re
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_S = 3.0
PATIENCE_S = 300.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWERED = (200, 201, 303)


class Client:
    """A browser that keeps its connection, its cookie and its form's token."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._used = 0.0
        self.cookie = ""
        self.csrf = ""
        self.name = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Return status and body; 599 for a 503 that doesn't say when to come again."""
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

    def get(self, path: str) -> int:
        return self.ask("GET", path)[0]

    def post(self, path: str, **fields: object) -> int:
        body = urllib.parse.urlencode({**fields, "csrf": self.csrf}).encode()
        return self.ask("POST", path, body, FORM)[0]

    def sign_in(self, name: str, password: str) -> None:
        _, page = self.ask("GET", "/signin")
        self.csrf = _token(page)
        status = self.post("/signin", name=name, password=password)
        assert status == 303, status
        self.name, self.csrf = name, _token(self.ask("GET", "/resources")[1])

    def another(self) -> "Client":
        """Return one more connection of the same person."""
        client = Client(self._port)
        client.cookie, client.csrf, client.name = self.cookie, self.csrf, self.name
        return client


def _token(page: bytes) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.decode())
    assert found is not None
    return found[1]


def until_ready(port: int) -> None:
    """Return when a server says that it is ready; end the program where it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if Client(port).get("/health/ready") == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not become ready")


Ask = Callable[[Client], int]


@dataclass(frozen=True)
class Desk:
    """Staff of one role: those who are signed in, how much of all they ask, and what."""

    role: str
    share: float
    clients: list[Client]
    asks: list[tuple[str, Ask]]


@dataclass
class Phase:
    """What came of the requests of one phase; times in seconds from each one's moment."""

    name: str
    rate: float
    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def line(self) -> str:
        every = [t for times in self.times.values() for t in times]
        errors = sum(n for s, n in self.statuses.items() if s not in (*ANSWERED, 503))
        return (
            f"| {self.name} | {self.rate:.0f} | {sum(self.statuses.values())} "
            f"| {statistics.median(every) * 1000:.0f} | {_p99(every) * 1000:.0f} "
            f"| {self.statuses[503]} | {errors} |"
        )

    def lines_by_kind(self) -> list[str]:
        return [
            f"| {kind} | {len(times)} | {statistics.median(times) * 1000:.0f} "
            f"| {_p99(times) * 1000:.0f} |"
            for kind, times in sorted(self.times.items(), key=lambda i: -len(i[1]))
        ]


def _p99(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def run_phase(name: str, rate: float, seconds: float, desks: list[Desk]) -> Phase:
    """Put so many requests a second, evenly, whatever becomes of those before."""
    phase, lock = Phase(name, rate), threading.Lock()
    queues = [queue.Queue[tuple[float, str, Ask] | None]() for _ in desks]

    def work(client: Client, waiting: "queue.Queue[tuple[float, str, Ask] | None]") -> None:
        while (given := waiting.get()) is not None:
            moment, kind, ask = given
            try:
                status = ask(client)
            except (OSError, http.client.HTTPException):
                status = 0
            took = time.perf_counter() - moment
            with lock:
                phase.statuses[status] += 1
                if status != 503:
                    phase.times.setdefault(kind, []).append(took)

    threads = [
        threading.Thread(target=work, args=(client, waiting))
        for desk, waiting in zip(desks, queues, strict=True)
        for client in desk.clients
    ]
    for thread in threads:
        thread.start()
    chance, began = random.Random(7), time.perf_counter()
    for n in range(int(rate * seconds)):
        moment = began + n / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        turn = chance.choices(range(len(desks)), [desk.share for desk in desks])[0]
        kind, ask = chance.choice(desks[turn].asks)
        queues[turn].put((moment, kind, ask))
    for desk, waiting in zip(desks, queues, strict=True):
        for _ in desk.clients:
            waiting.put(None)
    for thread in threads:
        thread.join()
    return phase
