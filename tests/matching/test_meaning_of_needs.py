"""What a need makes of a person is data: a need that a municipality adds can belong to an audience."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from matching.ask import HEAVY_WORK, LIGHTER_WORK, SCHOOL_NEEDS, SIGNED, STRAIN_NEEDS
from matching.audiences import CERTIFIED
from matching.codebook import Codebook
from matching.need import parse_need
from matching.store import IndexStore
from matching.why import explain
from resources import terms
from resources.database import Database
from resources.reckoned import RECKONED
from resources.terms import BadTerm, read_vocabulary
from resources.vocabulary import Vocabulary, default_vocabulary

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AT = {"lon": 139.7148, "lat": 35.7290}
Register = Callable[..., uuid.UUID]


def _verdict(
    database: Database, store: IndexStore, place: uuid.UUID, rule: str, **need: Any
) -> str:
    with database.reading() as session:
        asked = parse_need({"at": AT, **need}, read_vocabulary(session) or default_vocabulary())
        store.current(session)
        told = explain(session, store, asked, place, now=NOW)
    return next(v.verdict for v in told.verdicts if v.rule == rule)


def test_a_place_that_says_nothing_is_for_whom_its_kind_is_for(
    database: Database, store: IndexStore, register: Register
) -> None:
    def made(kind: str, **says: Any) -> uuid.UUID:
        return register(
            resource={"name": "何も書いていない場", "kind": kind, **says},
            location={"address": "豊島区", **AT},
        )

    cafe, salon = made("dementia_cafe"), made("salon")
    open_cafe = made("dementia_cafe", accepted_audience=["anyone"])

    def audience(place: uuid.UUID, **need: Any) -> str:
        return _verdict(database, store, place, "audience", **need)

    assert audience(cafe, age=36, needs={"withdrawal": 3}) == "fail"
    assert audience(cafe, age=36, needs={"caregiving": 2}) == "unknown", "it is asked"
    assert audience(cafe, age=80) == audience(cafe) == "unknown"
    assert audience(salon, age=36) == "unknown", "a kind that is for anybody"
    assert audience(open_cafe, age=36) == "pass", "what a place says counts"
    with database.reading() as session:
        asked = parse_need({"at": AT, "age": 36}, default_vocabulary())
        told = explain(session, store, asked, cafe, now=NOW)
    (verdict,) = (v for v in told.verdicts if v.rule == "audience")
    assert (verdict.field, verdict.value) == ("kind", "dementia_cafe")


def test_a_need_that_was_added_belongs_to_the_audience_that_its_editor_names(
    database: Database, store: IndexStore, register: Register
) -> None:
    carers = register(
        resource={"name": "介護者の会", "kind": "salon", "audience": ["carers"], "gender": "any"},
        location={"address": "豊島区", **AT},
    )

    def audience() -> str:
        return _verdict(database, store, carers, "audience", age=40, needs={"remote_care": 3})

    def mean(**facts: Any) -> None:
        with database.writing(by="test") as session:
            terms.edit_term(session, axis="need", code="remote_care", facts=facts, by="test")

    with database.writing(by="test") as session:
        terms.add_term(
            session, axis="need", code="remote_care", ja="遠距離介護", en="Remote care", by="test"
        )
    assert audience() == "fail"
    base = _base(database, store)
    mean(audience_maybe=["carers"])
    assert audience() == "unknown"
    mean(audience=["carers"])
    assert audience() == "pass"
    mean(audience=[], audience_maybe=[])
    assert audience() == "fail"
    assert _base(database, store) == base, "the index stays: a meaning is of the question"


def _base(database: Database, store: IndexStore) -> str | None:
    with database.reading() as session:
        store.current(session)
    return store._base_name


def test_who_rides_and_who_stays_at_home_is_told_by_the_need(
    database: Database, store: IndexStore, register: Register
) -> None:
    far = {"lon": 139.7148, "lat": 35.7480}  # some 2 km away
    fetched = register(
        resource={"name": "送迎の会", "kind": "salon", "transport": True},
        location={"address": "豊島区", **far},
    )
    online = register(
        resource={"name": "画面の会", "kind": "salon", "online": True},
        location={"address": "豊島区", **far},
    )

    def reached(need: str) -> tuple[str, str]:
        asked = {"age": 40, "walk_minutes": 10, "needs": {need: 3}}
        return (
            _verdict(database, store, fetched, "reach", **asked),
            _verdict(database, store, online, "reach", **asked),
        )

    assert reached("hoarding") == ("fail", "fail")
    with database.writing(by="test") as session:
        terms.edit_term(session, axis="need", code="hoarding", facts={"rides": True}, by="test")
    assert reached("hoarding") == ("unknown", "fail")
    with database.writing(by="test") as session:
        terms.edit_term(session, axis="need", code="hoarding", facts={"from_home": True}, by="test")
    assert reached("hoarding") == ("unknown", "unknown")
    assert reached("frailty") == ("unknown", "fail"), "as in a new installation"


def test_safety_isnt_edited_with_the_meaning(
    database: Database, store: IndexStore, register: Register
) -> None:
    bar = register(
        resource={"name": "酒場", "kind": "salon", "alcohol": True},
        location={"address": "豊島区", **AT},
    )
    with database.writing(by="test") as session:
        terms.edit_term(session, axis="need", code="addiction", facts={"audience": []}, by="test")
    assert _verdict(database, store, bar, "sober", age=40, needs={"addiction": 3}) == "fail"
    lists = default_vocabulary()
    by_law = {code for t in lists.terms("kind") for code in t.facts.get("requires", ())}
    reckoned = [
        *(("need", code, "grief") for code in ("addiction", *STRAIN_NEEDS, *SCHOOL_NEEDS)),
        *(("activity", code, "tea") for code in (*HEAVY_WORK, *LIGHTER_WORK)),
        *(("requirement", code, "membership") for code in by_law | set(CERTIFIED)),
        *(("language", code, "en") for code in ("ja", "easy_ja", *SIGNED)),
    ]
    for axis, code, other in reckoned:
        with pytest.raises(BadTerm, match="needed_by_engine"), database.writing(by="t") as session:
            terms.replace_term(session, axis=axis, old=code, new=other, by="test")
    assert {(axis, code) for axis, code, _ in reckoned} == {
        (axis, code) for axis, codes in RECKONED.items() for code in codes
    }


def test_of_two_needs_that_become_one_nobody_loses_an_audience(database: Database) -> None:
    with database.writing(by="test") as session:
        terms.replace_term(session, axis="need", old="double_care", new="childcare", by="test")
    with database.reading() as session:
        lists = read_vocabulary(session)
    assert lists is not None
    meant = lists.term("need", "childcare").facts
    assert set(meant["audience"]) == {"parents", "carers"}
    assert meant["from_home"] is True
    assert "rides" not in meant


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"audience": ["nobody"]}, "audience"),
        ({"audience_maybe": ["anyone"]}, "audience"),
        ({"audience": "carers"}, "audience"),
        ({"rides": 1}, "facts"),
        ({"term_days": 30}, "facts"),
    ],
)
def test_a_meaning_of_other_words_is_refused(
    database: Database, facts: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadTerm) as bad, database.writing(by="test") as session:
        terms.edit_term(session, axis="need", code="grief", facts=facts, by="test")
    assert bad.value.problem == problem


def test_lists_of_the_beginning_that_were_copied_before_needs_meant_anything_mean_it() -> None:
    # As `read_vocabulary` reads it: what a row doesn't say is as in the beginning.
    codebook = Codebook(default_vocabulary())
    bare = Codebook(
        Vocabulary(
            t if t.axis != "need" else type(t)(t.axis, t.code, t.ja, t.en)
            for axis in default_vocabulary().axes
            for t in default_vocabulary().terms(axis)
        )
    )
    assert codebook.meanings["double_care"].audience.bit_count() == 2
    assert bare.meanings["double_care"].audience == 0
    assert codebook.fingerprint == bare.fingerprint
