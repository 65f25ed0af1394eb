"""The calls that help most come first."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from resources.commands import register_resource, set_status, verify_offering
from resources.database import Database
from resources.derived import Suggested
from resources.editing import add_offering
from resources.models import Offering, Resource
from resources.registration import OfferingPart, Registration
from resources.verify_next import calls_to_make, count_suggested, priority
from resources.vocabulary import default_vocabulary

VOCABULARY = default_vocabulary()
TODAY = date(2026, 11, 23)


def place(
    database: Database,
    name: str,
    *,
    kind: str = "salon",
    age: int | None,
    status: str = "published",
) -> uuid.UUID:
    verified = None if age is None else (TODAY - timedelta(days=age)).isoformat()
    parts = {
        "resource": {"name": name, "kind": kind, "status": status},
        "offering": {"verified_on": verified},
    }
    with database.writing(by="test") as session:
        return register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=VOCABULARY,
            by="test",
        ).id


def names(database: Database, limit: int = 8) -> list[str]:
    with database.reading() as session:
        calls = calls_to_make(session, VOCABULARY, today=TODAY, limit=limit)
    return [c.entry.resource.name for c in calls]


def suggest(database: Database, offering: uuid.UUID, times: int, days_ago: int = 0) -> None:
    with database.writing(by="test") as session:
        for _ in range(times):
            count_suggested(session, [offering], on=TODAY - timedelta(days=days_ago))


def test_what_is_suggested_often_and_over_its_term_comes_first(database: Database) -> None:
    fresh = place(database, "新しい", age=1)
    over = place(database, "期限切れ", age=100)
    place(database, "期限切れで提案されない", age=100)
    place(database, "もうすぐ", age=85)
    suggest(database, fresh, 3)
    suggest(database, over, 3)
    assert names(database)[0] == "期限切れ"
    assert names(database)[-1] == "新しい"
    assert len(names(database, limit=2)) == 2


def test_the_term_is_that_of_the_kind(database: Database) -> None:
    place(database, "サロン", age=40)
    place(database, "職場", kind="employer", age=40)
    assert names(database) == ["職場", "サロン"]


def test_suggestions_long_ago_no_longer_count(database: Database) -> None:
    long_ago, lately = place(database, "以前", age=60), place(database, "最近", age=60)
    suggest(database, long_ago, 9, days_ago=31)
    suggest(database, lately, 1)
    assert names(database) == ["最近", "以前"]


def test_a_call_made_leaves_the_queue_and_what_is_closed_is_never_in_it(database: Database) -> None:
    called = place(database, "電話した", age=200)
    place(database, "下書き", age=None, status="draft")
    gone = place(database, "終わった", age=200)
    with database.writing(by="test") as session:
        verify_offering(session, offering_id=called, verified_by="staff", on=TODAY, by="test")
        resource = session.get_one(Offering, gone).resource_id
        set_status(session, resource_id=resource, status="closed", reason="終わった", by="test")
    assert names(database) == []


def test_counting_says_how_often_and_never_for_whom(database: Database) -> None:
    offering = place(database, "よく出る", age=10)
    suggest(database, offering, 4)
    with database.reading() as session:
        (call,) = calls_to_make(session, VOCABULARY, today=TODAY)
    assert (call.suggested, call.age_days, call.term_days) == (4, 10, 90)


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 800),
    st.integers(0, 800),
    st.integers(1, 400),
)
def test_more_suggested_or_older_is_never_later(
    n: int, more: int, age: int, older: int, term: int
) -> None:
    assert priority(n + more, age, term) >= priority(n, age, term)
    assert priority(n, age + older, term) >= priority(n, age, term)


def plainly(session: Session, limit: int) -> list[tuple[str, int]]:
    """The same list by going through every published offering: slow and obvious."""
    counts: dict[uuid.UUID, int] = {}
    for row in session.scalars(select(Suggested)):
        if row.on > TODAY - timedelta(days=30):
            counts[row.offering_id] = counts.get(row.offering_id, 0) + row.times
    best: dict[uuid.UUID, tuple[float, date, int, str, int]] = {}
    for offering, resource in session.execute(select(Offering, Resource).join(Resource)):
        if resource.status != "published":
            continue
        on = offering.verified_on
        term = VOCABULARY.term("kind", resource.kind).facts["term_days"]
        times = counts.get(offering.id, 0)
        age = None if on is None else max((TODAY - on).days, 0)
        found = (
            -priority(times, age, term), on or date.min, offering.id.int, resource.name, times
        )  # fmt: skip
        best[resource.id] = min(best.get(resource.id, found), found)
    first = sorted(best.values())[:limit]
    return [(name, times) for value, _, _, name, times in first if value < 0]


@pytest.mark.parametrize("seed", range(4))
def test_the_calls_are_those_of_going_through_every_offering(database: Database, seed: int) -> None:
    r = random.Random(seed)
    usual = [None, None, 0, 0, 40, 89, 90, 200, 360, 361, 900, 1500, -3]
    with database.writing(by="test") as session:
        for n in range(60):
            parts = {
                "resource": {
                    "name": f"場所{n}", "kind": r.choice(["salon", "employer", "facility"]),
                    "status": r.choice(["published"] * 4 + ["paused"]),
                }
            }  # fmt: skip
            made = register_resource(
                session, registration=Registration.model_validate(parts), vocabulary=VOCABULARY,
                by="test",
            )  # fmt: skip
            offerings = [made] + [
                add_offering(
                    session, resource_id=made.resource_id, offering=OfferingPart(), by="test"
                )
                for _ in range(r.choice([0, 0, 1, 12]))
            ]
            for offering in offerings:
                age = r.choice(usual) if r.random() < 0.7 else r.randint(0, 1500)
                offering.verified_on = None if age is None else TODAY - timedelta(days=age)
                for _ in range(r.choice([0, 0, 0, 0, 1, 3])):
                    count_suggested(session, [offering.id], on=TODAY - timedelta(r.randint(0, 40)))
        session.flush()
    with database.reading() as session:
        for limit in (1, 3, 8, 500):
            calls = calls_to_make(session, VOCABULARY, today=TODAY, limit=limit)
            shown = [(c.entry.resource.name, c.suggested) for c in calls]
            assert shown == plainly(session, limit)


@pytest.mark.parametrize("suggested", [0, 9])
def test_which_places_come_first_is_read_from_the_indexes_alone(
    sqlite_database: Database, suggested: int
) -> None:
    """Where what is suggested helps more than anything else could, nothing else is read at all."""
    places = [place(sqlite_database, f"場所{n}", age=100 + n) for n in range(60)]
    for offering in places[:3]:
        suggest(sqlite_database, offering, suggested)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "ORDER BY offering.verified_on" in statement:
            asked.append((statement, parameters))

    with sqlite_database.reading() as session:
        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        calls = calls_to_make(session, VOCABULARY, today=TODAY, limit=3)
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        assert len(calls) == 3
        assert bool(asked) is not bool(suggested)
        for statement, parameters in asked:
            cursor = session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            plan = " ".join(str(row) for row in cursor)
            assert plan.count("COVERING INDEX") == 2, plan
            assert "SCAN" not in plan
