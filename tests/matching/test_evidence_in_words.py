"""The words of what a criterion rests on say what is true, and of whom."""

import uuid
from typing import Any

import pytest
from quiet_place import NOW, need, place

from matching.sentences import Sentence
from matching.store import IndexStore
from matching.why import explain
from resources.database import Database


@pytest.fixture
def known(register: Any) -> uuid.UUID:
    made: uuid.UUID = register(**place())
    return made


def ground(
    database: Database, store: IndexStore, offering: uuid.UUID, criterion: str, **asked: Any
) -> tuple[dict[str, Any], Sentence]:
    with database.reading() as session:
        weighed = explain(session, store, need(**asked), offering, now=NOW).weighed
    (found,) = [w.ground for w in weighed if w.criterion == criterion]
    return found.value, found.words


def test_nobody_is_said_to_wish_for_so_many_sessions_who_said_nothing(
    database: Database, store: IndexStore, known: uuid.UUID
) -> None:
    monday_to_friday = [
        {"day": day, "from": "09:00", "to": "17:00"} for day in ("mon", "tue", "wed")
    ]
    value, words = ground(database, store, known, "time", windows=monday_to_friday)
    assert value == {"sessions_in_4_weeks": 4, "wanted": None}
    assert words == ("4週間に4回来られる", "4 sessions in four weeks that the person can come to")
    asked = {"windows": monday_to_friday, "limits": {"sessions_per_week": 2}}
    value, words = ground(database, store, known, "time", **asked)
    assert value == {"sessions_in_4_weeks": 4, "wanted": 8}
    assert "希望は8回" in words.ja


def test_a_place_without_what_is_wished_is_not_said_to_have_no_wish(
    database: Database, store: IndexStore, known: uuid.UUID
) -> None:
    def words(activity: str) -> Sentence:
        asked = {"wishes": {"activities": [activity]}}
        return ground(database, store, known, "wishes", **asked)[1]

    assert words("animals").ja == "本人のしたいことは、ここにはない"
    assert words("reading").ja.startswith("本人のしたいことのうち、ここでできること：")


def test_a_need_that_a_kind_is_not_there_for_is_said_in_plain_words(
    database: Database, store: IndexStore, register: Any
) -> None:
    made = register(**place("work_preparation"))
    said = ground(database, store, made, "needs", needs={"withdrawal": 2, "isolation": 2})[1]
    assert "この種類の場のおもな目的ではないので" in said.ja
