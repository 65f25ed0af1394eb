"""Reads a document from a host outside that an administrator allows: bounded, and nothing else.

The name is looked up once, each address it has must be a public one, and the connection is made to
that very address while the certificate is checked for the name. Time and bytes are counted while
they pass, after decompression too. Nothing of the answer stands in an error.
"""

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import urllib3

from jobs.deadlines import Deadline, PlainPool, SecurePool, ended_at, within
from resources import clock
from resources.outside.addresses import Address, BadSourceUrl, check_url, may_connect

USER_AGENT = "Ibasho/0.1 (social resources of a municipality; availability reader)"
CHUNK = 65_536
LONGEST_PAUSE_S = 7 * 86_400

STATUS_PROBLEMS = {
    401: "refused_by_source",
    403: "refused_by_source",
    404: "not_there",
    410: "not_there",
    429: "asked_to_wait",
    503: "asked_to_wait",
}


@dataclass(frozen=True)
class Limits:
    """How long and how much is waited for; the whole is bounded, not only each step."""

    total_s: float = 30.0
    connect_s: float = 5.0
    silent_s: float = 10.0
    most_bytes: int = 5_000_000
    redirects: int = 3
    addresses: int = 4


class FetchFailed(RuntimeError):
    """A source that could not be read; `problem` is a code of `resources.outside.problems`.

    retry_after_s : how long the host asks to be left alone
    """

    def __init__(self, problem: str, *, retry_after_s: float | None = None) -> None:
        self.problem = problem
        self.retry_after_s = retry_after_s
        super().__init__(f"the source could not be read: {problem}")


@dataclass(frozen=True)
class Known:
    """What the host said of the document that was read last, so that it needn't send it again."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """A document; `body` is None where it has not changed since it was last read."""

    body: bytes | None
    known: Known


Resolver = Callable[[str, int], Collection[str]]


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the order in which the machine would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Fetcher:
    """Reads documents under one set of rules.

    origins : the allowed ones, as `Address.origin` writes them
    loopback : this machine itself counts as a host outside; for trials and tests only
    tls : whom to trust; None = whom the machine trusts
    """

    origins: frozenset[str]
    loopback: bool = False
    limits: Limits = Limits()
    resolve: Resolver = resolved
    tls: ssl.SSLContext | None = None

    def fetch(self, url: str, *, types: Collection[str], known: Known | None = None) -> Fetched:
        """Return the document at a URL. Raises `FetchFailed`."""
        over = time.monotonic() + self.limits.total_s
        for _ in range(self.limits.redirects + 1):
            address = self._allowed(url)
            with ended_at(over) as deadline:
                got = self._from(address, deadline, types, known or Known())
            if isinstance(got, Fetched):
                return got
            url = got
        raise FetchFailed("too_many_redirects")

    def _allowed(self, url: str) -> Address:
        try:
            address = check_url(url, loopback=self.loopback)
        except BadSourceUrl as error:
            raise FetchFailed(error.problem) from None
        if address.origin not in self.origins:
            raise FetchFailed("host_not_allowed")
        return address

    def _from(
        self, address: Address, deadline: Deadline, types: Collection[str], known: Known
    ) -> Fetched | str:
        for ip in self._addresses(address, deadline):
            with _slow_after(deadline), self._pool(address, ip, deadline) as pool:
                try:
                    answer = self._ask(pool, address, deadline, known)
                except urllib3.exceptions.NewConnectionError:
                    continue  # the host may answer at another of its addresses
                try:
                    return self._answered(answer, address, deadline, types, known)
                finally:
                    answer.close()
        raise FetchFailed("no_connection")

    def _addresses(self, address: Address, deadline: Deadline) -> list[str]:
        try:
            found = within(deadline, lambda: list(self.resolve(address.host, address.port)))
        except TimeoutError:
            raise FetchFailed("too_slow") from None
        except (OSError, UnicodeError):
            raise FetchFailed("unknown_host") from None
        if not found:
            raise FetchFailed("unknown_host")
        # One of them inside is enough: names that lead inside are how such rules are got around.
        if not all(may_connect(ip, loopback=self.loopback) for ip in found):
            raise FetchFailed("private_address")
        return found[: self.limits.addresses]

    def _pool(self, address: Address, ip: str, deadline: Deadline) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(
            connect=min(self.limits.connect_s, deadline.left_s()), read=self.limits.silent_s
        )
        if address.scheme == "http":
            return PlainPool(ip, address.port, timeout=timeout, deadline=deadline)
        return SecurePool(
            ip,
            address.port,
            timeout=timeout,
            deadline=deadline,
            server_hostname=address.host,
            ssl_context=self.tls or ssl.create_default_context(),
        )

    def _ask(
        self,
        pool: urllib3.HTTPConnectionPool,
        address: Address,
        deadline: Deadline,
        known: Known,
    ) -> urllib3.BaseHTTPResponse:
        headers = {
            "Host": address.origin.partition("://")[2],
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "gzip",
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            return pool.urlopen(
                "GET",
                address.target,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.NewConnectionError:
            raise
        except urllib3.exceptions.SSLError:
            raise FetchFailed("bad_certificate") from None
        except urllib3.exceptions.TimeoutError:
            raise FetchFailed("too_slow") from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            raise FetchFailed("no_answer") from None

    def _answered(
        self,
        answer: urllib3.BaseHTTPResponse,
        address: Address,
        deadline: Deadline,
        types: Collection[str],
        known: Known,
    ) -> Fetched | str:
        if answer.status == 304:
            return Fetched(None, known)
        if answer.status in (301, 302, 303, 307, 308):
            return _led_to(address, answer.headers.get("location"))
        if answer.status != 200:
            problem = STATUS_PROBLEMS.get(answer.status)
            if problem is None:
                problem = "source_error" if answer.status >= 500 else "unexpected_answer"
            raise FetchFailed(problem, retry_after_s=_retry_after_s(answer))
        kind = (answer.headers.get("content-type") or "").partition(";")[0].strip().lower()
        if kind not in types:
            raise FetchFailed("wrong_content_type")
        if (answer.headers.get("content-encoding") or "identity").lower() not in (
            "identity",
            "gzip",
        ):
            raise FetchFailed("wrong_encoding")
        body = self._body(answer, deadline)
        return Fetched(body, _known(answer))

    def _body(self, answer: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
        most = self.limits.most_bytes
        said = answer.headers.get("content-length") or ""
        if said.isdecimal() and int(said) > most:
            raise FetchFailed("too_large")
        parts: list[bytes] = []
        size = 0
        try:
            while part := answer.read(CHUNK, decode_content=True):
                size += len(part)
                if size > most or answer.tell() > most:
                    raise FetchFailed("too_large")
                parts.append(part)
        except urllib3.exceptions.TimeoutError:
            raise FetchFailed("too_slow") from None
        except urllib3.exceptions.DecodeError:
            raise FetchFailed("wrong_encoding") from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            raise FetchFailed("cut_off") from None
        if deadline.is_over():
            raise FetchFailed("too_slow")  # a body of no stated length ends there without an error
        return b"".join(parts)


def _led_to(address: Address, place: str | None) -> str:
    try:
        if place:
            return urljoin(address.url, place)
    except ValueError:
        pass
    raise FetchFailed("bad_redirect")


def _known(answer: urllib3.BaseHTTPResponse) -> Known:
    def short(name: str, most: int) -> str | None:
        value = answer.headers.get(name)
        usable = (
            value is not None and len(value) <= most and value.isascii() and value.isprintable()
        )
        return value if usable else None

    return Known(short("etag", 300), short("last-modified", 100))


def _retry_after_s(answer: urllib3.BaseHTTPResponse) -> float | None:
    said = (answer.headers.get("retry-after") or "").strip()
    if said.isdecimal():
        return float(min(int(said[:9]), LONGEST_PAUSE_S))
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        return None
    return min(max((until - clock.now()).total_seconds(), 0.0), LONGEST_PAUSE_S)


@contextmanager
def _slow_after(deadline: Deadline) -> Iterator[None]:
    """Call slow what failed after the end: it failed because of it."""
    try:
        yield
    except FetchFailed:
        if deadline.is_over():
            raise FetchFailed("too_slow") from None
        raise
