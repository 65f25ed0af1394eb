"""The program reads from hosts outside within bounds, and never from inside."""

import gzip
import json
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator

import pytest
import trustme
from outside import Host, answer, host_outside

from jobs.fetching import Fetched, Fetcher, FetchFailed, Known, Limits
from resources.outside.addresses import BadSourceUrl, check_origin, check_url, may_connect

JSON = ("application/json",)
QUICK = Limits(total_s=0.6, connect_s=0.5, silent_s=0.5, most_bytes=50_000)


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


def read(host: Host, path: str, **rules: object) -> Fetched:
    given = {"origins": frozenset({host.origin}), "loopback": True, "limits": QUICK} | rules
    return Fetcher(**given).fetch(host.url(path), types=JSON)  # type: ignore[arg-type]


def problem_of(host: Host, path: str, **rules: object) -> str:
    with pytest.raises(FetchFailed) as caught:
        read(host, path, **rules)
    said = str(caught.value)
    assert host.origin not in said
    assert path not in said
    return caught.value.problem


def test_a_document_of_an_allowed_host_is_read(host: Host) -> None:
    host.answers["/a?page=1"] = answer(b'{"a": 1}', "200 OK", "application/json; charset=utf-8")
    assert read(host, "/a?page=1").body == b'{"a": 1}'
    assert f"Host: 127.0.0.1:{host.port}\r\n" in host.asked[0]
    assert "User-Agent: Ibasho/" in host.asked[0]
    assert "Cookie" not in host.asked[0]
    assert "Authorization" not in host.asked[0]


def test_this_machine_is_refused_unless_a_setting_says_otherwise(host: Host) -> None:
    host.answers["/"] = answer()
    assert problem_of(host, "/", loopback=False) == "not_https"
    assert host.asked == []


def test_a_host_that_nobody_allowed_is_not_asked(host: Host) -> None:
    host.answers["/"] = answer()
    assert problem_of(host, "/", origins=frozenset()) == "host_not_allowed"
    assert host.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "192.0.0.192", "168.63.129.16", "198.18.0.1", "203.0.113.1", "192.88.99.1",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "fec0::1", "ff02::1", "2001:db8::1", "2130706433", "0x7f000001", "127.1", "", "localhost",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused_and_nothing_is_connected(address: str) -> None:
    assert not may_connect(address)
    fetcher = Fetcher(
        frozenset({"https://places.example.jp"}),
        # A public address before it changes nothing.
        resolve=lambda _host, _port: ["93.184.215.14", address],
    )
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch("https://places.example.jp/", types=JSON)
    assert caught.value.problem == "private_address"


@pytest.mark.parametrize("address", ["93.184.215.14", "203.104.1.1", "2606:4700:4700::1111"])
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert may_connect(address)


def test_only_loopback_is_opened_by_the_setting_for_trials() -> None:
    assert may_connect("127.0.0.1", loopback=True)
    assert may_connect("::1", loopback=True)
    assert not may_connect("10.0.0.5", loopback=True)
    assert not may_connect("169.254.169.254", loopback=True)


def test_a_name_is_looked_up_once_and_that_address_is_used(host: Host) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) gets no second time."""
    host.answers["/"] = answer(b"{}")
    asked: list[str] = []

    def resolve(name: str, _port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.5"]

    origin = f"http://localhost:{host.port}"
    fetcher = Fetcher(frozenset({origin}), loopback=True, resolve=resolve, limits=QUICK)
    assert fetcher.fetch(origin + "/", types=JSON).body == b"{}"
    assert asked == ["localhost"]
    assert f"Host: localhost:{host.port}" in host.asked[0]


def test_a_name_without_an_address_is_said_so() -> None:
    def nothing(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    for resolve in (nothing, lambda _host, _port: []):
        fetcher = Fetcher(frozenset({"https://places.example.jp"}), resolve=resolve)
        with pytest.raises(FetchFailed) as caught:
            fetcher.fetch("https://places.example.jp/", types=JSON)
        assert caught.value.problem == "unknown_host"


def test_a_look_up_that_never_ends_is_given_up() -> None:
    over = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        over.wait(20)
        return []

    origin = "https://places.example.jp"
    fetcher = Fetcher(frozenset({origin}), resolve=resolve, limits=QUICK)
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(origin, types=JSON)
    over.set()
    assert caught.value.problem == "too_slow"


def test_a_redirect_is_followed_only_to_where_a_source_may_be(host: Host) -> None:
    host.answers["/here"] = answer(b"{}")
    for to in ("/here", host.url("/here")):
        host.answers["/moved"] = answer(b"", "302 Found", "text/html", f"Location: {to}")
        assert read(host, "/moved").body == b"{}"
    for to, problem in {
        "http://169.254.169.254/latest/meta-data/": "not_https",
        "https://169.254.169.254/latest/": "no_host_name",
        "https://inside.example.jp/": "host_not_allowed",
        f"http://127.0.0.1:{host.port + 1}/": "host_not_allowed",
        "file:///etc/passwd": "not_https",
        "//[broken": "bad_redirect",
    }.items():
        host.answers["/moved"] = answer(b"", "302 Found", "text/html", f"Location: {to}")
        assert problem_of(host, "/moved") == problem, to
    host.answers["/moved"] = answer(
        b"", "302 Found", "text/html", "Location: https://db.example.jp/"
    )
    inside = Fetcher(
        frozenset({host.origin, "https://db.example.jp"}),
        loopback=True,
        resolve=lambda name, _port: ["127.0.0.1"] if name == "127.0.0.1" else ["10.0.0.5"],
    )
    with pytest.raises(FetchFailed) as caught:
        inside.fetch(host.url("/moved"), types=JSON)
    assert caught.value.problem == "private_address"


def test_a_circle_of_redirects_ends(host: Host) -> None:
    host.answers["/round"] = answer(b"", "301 Moved", "text/html", "Location: /round")
    assert problem_of(host, "/round") == "too_many_redirects"
    assert len(host.asked) == QUICK.redirects + 1


def test_a_body_that_drips_is_given_up_in_time(host: Host) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while not host.over.wait(0.05):
            connection.sendall(b"1,")

    host.answers["/drip"] = drip
    assert problem_of(host, "/drip") == "too_slow"  # without the bound it would never end


def test_a_header_that_drips_is_given_up_in_time(host: Host) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not host.over.wait(0.05):
            connection.sendall(b"x")

    host.answers["/drip"] = drip
    assert problem_of(host, "/drip") == "too_slow"


def test_a_host_that_says_nothing_is_given_up(host: Host) -> None:
    host.answers["/silent"] = lambda _connection: host.over.wait(5) and None
    assert problem_of(host, "/silent") == "too_slow"


def test_a_handshake_that_never_ends_is_given_up(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        origin = f"https://127.0.0.1:{mute.getsockname()[1]}"
        fetcher = Fetcher(frozenset({origin}), loopback=True, limits=QUICK)
        with pytest.raises(FetchFailed) as caught:
            fetcher.fetch(origin, types=JSON)
    assert caught.value.problem == "too_slow"


def test_an_endless_body_is_cut_at_the_limit(host: Host) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not host.over.is_set():
            connection.sendall(b"[" * 10_000)

    host.answers["/endless"] = endless
    assert problem_of(host, "/endless", limits=Limits(most_bytes=100_000)) == "too_large"


def test_a_body_that_says_it_is_too_large_is_not_read(host: Host) -> None:
    host.answers["/large"] = answer(b"[]", length=10**9)
    assert problem_of(host, "/large") == "too_large"


def test_a_gzip_bomb_is_cut_at_the_limit_without_filling_the_memory(host: Host) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    host.answers["/bomb"] = answer(bomb, "200 OK", "application/json", "Content-Encoding: gzip")
    limits = Limits(most_bytes=1_000_000)
    tracemalloc.start()
    try:
        assert problem_of(host, "/bomb", limits=limits) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_compressed_document_is_read_and_a_broken_one_refused(host: Host) -> None:
    whole = gzip.compress(b'{"a": 1}')
    host.answers["/a"] = answer(whole, "200 OK", "application/json", "Content-Encoding: gzip")
    assert read(host, "/a").body == b'{"a": 1}'
    host.answers["/b"] = answer(b"no gzip", "200 OK", "application/json", "Content-Encoding: gzip")
    assert problem_of(host, "/b") == "wrong_encoding"
    host.answers["/c"] = answer(whole, "200 OK", "application/json", "Content-Encoding: gzip, gzip")
    assert problem_of(host, "/c") == "wrong_encoding"


def test_a_body_that_breaks_off_is_not_taken_for_the_whole(host: Host) -> None:
    host.answers["/short"] = answer(b'{"items": [', length=500)
    assert problem_of(host, "/short") == "cut_off"


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("500 Oh", "source_error"), ("502 Bad", "source_error"), ("404 No", "not_there"),
        ("410 Gone", "not_there"), ("401 Who", "refused_by_source"), ("403 No", "refused_by_source"),
        ("204 Empty", "unexpected_answer"), ("206 Part", "unexpected_answer"),
    ],
)  # fmt: skip
def test_a_status_that_is_no_document_becomes_a_problem(
    host: Host, status: str, problem: str
) -> None:
    host.answers["/"] = answer(b"secret words of the host", status)
    assert problem_of(host, "/") == problem


def test_a_page_for_people_is_no_document(host: Host) -> None:
    host.answers["/"] = answer(b"<html>", "200 OK", "text/html")
    assert problem_of(host, "/") == "wrong_content_type"


def test_what_is_no_http_is_no_answer(host: Host) -> None:
    host.answers["/"] = lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n")
    assert problem_of(host, "/") == "no_answer"


def test_nobody_listening_is_no_connection(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    fetcher = Fetcher(frozenset({origin}), loopback=True)
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(origin + "/", types=JSON)
    assert caught.value.problem == "no_connection"


def test_an_unchanged_document_is_not_sent_again(host: Host) -> None:
    day = "Tue, 24 Nov 2026 00:00:00 GMT"
    host.answers["/"] = answer(
        b"{}", "200 OK", "application/json", 'ETag: "v1"', f"Last-Modified: {day}"
    )
    known = read(host, "/").known
    assert known == Known('"v1"', day)
    host.answers["/"] = answer(b"", "304 Not Modified")
    fetcher = Fetcher(frozenset({host.origin}), loopback=True, limits=QUICK)
    again = fetcher.fetch(host.url("/"), types=JSON, known=known)
    assert again == Fetched(None, known)
    assert 'If-None-Match: "v1"\r\n' in host.asked[1]
    assert f"If-Modified-Since: {day}\r\n" in host.asked[1]


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("120", 120, 120), ("99999999999", 7 * 86_400, 7 * 86_400),
     ("Fri, 31 Dec 2100 00:00:00 GMT", 7 * 86_400, 7 * 86_400),
     ("Fri, 31 Dec 1999 00:00:00 GMT", 0, 0)],
)  # fmt: skip
def test_a_host_that_asks_to_wait_is_heard(host: Host, said: str, least: int, most: int) -> None:
    host.answers["/"] = answer(b"", "429 Slow", "text/plain", f"Retry-After: {said}")
    with pytest.raises(FetchFailed) as caught:
        read(host, "/")
    assert caught.value.problem == "asked_to_wait"
    assert caught.value.retry_after_s is not None
    assert least <= caught.value.retry_after_s <= most


def test_a_proxy_of_the_environment_is_not_used(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    host.answers["/"] = answer(b"{}")
    assert read(host, "/").body == b"{}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize(
    ("certified", "trusted", "problem"),
    [
        ("places.example.jp", True, None),
        ("other.example.jp", True, "bad_certificate"),
        ("127.0.0.1", True, "bad_certificate"),  # the address is right, the name isn't
        ("places.example.jp", False, "bad_certificate"),
    ],
)
def test_the_certificate_is_checked_for_the_name_at_the_address_that_was_looked_up(
    authority: trustme.CA, certified: str, trusted: bool, problem: str | None
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(server)
    with host_outside(server) as host:
        host.answers["/"] = answer(b"{}")
        origin = f"https://localhost:{host.port}"
        name = f"https://places.example.jp:{host.port}"
        fetcher = Fetcher(
            frozenset({origin, name}),
            loopback=True,
            limits=QUICK,
            resolve=lambda _host, _port: ["127.0.0.1"],
            tls=trusting(authority) if trusted else None,
        )
        if problem is None:
            assert fetcher.fetch(name + "/", types=JSON).body == b"{}"
            return
        with pytest.raises(FetchFailed) as caught:
            fetcher.fetch(name + "/", types=JSON)
        assert caught.value.problem == problem
        assert host.asked == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://places.example.jp/", "not_https"),
        ("ftp://places.example.jp/", "not_https"),
        ("https://user:pass@places.example.jp/", "url_with_credentials"),
        ("https://user@places.example.jp/", "url_with_credentials"),
        ("https://@places.example.jp/", "url_with_credentials"),
        ("https://places.example.jp/?api_key=1", "url_with_credentials"),
        ("https://places.example.jp/?a=1&Access_Token=x", "url_with_credentials"),
        ("https://places.example.jp/?sig=", "url_with_credentials"),
        ("https://127.0.0.1/", "no_host_name"),
        ("https://[::1]/", "no_host_name"),
        ("https://2130706433/", "no_host_name"),
        ("https://0x7f.0.0.1/", "no_host_name"),
        ("https://localhost/", "no_host_name"),
        ("https://intranet/", "no_host_name"),
        ("https:///x", "no_host_name"),
        ("https://places.example.jp:0/", "bad_url"),
        ("https://places.example.jp:99999/", "bad_url"),
        ("https://places.example.jp/#x", "bad_url"),
        ("https://places.example.jp\\@evil.example/", "url_with_credentials"),
        ("https://places.example.jp\\evil/", "bad_url"),
        ("https://places.example.jp/a b", "bad_url"),
        ("https://places.example.jp/\r\nX: y", "bad_url"),
        ("https://見本.example.jp/", "bad_url"),
        ("https://places.example.jp/" + "a" * 2000, "bad_url"),
        ("places.example.jp", "not_https"),
        ("", "not_https"),
    ],
)
def test_an_address_that_no_source_can_have_is_refused(url: str, problem: str) -> None:
    with pytest.raises(BadSourceUrl) as caught:
        check_url(url)
    assert caught.value.problem == problem


def test_an_origin_is_written_one_way() -> None:
    ways = [
        "places.example.jp",
        " https://Places.Example.JP:443/a?b=c",
        "https://places.example.jp/",
    ]
    assert {check_origin(text) for text in ways} == {"https://places.example.jp"}
    assert check_origin("places.example.jp:8443") == "https://places.example.jp:8443"
    assert (
        check_url("https://places.example.jp/a?page=2&key_of_page=1").target
        == "/a?page=2&key_of_page=1"
    )
    assert json.dumps(check_url("https://places.example.jp").target) == '"/"'
