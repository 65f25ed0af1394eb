"""What a wish in words names counts as wished where nothing was chosen, and the answer says so."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from matching.need import parse_need
from matching.note import activities_named
from matching.note_wish import liked_words
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.table import Table
from matching.why import explain
from resources import terms
from resources.database import Database
from resources.terms import read_vocabulary

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AT = {"lon": 139.7148, "lat": 35.7290}
Register = Callable[..., uuid.UUID]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("猫をなでていたい。話はいらない", ("animals",)),
        ("お茶を飲みながら、本の話をしたい", ("reading", "tea")),
        ("カラオケは苦手、花を育てたい", ("gardening",)),
        ("犬が怖い。犬のいない所がよい", ()),
        ("犬に噛まれてから、犬のいる所は避けたい", ()),
        ("本を読むと頭が痛くなる", ()),
        ("カラオケより将棋がよい", ("games",)),
        ("歌は苦手だが絵を描くのは好き", ("art",)),
        ("子どもと遊ぶのは疲れるのでいやだ。木工がしたい", ("woodwork",)),
        ("木工がしたいので、子どもと遊ぶのはいやだ", ("woodwork",)),
        ("ネコカフェ", ()),
        ("どこでもよい", ()),
        ("", ()),
    ],
)
def test_words_name_what_is_liked_and_not_what_is_not(words: str, named: tuple[str, ...]) -> None:
    assert activities_named(words) == named


@pytest.fixture
def table() -> Table:
    here = {"lon": 139.7150, "lat": 35.7292, "kind": "open_space"}
    return Table(
        pd.DataFrame(
            [
                {"name": "猫の間", "activities": ["animals"], **here},
                {"name": "歌の間", "activities": ["singing"], **here},
            ]
        )
    )


def _wishes(table: Table, **wishes: Any) -> tuple[dict[str, int], tuple[str, ...]]:
    answer = table.suggest({"at": AT, "wishes": wishes}, now=NOW)
    found = {s.place.name: s.contributions.get("wishes", 0) for s in answer.suggestions}
    return found, answer.activities_read


def test_what_is_named_counts_as_if_it_had_been_chosen(table: Table) -> None:
    words = "猫をなでていたい"
    by_words, read = _wishes(table, text=words)
    chosen, none_read = _wishes(table, text=words, activities=["animals"])
    assert (read, none_read) == (("animals",), ())
    assert by_words == chosen
    assert by_words["猫の間"] > by_words["歌の間"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("カラオケは苦手、大勢も苦手", ""),
        ("犬が怖い。犬のいない所がよい", ""),
        ("子どもの声がする所は避けたい", ""),
        ("料理はしたくない、食べるだけ", "食べるだけ"),
        ("将棋は好きでカラオケは嫌い", "将棋は好きで"),
        ("カラオケ以外の歌の会", "歌の会"),
        ("電話や画面でなく、顔を見て話したい", "顔を見て話したい"),
        ("犬が怖いので犬のいない所で絵を描きたい", "で絵を描きたい"),
        ("子どもと遊ぶのは疲れるのでいやだ。木工がしたい", "木工がしたい"),
        ("子どもと遊ぶのは疲れるから、どうしても苦手", ""),
        ("子どもと遊ぶのは疲れるので、そういうのは避けたい", ""),
        ("カラオケは声が出ないため、避けたい。将棋がしたい", "将棋がしたい"),
        ("カラオケはうるさいし、疲れるので、苦手", ""),
        ("畑は暑いからつらい", ""),
        ("カラオケは高いので行きたくない", ""),
        ("歌うのは楽しいが、人前は緊張するのでいやだ", "歌うのは楽しいが"),
        ("将棋は頭を使うので楽しい、カラオケは音が大きいので苦手", "将棋は頭を使うので楽しい"),
        ("猫が好きなので犬は苦手", "猫が好きなので"),
        ("本を読みたいから、騒がしい所はいやだ", "本を読みたいから"),
        ("本が好きだし人混みは苦手", "本が好きだし"),
        ("本が好きだし、カラオケはうるさいので苦手", "本が好きだし"),
    ],
)
def test_what_a_wish_denies_or_dislikes_is_left_out(words: str, left: str) -> None:
    assert liked_words(words) == left


@pytest.mark.parametrize(
    "words",
    [
        "静かに本を読みたい", "話さなくてよい所で本を読みたい", "運動は苦手ではない", "走るのは嫌いじゃない", "怖くない所で休みたい",
        "つらい時に行ける所がいい", "何より歌が好き", "お祝いが好き、笑いが好き", "眠れない夜に話したい", "賭けをやめたい",
        "音のない静かな所で本を読みたい", "人がいるのはかまわない", "弟もごはんが食べられるところ", "",
    ],
)  # fmt: skip
def test_a_wish_that_denies_nothing_stays_as_it_stands(words: str) -> None:
    assert liked_words(words) == words


@pytest.mark.parametrize(
    "words", ["歌は苦手、歌の間は避けたい", "歌の間が怖い。歌のない所がよい", "歌の間だけは無理"]
)
def test_a_wish_of_dislikes_alone_is_no_wish_and_draws_no_place_nearer(
    table: Table, words: str
) -> None:
    answer = table.suggest({"at": AT, "wishes": {"text": words}}, now=NOW)
    assert answer.activities_read == ()
    assert not any("wishes" in s.contributions for s in answer.suggestions)
    silent = table.suggest({"at": AT}, now=NOW)
    assert [(s.place.name, s.score) for s in answer.suggestions] == [
        (s.place.name, s.score) for s in silent.suggestions
    ]


def test_what_is_disliked_lifts_nothing_beside_what_is_liked(table: Table) -> None:
    both, _ = _wishes(table, text="歌の間は苦手、猫の間がよい")
    alone, _ = _wishes(table, text="猫の間がよい")
    assert both == alone
    assert both["歌の間"] < both["猫の間"]


def test_what_is_chosen_counts_instead(table: Table) -> None:
    found, read = _wishes(table, text="猫をなでていたい", activities=["singing"])
    assert read == ()
    assert found["歌の間"] > found["猫の間"]


def test_a_code_that_the_municipality_replaced_is_read_as_the_one_that_stands_for_it(
    database: Database, store: IndexStore, register: Register
) -> None:
    cats = register(
        resource={"name": "猫の間", "kind": "open_space", "activities": ["animals"]},
        location={"address": "豊島区", **AT},
    )

    def read() -> tuple[tuple[str, ...], list[str]]:
        with database.reading() as session:
            vocabulary = read_vocabulary(session)
            assert vocabulary is not None
            need = parse_need({"at": AT, "wishes": {"text": "猫をなでていたい"}}, vocabulary)
            answer = suggest_placements(session, store, need, now=NOW)
            told = explain(session, store, need, cats, now=NOW)
        ground = next(w.ground for w in told.weighed if w.criterion == "wishes")
        return answer.activities_read, ground.value["activities"]

    with database.writing(by="test") as session:
        terms.add_term(
            session, axis="activity", code="creatures", ja="生きもの", en="Creatures", by="test"
        )
    assert read() == (("animals",), ["animals"])
    with database.writing(by="test") as session:
        terms.replace_term(session, axis="activity", old="animals", new="creatures", by="test")
    assert read() == (("creatures",), ["creatures"])
