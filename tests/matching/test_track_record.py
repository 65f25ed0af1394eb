"""How often sessions took place and answers came counts for how sure a place is."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.encoding import day_number, in_numbers
from matching.need import parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.track_record import share
from matching.why import explain
from resources.database import Database
from resources.vocabulary import default_vocabulary
from resources.witnessing import ask_host, host_answered, say_session

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
AT = {"lon": 139.7148, "lat": 35.7290}
words = st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=8)


def _share(told: list[tuple[int, bool]], today: int, term: float) -> float:
    latest = sorted(told, key=lambda word: word[0])
    pairs = [(TODAY - timedelta(days=ago), yes) for ago, yes in latest]
    return float(share(np.array(in_numbers(pairs), np.int32), today, term))


@settings(max_examples=80, deadline=None)
@given(words, st.integers(0, 200), st.sampled_from([30.0, 90.0, 365.0]))
def test_another_yes_never_lowers_it_and_another_no_never_raises_it(
    told: list[tuple[int, bool]], later: int, term: float
) -> None:
    today = day_number(TODAY) + later
    before = _share(told, today, term)
    newest = min((ago for ago, _ in told), default=0)
    assert _share([(min(newest, 0), True), *told], today, term) >= before - 1e-12
    assert _share([(min(newest, 0), False), *told], today, term) <= before + 1e-12


@settings(max_examples=80, deadline=None)
@given(words, st.integers(0, 200), st.sampled_from([30.0, 90.0, 365.0]))
def test_it_is_a_share_that_time_takes_back_to_one_half(
    told: list[tuple[int, bool]], later: int, term: float
) -> None:
    now, then = day_number(TODAY), day_number(TODAY) + later
    assert 0 < _share(told, now, term) < 1
    assert abs(_share(told, then, term) - 0.5) <= abs(_share(told, now, term) - 0.5) + 1e-12


def test_a_good_record_takes_doubt_away_and_never_makes_a_place_surer_than_sure(
    database: Database, store: IndexStore, register: Callable[..., uuid.UUID]
) -> None:
    fresh = {
        "schedule": {"rules": [{"days": ["tue"], "from": "10:00", "to": "12:00"}], "closed": []},
        "availability": "capacity", "places": 2, "availability_said_on": TODAY,
        "verified_on": TODAY,
    }  # fmt: skip
    place = register(
        resource={"name": "架空の会", "kind": "salon", "gender": "any", "requirements": []},
        location={"address": "豊島区", **AT},
        offering=fresh,
    )
    need = parse_need({"at": AT, "on": TODAY.isoformat()}, default_vocabulary())
    found = []
    for weeks in range(5):
        with database.reading() as session:
            found.append(explain(session, store, need, place, now=NOW).suggestion.confidence)
        with database.writing(by="test") as session:
            say_session(
                session, offering_id=place, on=TODAY - timedelta(weeks=weeks), held=True,
                said_by="host", by="host", now=NOW,
            )  # fmt: skip
    assert found == sorted(found)
    assert found[0] < found[-1] < 100


def test_nothing_known_counts_neither_way_and_four_of_four_more_than_one_of_one() -> None:
    today = day_number(TODAY)
    assert _share([], today, 90.0) == 0.5
    one, four = _share([(0, True)], today, 90.0), _share([(0, True)] * 4, today, 90.0)
    assert (one, four) == (pytest.approx(2 / 3), pytest.approx(5 / 6))
    assert _share([(-3, False)], today, 90.0) == 0.5, "a question that is still open is no silence"


@pytest.fixture
def place(register: Callable[..., uuid.UUID]) -> uuid.UUID:
    tuesdays = {"rules": [{"days": ["tue"], "from": "10:00", "to": "12:00"}], "closed": []}
    return register(
        resource={"name": "架空の会", "kind": "salon"},
        location={"address": "豊島区", **AT},
        offering={
            "schedule": tuesdays, "availability": "capacity", "places": 2,
            "availability_said_on": TODAY - timedelta(47), "availability_said_by": "host",
            "verified_on": TODAY - timedelta(47), "verified_by": "staff",
        },
    )  # fmt: skip


def test_the_list_says_it_in_words_and_the_next_question_knows_it(
    database: Database, store: IndexStore, place: uuid.UUID
) -> None:
    need = parse_need({"at": AT, "on": TODAY.isoformat()}, default_vocabulary())

    def ask() -> tuple[int, str, str]:
        with database.reading() as session:
            (found,) = suggest_placements(session, store, need, now=NOW).suggestions
            why = explain(session, store, need, place, now=NOW).suggestion
        assert (why.confidence, why.confidence_words) == (found.confidence, found.confidence_words)
        assert found.as_json()["sessions_seen"] == why.as_json()["sessions_seen"]
        return found.confidence, found.confidence_words.ja, found.confidence_words.en

    before, ja, _ = ask()
    assert ja.startswith("空き2・47日前に職員が確認・条件"), "what nobody said is left out"
    for weeks, held in enumerate((True, False, True, True)):
        with database.writing(by="test") as session:
            say_session(
                session, offering_id=place, on=TODAY - timedelta(weeks=weeks), held=held,
                said_by="host", by="host", now=NOW,
            )  # fmt: skip
    known, ja, en = ask()
    assert known > before
    assert "空き2・47日前に職員が確認・直近4回中3回開催・条件" in ja
    assert "lately 3 of 4 sessions took place" in en
    with database.writing(by="test") as session:
        asked = ask_host(session, offering_id=place, way="room", silent_from=TODAY, by="a")
    silent, ja, _ = ask()
    assert silent < known
    assert "問い合わせ1回中0回返事" in ja
    with database.writing(by="test") as session:
        host_answered(session, offering_id=place, asked_id=asked.id, by="host")
    assert ask()[0] > known
