"""What comes over a connection before any handler sees it: bounded, and read by one rule."""

import socket
from collections.abc import Iterator

import pytest
from serving import served
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.reading import LONGEST_HEAD

READ = 256 * 1024  # what one read of a connection brings at most


async def tells(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with how much was sent."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    body = await request.body()
    await JSONResponse({"body": len(body), "headers": len(request.headers)})(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(tells) as address:
        yield int(address.rpartition(":")[2])


def sent(port: int, *pieces: bytes) -> tuple[bytes, int]:
    """Send one piece after the other until the other side closes; return its answer, and bytes."""
    count, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                count += len(piece)
        except OSError:
            pass  # closed by the other side
        try:
            while more := connection.recv(65536):
                answer += more
        except OSError:
            pass
    return answer, count


ENDLESS = [b"x" * 1024] * 20_000


def test_a_header_that_never_ends_is_cut_off(port: int) -> None:
    answer, count = sent(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", *ENDLESS)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""  # a reset may overtake the answer
    assert count < len(ENDLESS) * 1024


def test_an_address_that_never_ends_is_cut_off(port: int) -> None:
    answer, count = sent(port, b"GET /", *ENDLESS)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert count < len(ENDLESS) * 1024


def test_a_method_that_never_ends_is_cut_off(port: int) -> None:
    answer, count = sent(port, *ENDLESS)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert count < len(ENDLESS) * 1024


def test_one_that_never_ends_is_cut_off_behind_others_that_do(port: int) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    answer, count = sent(port, whole * 3 + b"GET / HTTP/1.1\r\nHost: x\r\nX: ", *ENDLESS)
    assert answer.count(b"HTTP/1.1 200") <= 3
    assert count < len(ENDLESS) * 1024


def test_headers_that_never_end_are_cut_off(port: int) -> None:
    answer, count = sent(port, b"GET / HTTP/1.1\r\nHost: x\r\n", *[b"X-A: b\r\n" * 128] * 20_000)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert count < 20_000 * 1024


def test_what_follows_a_body_in_pieces_is_cut_off_too(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: "
    answer, count = sent(port, head, *ENDLESS)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert count < len(ENDLESS) * 1024


@pytest.mark.parametrize("size", [0, 1, LONGEST_HEAD + 1, 2 * READ, 5_000_000])
def test_a_body_of_any_size_is_none_of_its_business(port: int, size: int) -> None:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    answer, _ = sent(port, head.encode(), b"x" * size)
    assert answer.startswith(b"HTTP/1.1 200")
    assert f'"body":{size}'.encode() in answer


def test_a_body_may_come_in_pieces_of_one_byte(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer, _ = sent(port, head, b"1\r\na\r\n" * 100_000, b"0\r\n\r\n")
    assert b'"body":100000' in answer


def test_a_long_head_within_the_limit_and_requests_one_after_the_other(port: int) -> None:
    value = b"x" * (LONGEST_HEAD // 2)
    first = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: " + value + b"\r\n\r\n"
    answer, _ = sent(port, first + last)
    assert answer.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: +5",
        b"Transfer-Encoding: chunked, identity",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Content-Length: 0x5",
        b"Content-Length: 5, 5",
        b"X : 1",
        b"X: a\rY: b",
        b"X: a\x00b",
        b"X\xff: 1",
        b"X\x00: 1",
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(port: int, lines: bytes) -> None:
    answer, _ = sent(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
