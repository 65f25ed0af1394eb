"""What a source outside says becomes availability where it may; what fails leaves all as it was."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from outside import Host, answer, host_outside
from read_outside import ADMIN, Source, feed, held, hsds, series, today, week_ago
from sqlalchemy import func, select

from casework import outside
from casework.models import AuditRow
from jobs.listing import job_shown
from jobs.program import Program
from resources import clock
from resources.commands import verify_offering
from resources.models import Change, Offering
from resources.outside.closures import close_on
from resources.outside.commands import (
    DecidedMeanwhile,
    HostNotAllowed,
    propose_source,
)
from resources.outside.models import OutsideSession
from resources.outside.problems import problems
from resources.outside.reading import due_sources
from resources.outside.seen import called_off, confirmed, count_failing

Register = Callable[..., uuid.UUID]


@pytest.fixture
def program(program: Program) -> Program:
    """The program of a trial, in which this machine may be a source."""
    return replace(program, settings=replace(program.settings, sources_loopback=True))


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


FAILING = {
    "source_error": answer(b"", "500 Oh"),
    "not_json": answer(b'{"id": "s1", "capac', "200 OK"),
    "wrong_content_type": answer(b"<html>", "200 OK", "text/html"),
    "cut_off": answer(b'{"id"', length=900),
    "not_https": answer(b"", "302 Found", "text/html", "Location: http://10.0.0.5/"),
}


def test_a_source_says_how_many_places_are_free_and_since_when(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    assert source.is_read() == "source_read"
    assert source.availability == ("capacity", 3, week_ago(), "source")
    with program.database.reading() as session:
        offering = session.get_one(Offering, source.offering)
        assert offering.verified_on is None  # a file isn't somebody who has looked
        [told] = session.scalars(select(Change).where(Change.by == "job:read_source"))
        assert told.after is not None
        assert told.after["places"] == 3


def test_reading_what_is_known_changes_nothing(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    day = today() - timedelta(days=20)
    with program.database.writing(by="test") as session:
        verify_offering(session, offering_id=source.offering, verified_by="host", on=day, by="t")
    source.says(hsds(3), 'ETag: "v1"')
    source.is_read()
    before, known = source.changes(), source.availability
    assert source.is_read() == "source_read"
    source.host.answers["/data"] = answer(b"", "304 Not Modified")
    assert source.is_read() == "source_read"
    assert 'If-None-Match: "v1"' in source.host.asked[-1]
    assert (source.changes(), source.availability) == (before, known)
    with program.database.reading() as session:
        assert session.get_one(Offering, source.offering).verified_on == day


def test_a_source_that_fails_keeps_the_old_value_and_its_old_date(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "hsds")
    source.says(hsds(3))
    source.is_read()
    before = source.changes()
    pauses = []
    for n, (problem, sent) in enumerate(FAILING.items(), 1):
        host.answers["/data"] = sent
        assert source.is_read() == "source_failed"
        row = source.row
        assert (row.failures, row.problem) == (n, problem)
        assert row.due_at
        assert row.tried_at
        pauses.append(row.due_at - row.tried_at)
        with program.database.reading() as session:
            assert count_failing(session) == (1, 1)
            job = job_shown(session, source.job)
        assert job is not None
        assert problems()[problem][0] in job.note("ja")
        assert host.origin not in job.note("ja") + json.dumps(job.facts)
    assert pauses == sorted(set(pauses))  # each longer than the one before
    assert source.availability == ("capacity", 3, week_ago(), "source")
    assert source.changes() == before
    source.says(hsds(3))
    source.is_read()
    assert (source.row.failures, source.row.problem) == (0, None)


def test_only_an_allowed_source_is_read_and_each_permission_is_audited(
    program: Program, register: Register
) -> None:
    offering = register()
    with program.database.writing(by="test") as session:
        source = propose_source(
            session,
            resource_id=session.get_one(Offering, offering).resource_id,
            kind="hsds",
            url="https://places.example.jp/s1",
            items={offering: "s1"},
            by="user:coordinator",
        )

        def decided(decision: str, role: str = "administrator") -> None:
            by = replace(ADMIN, role=role)
            outside.decide_source(session, source_id=source.id, decision=decision, by=by)

        assert due_sources(session, now=clock.now()) == []
        with pytest.raises(HostNotAllowed):
            decided("allow")
        for role in ("coordinator", "auditor"):
            with pytest.raises(outside.NotTheirs):
                decided("allow", role)
            with pytest.raises(outside.NotTheirs):
                outside.allow_host(
                    session, origin="x.example.jp", by=replace(ADMIN, role=role), loopback=False
                )
        outside.allow_host(session, origin="places.example.jp", by=ADMIN, loopback=False)
        decided("allow")
        assert due_sources(session, now=clock.now()) == [source.id]
        with pytest.raises(DecidedMeanwhile):
            decided("refuse")
        decided("stop")
        assert due_sources(session, now=clock.now()) == []
        rows = session.execute(
            select(AuditRow.action, AuditRow.entity, AuditRow.by)
            .where(AuditRow.entity.in_(("source", "host")))
            .order_by(AuditRow.id)
        ).all()
    assert [tuple(r) for r in rows] == [
        ("permit", "host", "user:keeper"),
        ("permit", "source", "user:keeper"),
        ("revoke", "source", "user:keeper"),
    ]


def test_the_next_session_of_a_feed_that_has_places_speaks(
    program: Program, register: Register, host: Host
) -> None:
    source = Source(program, host, register(), "rpde", "series")
    feed(source, "/data", series(), held("1", -1, 5), held("2", 3, 0), following="/p2")
    feed(source, "/p2", held("3", 10, 2, today()), {"junk": 1})
    feed(source, "/end")
    source.is_read()
    assert source.availability == ("capacity", 2, today(), "source")
    assert source.row.cursor == host.url("/end")
    # Only what changed since is read.
    before = len(host.asked)
    feed(source, "/end", held("3", 10, 0, today()), following="/end2")
    feed(source, "/end2", following="/end2")
    source.is_read()
    assert len(host.asked) == before + 2
    assert source.availability == ("none", 0, week_ago(), "source")
    with program.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutsideSession)) == 3


def test_a_calendar_confirms_sessions_and_what_it_calls_off_is_proposed_as_a_closure(
    program: Program, register: Register, host: Host
) -> None:
    schedule = {"rules": [{"days": [], "from": "10:00", "to": "12:00"}]}
    source = Source(program, host, register(offering={"schedule": schedule}), "ical", "*")
    days = [today() + timedelta(days=n) for n in (2, 3)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for day, status in zip(days, ("CONFIRMED", "CANCELLED"), strict=True):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day}",
            f"DTSTART;TZID=Asia/Tokyo:{day:%Y%m%d}T100000",
            f"STATUS:{status}",
            "SUMMARY:満員",
            "END:VEVENT",
        ]
    source.says("\r\n".join([*lines, "END:VCALENDAR", ""]).encode())
    before = source.changes()
    assert source.is_read() == "source_read"
    assert source.availability[0] == "unknown"  # a calendar says nothing of free places
    assert source.changes() == before
    with program.database.writing(by="test") as session:
        offering = session.get_one(Offering, source.offering)
        counted = confirmed(session, [offering], now=clock.now())[offering.id]
        assert counted.in_source == 1
        # One a day for eight weeks; what has begun today counts or not, by the time of day.
        assert counted.of_schedule in (55, 56, 57)
        [off] = called_off(session, [offering], now=clock.now())
        assert off.starts_at.date() == days[1]
        for _ in range(2):
            close_on(session, offering_id=offering.id, day=days[1], by="test")
        assert called_off(session, [offering], now=clock.now()) == []
        assert (offering.schedule or {})["closed"] == [{"dates": [days[1].isoformat()]}]
