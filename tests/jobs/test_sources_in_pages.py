"""A source whose list or feed comes in pages is read to its end, on its own host, within bounds."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from outside import Host, answer, host_outside
from read_outside import ADMIN, Source, feed, held, hsds, today, week_ago

import jobs.reading_lists
import jobs.reading_sources
from casework import outside
from jobs.program import Program
from resources.outside.hsds import page_url, read_page

Register = Callable[..., uuid.UUID]


@pytest.fixture
def program(sqlite_program: Program) -> Program:
    """The program of a trial, in which this machine may be a source."""
    return replace(sqlite_program, settings=replace(sqlite_program.settings, sources_loopback=True))


@pytest.fixture
def database(sqlite_program: Program) -> Any:
    return sqlite_program.database


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


def listed(source: Source, *pages: list[dict[str, Any]], total: int | None = None) -> None:
    for number, contents in enumerate(pages, start=1):
        page = {
            "total_items": sum(map(len, pages)) if total is None else total,
            "total_pages": len(pages), "page_number": number, "size": len(contents),
            "first_page": number == 1, "last_page": number == len(pages),
            "empty": not contents, "contents": contents,
        }  # fmt: skip
        for path in ("/data", "/data?page=1") if number == 1 else (f"/data?page={number}",):
            source.says(page, 'ETag: "1"', path=path)


def others(*ids: str) -> list[dict[str, Any]]:
    return [hsds(9) | {"id": i} for i in ids]


def paths(host: Host) -> list[str]:
    return [request.split(" ")[1] for request in host.asked]


def test_what_stands_on_a_later_page_is_found_and_no_page_after_it_is_asked_for(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    listed(source, others("a", "b"), others("c"), [hsds(4)], others("d"))
    assert source.is_read() == "source_read"
    assert source.availability == ("capacity", 4, week_ago(), "source")
    assert paths(host) == ["/data", "/data?page=2", "/data?page=3"]
    # That the first page hasn't changed says nothing of the third.
    listed(source, others("a", "b"), others("c"), [hsds(1, today())], others("d"))
    source.is_read()
    assert source.availability == ("capacity", 1, today(), "source")
    assert not any("If-None-Match" in request for request in host.asked)


def test_a_list_of_one_page_is_asked_for_only_where_it_has_changed(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    listed(source, [hsds(4)])
    source.is_read()
    source.is_read()
    assert 'If-None-Match: "1"' in host.asked[-1]


def test_an_id_that_no_page_has_is_said_to_be_missing_at_the_end_only(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    listed(source, others("a"), others("b"), others("c"))
    source.is_read()
    assert source.item.problem == "no_such_item"
    assert len(host.asked) == 3


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda s: s.host.answers.update({"/data?page=2": answer(b"", "500 Oh")}), "source_error"),
        (lambda s: s.host.answers.update({"/data?page=2": s.host.answers["/data"]}), "not_paged"),
        (lambda s: s.says([], path="/data?page=2"), "not_hsds"),
        (lambda s: s.says({"contents": []}, path="/data?page=2"), "not_paged"),
        (
            lambda s: s.says(
                {"page_number": 2, "total_items": 7, "last_page": True, "contents": []},
                path="/data?page=2",
            ),
            "list_changed",
        ),
        (
            lambda s: s.host.answers.update(
                {"/data?page=2": answer(b"", "302 Found", "x/y", "Location: https://10.0.0.5/")}
            ),
            "no_host_name",
        ),
    ],
)
def test_a_list_that_cannot_be_read_to_its_end_leaves_the_old_word_and_is_shown(
    program: Program, register: Register, host: Host, spoil: Callable[[Source], Any], problem: str
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(4))
    source.is_read()
    listed(source, others("a"), [hsds(1, today())])
    spoil(source)
    assert source.is_read() == "source_failed"
    assert source.row.problem == problem
    assert source.availability == ("capacity", 4, week_ago(), "source")


@pytest.mark.parametrize(
    ("bound", "value", "problem"),
    [("MOST_PAGES", 3, "too_many_pages"), ("MOST_BYTES", 900, "too_large"),
     ("RUN_S", -1.0, "too_slow")],
)  # fmt: skip
def test_a_list_without_end_is_given_up_at_the_bounds(
    program: Program,
    register: Register,
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: float,
    problem: str,
) -> None:
    monkeypatch.setattr(jobs.reading_lists, bound, value)
    source = Source(program, host, register(), "hsds")
    listed(source, *(others(f"a{n}") for n in range(9)))
    assert source.is_read() == "source_failed"
    assert source.row.problem == problem
    assert len(host.asked) <= 4


def test_a_page_keeps_what_else_is_asked_of_a_list() -> None:
    url = "https://data.example.jp/services?full=true&search=%E5%AE%B6&page=2&empty="
    assert page_url(url, 3) == (
        "https://data.example.jp/services?full=true&search=%E5%AE%B6&empty=&page=3"
    )
    assert read_page(b'{"id": "s1"}').is_last
    assert read_page(b'{"contents": []}').is_last
    assert not read_page(b'{"contents": [], "page_number": 1, "total_pages": 2}').is_last


def test_a_long_feed_is_read_over_several_runs_each_page_once(
    program: Program, register: Register, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.reading_sources, "MOST_PAGES", 2)
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", held("1", 9, 5), following="/p2")
    feed(source, "/p2", held("2", 5, 2), following="/p3")
    feed(source, "/p3", held("3", 3, 4), following="/p4")
    feed(source, "/p4", following="/p4")
    source.is_read()
    assert source.availability[0] == "unknown"  # the rest may say otherwise
    assert source.row.cursor == host.url("/p3")
    source.is_read()
    assert source.availability == ("capacity", 4, week_ago(), "source")
    assert paths(host) == ["/data", "/p2", "/p3", "/p4"]
    source.is_read()
    assert paths(host)[4:] == ["/p4"]


def test_a_run_over_a_feed_ends_at_its_bytes_and_the_next_goes_on(
    program: Program, register: Register, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.reading_sources, "MOST_BYTES", 10)
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", held("1", 9, 5), following="/p2")
    feed(source, "/p2", following="/p2")
    source.is_read()
    assert paths(host) == ["/data"]
    source.is_read()
    assert source.availability == ("capacity", 5, week_ago(), "source")


def test_no_page_of_a_feed_is_read_from_another_host_though_that_may_be_read_as_well(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    with host_outside() as other:
        with program.database.writing(by="test") as session:
            outside.allow_host(session, origin=other.origin, by=ADMIN, loopback=True)
        source.says({"next": other.url("/p2"), "items": [held("1", 3, 4)]})
        assert source.is_read() == "source_failed"
        assert other.asked == []
    assert source.row.problem == "other_host"
    assert source.availability[0] == "unknown"
