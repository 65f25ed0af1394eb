"""What is believed of sources outside, and what isn't: one case after the other."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from outside import Host, answer, host_outside
from read_outside import ADMIN, Source, feed, gone, held, hsds, series, today, week_ago

from casework import outside
from jobs.listing import job_shown, list_jobs
from jobs.program import Program
from jobs.reading_sources import ask_for_source, read_from_outside
from jobs.runtime import run_one, run_pending
from resources import clock
from resources.booking import open_places
from resources.database import Database
from resources.models import Offering
from resources.outside.commands import (
    BadSource,
    propose_source,
)
from resources.outside.problems import problems
from resources.outside.reading import due_sources
from resources.outside.seen import count_failing, source_of_resource

Register = Callable[..., uuid.UUID]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One of the two is enough: what differs between them is tested beside this."""
    return sqlite_database


@pytest.fixture
def program(program: Program) -> Program:
    """The program of a trial, in which this machine may be a source."""
    return replace(program, settings=replace(program.settings, sources_loopback=True))


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


def test_a_newer_word_of_staff_or_host_is_never_replaced_by_an_older_one_of_the_source(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    for by, on in (("staff", week_ago()), ("host", week_ago() + timedelta(days=1))):
        source.staff_say("none", 0, on, by)
        source.says(hsds(3))
        source.is_read()
        assert source.availability == ("none", 0, on, by)
        assert source.item.problem == "older_word"
    assert source.row.problem is None
    source.says(hsds(4, today()))
    source.is_read()
    assert source.availability == ("capacity", 4, today(), "source")
    # It goes back to what it said before the host spoke: that isn't heard either.
    source.says(hsds(9))
    source.is_read()
    assert source.availability == ("capacity", 4, today(), "source")


def test_what_was_not_believed_is_asked_for_again_though_it_has_not_changed(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.staff_say("none", 0, today())
    source.says(hsds(3), 'ETag: "v1"')
    for _ in range(2):
        source.is_read()
        assert source.item.problem == "older_word"
        assert "If-None-Match" not in host.asked[-1]
    source.staff_say("none", 0, week_ago() - timedelta(days=1))
    source.is_read()
    assert source.availability == ("capacity", 3, week_ago(), "source")


def test_assess_first_stays_as_the_host_said_it(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.staff_say("assess-first", None, week_ago() - timedelta(days=1), "host")
    source.says(hsds(3))
    source.is_read()
    assert source.availability == ("assess-first", 3, week_ago(), "source")


def test_places_that_are_kept_here_are_not_overwritten(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    with program.database.writing(by="test") as session:
        open_places(session, offering_id=source.offering, first_on=today(), capacity=2, by="test")
    before = source.availability
    source.says(hsds(3, today()))
    source.is_read()
    assert source.availability == before
    assert source.item.problem == "own_places"
    with program.database.reading() as session:
        assert count_failing(session) == (0, 1)


def test_twelve_free_of_ten_are_not_believed_and_shown_as_failing(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    source.is_read()
    source.says(hsds(12, today()))
    source.is_read()
    assert source.availability == ("capacity", 3, week_ago(), "source")
    assert source.item.problem == "more_than_maximum"
    with program.database.reading() as session:
        assert count_failing(session) == (1, 1)
    source.says(hsds(3, today()))
    source.is_read()
    assert source.item.problem is None


def test_a_source_that_asks_to_wait_is_left_alone_for_so_long(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    host.answers["/data"] = answer(b"", "429 Slow", "text/plain", "Retry-After: 86400")
    source.is_read()
    assert source.row.tried_at
    assert source.row.due_at == source.row.tried_at + timedelta(days=1)
    with program.database.reading() as session:
        assert due_sources(session, now=clock.now()) == []


def test_a_machine_that_is_not_on_trial_never_reads_itself(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    settings = replace(program.settings, sources_loopback=False)
    source.program = replace(program, settings=settings)
    assert source.is_read() == "source_failed"
    assert source.row.problem == "not_https"
    assert host.asked == []


def test_a_host_taken_off_the_list_is_read_no_more(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    with program.database.writing(by="test") as session:
        made = outside.allow_host(session, origin=host.origin, by=ADMIN, loopback=True)
        outside.remove_host(session, host_id=made.id, by=ADMIN)
    source.says(hsds(3))
    source.is_read()
    assert source.row.problem == "host_not_allowed"
    assert host.asked == []


def test_a_new_proposal_takes_the_old_ones_place_and_waits_again(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    with program.database.writing(by="test") as session:
        resource = session.get_one(Offering, source.offering).resource_id
        with pytest.raises(BadSource) as caught:
            propose_source(
                session,
                resource_id=resource,
                kind="hsds",
                url="https://x.example.jp/",
                items={source.offering: " "},
                by="t",
            )
        assert caught.value.problem == "no_items"
        propose_source(
            session,
            resource_id=resource,
            kind="ical",
            url="https://x.example.jp/a.ics",
            items={source.offering: ""},
            by="user:other",
        )
        seen = source_of_resource(session, resource)
        assert seen is not None
        assert (seen.source.state, seen.items[0].item_id) == ("proposed", "*")
        jobs = [ask_for_source(session, i) for i in (source.id, seen.source.id)]
    for job_id in jobs:
        run_one(program, job_id)
        with program.database.reading() as session:
            job = job_shown(session, job_id)
        assert job is not None
        assert (job.state, job.said) == ("done", "nothing_to_do")
    assert host.asked == []


def test_a_reading_that_somebody_else_made_meanwhile_is_not_stored_twice(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    job: Any = type("Job", (), {"subject": str(source.id), "kind": "read_source"})
    runs = [read_from_outside(program, job) for _ in range(2)]
    said = []
    for run in runs:
        assert run is not None
        with program.database.writing(by="test") as session:
            said.append(run(program, session, job).said)
    assert said == ["source_read", "nothing_to_do"]


def test_due_sources_are_asked_for_by_the_clock(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    run_pending(program)
    with program.database.reading() as session:
        assert [j.facts for j in list_jobs(session, 5, kind="read_sources")] == [{"sources": 1}]
    assert source.availability == ("capacity", 3, week_ago(), "source")
    assert source.row.due_at
    assert source.row.due_at > clock.now() + timedelta(hours=5)


def test_a_session_with_unknown_places_makes_nothing_full(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", held("1", 3, 0), held("2", 5, None))
    feed(source, "/end")
    source.is_read()
    assert source.availability[0] == "unknown"
    assert source.item.problem == "no_session_places"


def test_what_a_feed_removed_is_unknown_and_shown_not_full(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", series(), held("1", 3, 4))
    feed(source, "/end")
    source.is_read()
    assert source.availability == ("capacity", 4, week_ago(), "source")
    feed(source, "/end", gone("7", "SessionSeries"), gone("1"), following="/end2")
    feed(source, "/end2", following="/end2")
    source.is_read()
    assert source.availability == ("unknown", None, today(), "source")
    assert source.item.problem == "removed"
    before = source.changes()
    source.is_read()
    assert source.changes() == before
    # The host's own word is not the source's to take back.
    source.staff_say("capacity", 1, today(), "host")
    source.is_read()
    assert source.availability == ("capacity", 1, today(), "host")


def test_a_feed_that_breaks_off_goes_on_where_it_was_and_says_nothing_before_its_end(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", held("1", 3, 4), following="/p2")
    host.answers["/p2"] = answer(b"", "500 Oh")
    assert source.is_read() == "source_failed"
    assert source.availability[0] == "unknown"
    assert source.row.cursor == host.url("/p2")
    feed(source, "/p2", held("1", 3, 1, today()))
    feed(source, "/end")
    source.is_read()
    assert source.availability == ("capacity", 1, today(), "source")


def test_a_feed_that_leads_to_another_host_is_not_followed(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    for to, problem in (
        ("https://10.0.0.5/", "no_host_name"),
        ("https://elsewhere.example.jp/x", "host_not_allowed"),
    ):
        source.says({"next": to, "items": [held("1", 3, 4)]})
        source.forgets_where_it_was()
        assert source.is_read() == "source_failed"
        assert source.row.problem == problem
    assert source.availability[0] == "unknown"


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(ja and en and ja != en for ja, en in problems().values())
