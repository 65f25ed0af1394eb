"""What a wish in words names counts as wished where nothing was chosen, and the answer says so."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from matching.need import parse_need
from matching.note import activities_named
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
