"""Who would rather join from home, by telephone or online: said as a limit, or in the wish."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from matching.need import BadNeed
from matching.note import names_from_home
from matching.table import Table

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
IDS = [uuid.UUID(int=n) for n in (1, 2, 3)]
AT = {"lon": 139.7148, "lat": 35.7290}
NEAR = {"lon": 139.7150, "lat": 35.7292, "kind": "open_space"}
FAR = {"lon": 139.7350, "lat": 35.7290, "kind": "open_space"}  # some 1.8 km away


@pytest.mark.parametrize(
    "words",
    [
        "家から、文字だけで", "家から出ずに人と話したい", "電話で、黙っていてもいい人がいるところ", "オンラインなら参加できる",
        "画面でもよい", "家にいながら参加したい", "スマホ越しなら話せる", "電話なら話せる",
        "Zoomで同じ病気の人と", "外に出ずにできること", "顔を出さずに話したい", "家からでも参加したい",
    ],
)  # fmt: skip
def test_words_say_that_somebody_would_join_from_home(words: str) -> None:
    assert names_from_home(words)


@pytest.mark.parametrize(
    "words",
    [
        "電話や画面でなく、顔を見て話したい", "電話と雑談のない、入力の仕事", "家から出られるようになりたい",
        "家から近いところ", "家から歩いて行ける", "スマートフォンを教えてほしい", "オンラインゲームの仲間がほしい",
        "オンラインは苦手", "電話で話すのは苦手", "電話が怖い", "家から離れたい", "どこでもよい", "",
        "以前はオンラインで参加していた、今は人に会いたい", "オンラインでもいいが、できれば対面",
        "家から参加するより人と会いたい", "電話でもいいし来所でもいい",
    ],
)  # fmt: skip
def test_words_that_only_look_so_say_nothing(words: str) -> None:
    assert not names_from_home(words)


@pytest.fixture
def table() -> Table:
    return Table(
        pd.DataFrame(
            [
                {"id": IDS[0], "name": "家からの間", "online": True, **FAR},
                {"id": IDS[1], "name": "隣の間", "online": False, **NEAR},
                {"id": IDS[2], "name": "わからない間", **NEAR, "lon": 139.7151},
            ]
        )
    )


def _asked(table: Table, **need: Any) -> Any:
    return table.suggest({"at": AT, "walk_minutes": 10, "step": 2, **need}, now=NOW)


def _listed(answer: Any) -> set[str]:
    return {s.place.name for s in answer.suggestions}


def test_what_is_joined_from_home_is_in_reach_of_who_says_so(table: Table) -> None:
    assert "家からの間" not in _listed(_asked(table))
    for said in ({"limits": {"from_home": True}}, {"wishes": {"text": "家から、文字だけで"}}):
        answer = _asked(table, **said)
        assert _listed(answer) >= {"家からの間", "隣の間"}
        (found,) = [s for s in answer.suggestions if s.place.name == "家からの間"]
        assert found.way_in == "online"
        wish = {s.place.name: s.contributions["wishes"] for s in answer.suggestions}
        assert wish["家からの間"] > wish["わからない間"] > wish["隣の間"]
        assert answer.suggestions[0].place.name == "家からの間", "there is no way to it"


def test_the_answer_says_what_was_read_and_what_is_said_counts_instead(table: Table) -> None:
    wish = {"text": "家から、文字だけで"}
    assert _asked(table, wishes=wish).from_home_read
    for said in (True, False):
        answer = _asked(table, wishes=wish, limits={"from_home": said})
        assert not answer.from_home_read
        assert ("家からの間" in _listed(answer)) == said


def test_who_would_not_isn_t_offered_it_on_the_first_rung_either(table: Table) -> None:
    assert "家からの間" in _listed(_asked(table, step=0))
    assert "家からの間" not in _listed(_asked(table, step=0, limits={"from_home": False}))
    tied = {"withdrawal": 3}
    assert "家からの間" not in _listed(_asked(table, needs=tied, limits={"from_home": False}))


def test_the_reason_says_whether_it_can_be_joined_from_home(table: Table) -> None:
    for own, expected in zip(IDS, (True, False, None), strict=True):
        told = table.why({"at": AT, "limits": {"from_home": True}}, own, now=NOW)
        ground = next(w.ground for w in told.weighed if w.criterion == "wishes")
        assert ground.value["online"] is expected
        assert "家から" in ground.words.ja
        assert "from home" in ground.words.en
        nearness = next(w for w in told.weighed if w.criterion == "nearness")
        assert ("家から" in nearness.ground.words.ja) == (expected is True)


@pytest.mark.parametrize(
    "where",
    [
        {"lon": 139.9, "lat": 35.9},  # beyond all that would be fetched or asked about
        {"lon": None, "lat": None, "city": "遠野市"},  # without a point, in another town
        {"lon": None, "lat": None},
    ],
)
@pytest.mark.parametrize("limit", [{"walk_minutes": 10}, {"radius_m": 50}, {}])
def test_it_is_in_reach_wherever_it_lies(where: dict[str, Any], limit: dict[str, Any]) -> None:
    rows = [
        {"id": IDS[0], "name": "画面の間", "kind": "open_space", "online": True, **where},
        {"id": IDS[1], "name": "隣の間", "online": False, **NEAR},
        {
            "id": IDS[2],
            "name": "遠野の間",
            "kind": "salon",
            "city": "遠野市",
            "lon": 141.5,
            "lat": 39.3,
        },
    ]
    table = Table(pd.DataFrame(rows))
    asked = {"at": AT, "step": 1, "needs": {"isolation": 2}, **limit}
    home = table.suggest({**asked, "limits": {"from_home": True}}, now=NOW)
    first = home.suggestions[0]
    assert first.place.name == "画面の間"
    verdicts = {v.rule: (v.verdict, v.field, v.value) for v in first.verdicts}
    if limit:
        assert first.way_in == "online"
        assert verdicts["reach"] == ("pass", "online", True)
    told = table.why({**asked, "limits": {"from_home": True}}, IDS[0], now=NOW)
    assert told.suggestion.score == first.score
    if limit and where["lon"] is not None:
        assert "画面の間" not in _listed(table.suggest({**asked, "step": 2}, now=NOW))


def test_on_the_first_rung_nobody_is_sent_out_who_would_join_from_home(table: Table) -> None:
    said = {"from_home": True}
    answer = _asked(table, step=0, limits=said)
    assert _listed(answer) == {"家からの間"}
    assert answer.removed_by["at_home"] == 2
    told = {m.place.name: m.failed[0].change.ja for m in answer.nearest_misses}
    assert told == {
        "隣の間": "家から出て行けるようになれば可",
        "わからない間": "家から参加できることが確かめられるか、出て行けるようになれば可",
    }
    for step in (1, None):  # later, both are shown, and what is joined from home comes first
        assert _listed(_asked(table, step=step, limits=said)) >= {"家からの間", "隣の間"}
    for limits in ({}, {"from_home": False}):
        assert "隣の間" in _listed(_asked(table, step=0, limits=limits))
    # A wish in words may be misread: what is joined from home comes first, and all others stay.
    read = _asked(table, step=0, wishes={"text": "家から、文字だけで"}).suggestions
    assert read[0].place.name == "家からの間"
    assert len(read) == 3
    nowhere = Table(pd.DataFrame([{"id": IDS[1], "name": "隣の間", "online": False, **NEAR}]))
    answer = _asked(nowhere, step=0, limits={"from_home": True})
    assert answer.relaxation is not None
    assert answer.relaxation.patch == {"limits": {"from_home": False}}
    assert _listed(_asked(nowhere, step=0, limits={"from_home": False})) == {"隣の間"}


@pytest.mark.parametrize("step", [None, 0, 1, 2, 3])
def test_who_can_only_join_from_home_is_sent_nowhere_on_any_rung(
    table: Table, step: int | None
) -> None:
    only = {"from_home": "only"}
    answer = _asked(table, step=step, limits=only)
    assert _listed(answer) == {"家からの間"}
    assert answer.removed_by["at_home"] == 2
    (first,) = answer.suggestions
    assert first.way_in == "online"
    wished = _asked(table, step=step, limits={"from_home": True}).suggestions[0]
    assert (first.place.name, first.score) == (wished.place.name, wished.score)
    nowhere = Table(pd.DataFrame([{"id": IDS[1], "name": "隣の間", "online": False, **NEAR}]))
    loosened = _asked(nowhere, step=step, limits=only).relaxation
    assert loosened is not None
    assert loosened.patch == {"limits": {"from_home": step != 0}}
    assert _listed(_asked(nowhere, step=step, limits=loosened.patch["limits"])) == {"隣の間"}


@pytest.mark.parametrize("said", [1, 0, "yes", "True", [], {}])
def test_what_says_neither_yes_nor_no_nor_only_is_refused(table: Table, said: Any) -> None:
    with pytest.raises(BadNeed) as refused:
        _asked(table, limits={"from_home": said})
    assert refused.value.field == "limits.from_home"


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [(["jsl"], "fail"), (["jsl", "en"], "unknown"), (["vi"], "unknown"), (["jsl", "ja"], "pass")],
)
def test_who_only_signs_tries_no_easy_japanese(spoken: list[str], expected: str) -> None:
    row = {"id": IDS[0], "name": "お茶の間", "languages": ["easy_ja", "pt"], **NEAR}
    told = Table(pd.DataFrame([row])).why({"at": AT, "limits": {"languages": spoken}}, IDS[0])
    assert {v.rule: v.verdict for v in told.verdicts}["languages"] == expected


def test_that_it_can_be_joined_from_home_is_change_enough(table: Table) -> None:
    for limit in ({"walk_minutes": 10}, {"radius_m": 50}, {"walk_minutes": 5, "radius_m": 50}):
        asked = {"at": AT, "step": 2, **limit}
        (reach,) = [v for v in table.why(asked, IDS[0], now=NOW).verdicts if v.rule == "reach"]
        assert reach.change is not None
        assert reach.change.ja == "オンラインでの参加でよければ可"
        eased = {**asked, "limits": {"from_home": True}}
        (reach,) = [v for v in table.why(eased, IDS[0], now=NOW).verdicts if v.rule == "reach"]
        assert reach.verdict == "pass"


def test_who_speaks_no_japanese_is_told_to_ask_first_what_is_spoken() -> None:
    known, unknown = uuid.UUID(int=1), uuid.UUID(int=2)
    rows = [
        {"id": known, "name": "手話のお茶会", "languages": ["ja", "jsl"], **NEAR},
        {"id": unknown, "name": "隣のお茶会", **NEAR},
    ]
    table = Table(pd.DataFrame(rows))
    sure, first = {}, {}
    for spoken in (["jsl"], ["ja"]):
        for own in (known, unknown):
            told = table.why({"at": AT, "limits": {"languages": spoken}}, own, now=NOW).suggestion
            sure[spoken[0], own] = told.confidence
            first[spoken[0], own] = "どのことばが通じますか" in told.confidence_words.ja
    assert sure["jsl", unknown] * 2 <= sure["jsl", known]
    assert sure["ja", unknown] * 2 > sure["ja", known]
    assert first == {("jsl", known): False, ("jsl", unknown): True, ("ja", known): False,
                     ("ja", unknown): False}  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "fact", "value"),
    [("step_free", "step_free", False), ("no_smoking", "smoking", True),
     ("no_animals", "animals", True), ("with_child", "with_child", False)],
)  # fmt: skip
def test_who_joins_from_home_enters_no_building(limit: str, fact: str, value: bool) -> None:
    for online, home, expected in (
        (True, True, "pass"), (True, False, "fail"), (False, True, "fail"), (None, True, "fail"),
    ):  # fmt: skip
        row = {"id": IDS[0], "name": "画面の間", "online": online, fact: value, **NEAR}
        limits = {limit: True, "from_home": home}
        told = Table(pd.DataFrame([row])).why({"at": AT, "limits": limits}, IDS[0], now=NOW)
        (found,) = [v for v in told.verdicts if v.rule == fact]
        assert found.verdict == expected
        assert (found.field, found.value) == (
            ("online", True) if expected == "pass" else (fact, value)
        )


def test_next_door_it_is_joined_from_home_too() -> None:
    row = {"id": IDS[0], "name": "画面の間", "online": True, **NEAR}
    asked = {"at": AT, "walk_minutes": 10, "limits": {"from_home": True}}
    told = Table(pd.DataFrame([row])).why(asked, IDS[0], now=NOW).suggestion
    assert told.way_in == "online"
    told = (
        Table(pd.DataFrame([row])).why({"at": AT, "walk_minutes": 10}, IDS[0], now=NOW).suggestion
    )
    assert told.way_in is None
