"""Numbers that decide who is shown what: on one side of each it is so, on the other it isn't."""

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import judged
import pandas as pd
import pytest

from matching.answers import Suggestion
from matching.evaluation import evaluate
from matching.learned import BadModel, Learned, learned_of
from matching.learned_kept import keep_run
from matching.need import Need, parse_need
from matching.note import read_note
from matching.path import best_path, path_of
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.table import Table
from matching.waiting_list import Waiting, share_places
from matching.week import week_of
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

AT = {"lon": 139.71, "lat": 35.73}
A_METRE = 1 / 111_195
"""Degrees of latitude."""


def north(metres: float) -> dict[str, float]:
    return {"lon": AT["lon"], "lat": AT["lat"] + metres * A_METRE}


def need(**more: Any) -> Need:
    return parse_need({"at": AT, "needs": {"isolation": 3}, **more}, default_vocabulary())


def table(*places: dict[str, Any]) -> Table:
    usual = {"kind": "salon", "needs": ["isolation"], "audience": ["anyone"], **AT}
    return Table(pd.DataFrame([usual | place for place in places]))


def register(database: Database, name: str, metres: float = 0, **facts: Any) -> uuid.UUID:
    """Register a salon; returns its offering's id."""
    offering = facts.pop("offering", {})
    parts = {
        "resource": {"name": name, "kind": "salon", "needs": ["isolation"],
                     "audience": ["anyone"], "gender": "any", **facts},
        "location": north(metres),
        "offering": offering,
    }  # fmt: skip
    with database.writing(by="test") as session:
        return register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=default_vocabulary(), by="test",
        ).id  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index", default_vocabulary())


def names(database: Database, store: IndexStore, asked: Need) -> list[str]:
    """Return the whole list, by names."""
    with database.reading() as session:
        answer = suggest_placements(session, store, asked, limit=100, now=judged.NOW)
    return [s.place.name for s in answer.suggestions]


@pytest.mark.parametrize(("speed", "rides"), [(0.899, True), (0.9, False)])
def test_who_walks_slower_than_nine_tenths_of_a_metre_a_second_would_ride(
    speed: float, rides: bool
) -> None:
    centre = table({"name": "送迎のある会", "transport": True, **north(3000)})
    answer = centre.suggest(need(walk_minutes=15, speed_m_s=speed, age=40), now=judged.NOW)
    assert [s.way_in for s in answer.suggestions] == ["ride"] * rides


@pytest.mark.parametrize(("metres", "minutes"), [(3040, 60), (3055, None)])
def test_nobody_is_told_to_walk_longer_than_an_hour(metres: float, minutes: int | None) -> None:
    # 3,040 m × 1.3 are 59.9 minutes at 1.1 m/s, 3,055 m are 60.2.
    answer = table({"name": "遠い会", **north(metres)}).suggest(
        need(walk_minutes=50), now=judged.NOW
    )
    (miss,) = answer.nearest_misses
    (failed,) = miss.failed
    assert failed.change is not None
    told = "歩いて行くには遠く" if minutes is None else f"あと{minutes - 50}分長く歩ければ"
    assert failed.change.ja.startswith(told)


@pytest.mark.parametrize(("metres", "listed"), [(299, 1), (301, 2)])
def test_entries_of_one_name_are_one_place_within_300_metres(metres: float, listed: int) -> None:
    two = table({"name": "同じ名の会"}, {"name": "同じ名の会", **north(metres)})
    assert len(two.suggest(need(), now=judged.NOW).suggestions) == listed


A_MODEL = Learned(date(2026, 11, 20), 500, 25.0, 0.0, {}, {})


def test_what_was_learned_weighs_beside_a_hundred(
    sqlite_database: Database, store: IndexStore
) -> None:
    register(sqlite_database, "あ")
    with sqlite_database.writing(by="test") as session:
        told = evaluate([]).as_json()
        keep_run(session, outcomes=500, evaluation=told, learned=A_MODEL, by="test")
    with sqlite_database.reading() as session:
        (only,) = suggest_placements(session, store, need(), now=judged.NOW).suggestions
    # A fifth of the score, 25 of 125, and a chance of one half.
    assert only.contributions["learned"] == 1_000
    assert learned_of({**A_MODEL.as_json(), "weight": 100.0}).share == 0.5
    with pytest.raises(BadModel):
        learned_of({**A_MODEL.as_json(), "weight": 100.1})


@pytest.fixture
def two_places() -> tuple[Suggestion, Suggestion]:
    answer = table({"name": "前から通う所"}, {"name": "別の所"}).suggest(need(), now=judged.NOW)
    one, other = answer.suggestions
    return one, other


@pytest.mark.parametrize(("better", "stays"), [(999, True), (1_001, False)])
def test_to_stay_where_one_already_goes_counts_a_tenth(
    two_places: tuple[Suggestion, Suggestion], better: int, stays: bool
) -> None:
    known, other = two_places
    first = [known._replace(score=5_000)]
    then = [known._replace(score=5_000), other._replace(score=5_000 + better)]
    assert [stage.stays for stage in best_path([(3, first), (4, then)])] == [False, stays]


@pytest.mark.parametrize(("before", "leads"), [(14, True), (15, False)])
def test_a_path_looks_at_the_first_fifteen_places_of_each_list(
    sqlite_database: Database, store: IndexStore, before: int, leads: bool
) -> None:
    for n in range(before):
        register(sqlite_database, f"会{n}", 10 * n, steps=[0], fee_yen=0)
    register(sqlite_database, "見学できる会", 2_500, steps=[1], fee_yen=3_000)
    asked = need(step=0)
    assert names(sqlite_database, store, asked)[before:] == ["見学できる会"]
    with sqlite_database.reading() as session:
        stages = path_of(session, store, asked, now=judged.NOW)
    assert [stage.suggestion.place.name for stage in stages] == ["見学できる会"] * leads


@pytest.mark.parametrize(("before", "planned"), [(11, True), (12, False)])
def test_a_week_is_made_of_the_first_twelve_places_of_a_list(
    sqlite_database: Database, store: IndexStore, before: int, planned: bool
) -> None:
    for n in range(before):  # nobody knows when they are open
        register(sqlite_database, f"会{n}", 10 * n, fee_yen=0)
    rule = {"days": ["wed"], "from": "10:00", "to": "12:00"}
    open_once = {"schedule": {"rules": [rule], "closed": []}}
    register(sqlite_database, "水曜の会", 3_000, fee_yen=3_000, offering=open_once)
    assert names(sqlite_database, store, need())[before:] == ["水曜の会"]
    with sqlite_database.reading() as session:
        week = week_of(session, store, need(), now=judged.NOW)
    assert [s.suggestion.place.name for s in week.sessions] == ["水曜の会"] * planned


def test_one_more_seat_is_tried_at_the_ten_places_that_are_wished_for_most(
    sqlite_database: Database, store: IndexStore
) -> None:
    for n in range(12):
        register(
            sqlite_database, f"会{n:02}", 100 * n,
            offering={"availability": "capacity", "places": 0,
                      "availability_said_on": judged.DAY - timedelta(days=1)},
        )  # fmt: skip
    with sqlite_database.reading() as session:
        found = share_places(session, store, [Waiting("Ａ", need())], now=judged.NOW)
    assert len(found.places) == 12
    # The nearest, for they are alike in all else.
    assert sorted(effect.name for effect in found.what_if) == [f"会{n:02}" for n in range(10)]
    assert {effect.placed_more for effect in found.what_if} == {1}


@pytest.mark.parametrize(("length", "kept"), [(199, 199), (200, 200), (201, 200)])
def test_a_wish_read_from_a_note_has_200_characters_at_most(length: int, kept: int) -> None:
    said = "本を読むのが好きな"
    note = said + "人" * (length - len(said))
    (wish,) = [p.value for p in read_note(note) if p.field == "wishes.text"]
    assert wish == note[:kept]
