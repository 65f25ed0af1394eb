"""What stands on a screen that staff turn towards the person can be said to them."""

import uuid
from typing import Any

import pytest
from quiet_place import NOW, need, place, suggested

from matching.store import IndexStore
from matching.why import explain
from resources.database import Database


def first_steps(answer: Any) -> dict[uuid.UUID, tuple[str, str]]:
    return {s.place.offering: (s.first_step, s.first_step_words.ja) for s in answer.suggestions}


def test_nobody_sets_out_before_hours_and_way_are_known(
    database: Database, store: IndexStore, register: Any
) -> None:
    known = register(**place())
    no_hours = register(
        **place(offering={"schedule": None}, resource={"name": "時間のわからない会"})
    )
    fetched = register(
        **place(metres_north=1500, resource={"name": "迎えの来る会", "transport": True})
    )
    online = register(**place(metres_north=1500, resource={"name": "画面の会", "online": True}))
    asked = need(needs={"isolation": 3, "illness": 2}, walk_minutes=10)
    call = ("call", "まず支援者から受け入れ先に電話で様子を聞く")
    assert first_steps(suggested(database, store, asked)) == {
        known: ("visit", "まず見学に行く（付き添いを相談する）"),
        no_hours: call,
        fetched: call,
        online: ("visit", "まず一度つないで、様子を見る"),
    }


CIRCLES = [
    ({"audience": ["bereaved"]}, {}, False),
    ({"audience": ["bereaved"]}, {"grief": 2}, None),
    ({"audience": ["recovering", "parents"]}, {}, False),
    ({"audience": ["recovering", "women"]}, {}, True),
    ({"audience": ["dementia", "foreign"]}, {}, False),
    ({"audience": ["elderly"]}, {}, False),
    ({"audience": ["elderly", "women"]}, {}, True),
    ({"audience": ["children"]}, {}, False),
    ({"audience": ["youth"]}, {}, True),
    ({"audience": ["elderly"], "accepted_audience": ["carers"]}, {}, False),
]


@pytest.mark.parametrize(("received", "needs", "near"), CIRCLES)
def test_nobody_is_told_to_ask_into_a_circle_of_those_who_lived_through_something_else(
    database: Database, store: IndexStore, register: Any,
    received: dict[str, Any], needs: dict[str, int], near: bool | None,
) -> None:  # fmt: skip
    made = register(**place(resource=received))
    answer = suggested(
        database,
        store,
        need(needs={"isolation": 3, **needs}, age=40, limits={"gender": "male"}),
    )
    found = [m.place.offering for m in answer.nearest_misses]
    if near is None:
        assert [s.place.offering for s in answer.suggestions] == [made]
    else:
        assert not answer.suggestions
        assert found == ([made] if near else [])


def test_the_condition_of_gender_is_talked_about_only_where_all_else_fits(
    database: Database, store: IndexStore, register: Any
) -> None:
    alone = register(**place(resource={"gender": "female", "name": "女性の部屋"}))
    besides = register(
        **place(resource={"gender": "female", "noise": "high", "name": "にぎやかな女性の部屋"})
    )
    asked = need(needs={"isolation": 3}, limits={"gender": "male", "noise": "low"})
    answer = suggested(database, store, asked)
    assert [m.place.offering for m in answer.nearest_misses] == [alone]
    with database.reading() as session:
        why = explain(session, store, asked, besides, now=NOW)
    assert {v.rule for v in why.verdicts if v.verdict == "fail"} == {"gender", "noise"}


@pytest.mark.parametrize(
    ("metres", "resource", "more", "words"),
    [
        (900, {}, {"walk_minutes": 10}, "あと8分長く歩ければ可"),
        (6000, {}, {"walk_minutes": 10}, "歩いて行くには遠く、車や電車・バスで来られれば可"),
        (6000, {"transport": True}, {"walk_minutes": 10}, "歩いて行くには遠く、車や電車・バスで来られれば可"),
        (6000, {"transport": True}, {"walk_minutes": 10, "limits": {"transport": True}},
         "送迎がここまで来てくれれば可（要確認）"),
        (5900, {"online": True}, {"walk_minutes": 10}, "オンラインでの参加でよければ可"),
        (903, {}, {"radius_m": 700}, "範囲をあと約300 m広げれば可"),
        (3732, {}, {"radius_m": 700}, "範囲をあと約3.1 km広げれば可"),
    ],
)  # fmt: skip
def test_how_much_farther_is_said_as_one_would_say_it(
    database: Database, store: IndexStore, register: Any,
    metres: int, resource: dict[str, Any], more: dict[str, Any], words: str,
) -> None:  # fmt: skip
    register(**place(metres_north=metres, resource=resource))
    answer = suggested(database, store, need(needs={"isolation": 3}, **more))
    ((failed,),) = (m.failed for m in answer.nearest_misses)
    assert failed.change is not None
    assert failed.change.ja == words


def test_who_finds_nothing_near_is_not_told_to_walk_for_hours(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(metres_north=900))
    for minutes, words in ((10, "徒歩 18 分まで広げれば"), (3, "徒歩 18 分まで広げれば")):
        told = suggested(database, store, need(needs={"isolation": 3}, walk_minutes=minutes))
        assert told.relaxation is not None
        assert told.relaxation.change is not None
        assert told.relaxation.change.ja == words
    slow = need(needs={"isolation": 3}, walk_minutes=15, speed_m_s=0.25)
    told = suggested(database, store, slow)
    assert told.relaxation is not None
    assert told.relaxation.change is not None
    assert told.relaxation.change.ja == "歩くと78分かかる所まで広げれば"
    assert told.relaxation.patch == {"walk_minutes": 78}


@pytest.mark.parametrize(
    ("metres", "more", "patch", "words"),
    [
        (12_000, {"walk_minutes": 10, "speed_m_s": 0.25}, {"walk_minutes": None},
         "歩く時間を限らなければ"),
        (120_000, {"radius_m": 900}, {"radius_m": None}, "範囲を限らなければ"),
    ],
)  # fmt: skip
def test_what_is_loosened_is_a_question_that_can_be_put(
    database: Database, store: IndexStore, register: Any,
    metres: int, more: dict[str, Any], patch: dict[str, Any], words: str,
) -> None:  # fmt: skip
    made = register(**place(metres_north=metres))
    told = suggested(database, store, need(needs={"isolation": 3}, **more)).relaxation
    assert told is not None
    assert told.change is not None
    assert (told.change.ja, told.change_count, told.patch) == (words, 1, patch)
    again = suggested(database, store, need(needs={"isolation": 3}, **{**more, **patch}))
    assert [s.place.offering for s in again.suggestions] == [made]
