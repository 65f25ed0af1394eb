"""The closed lists are kept by people: no code is lost, none is used twice, all is logged."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from resources import terms
from resources.commands import register_resource
from resources.database import Database
from resources.history import edits_of, undo
from resources.models import Change, Resource, TaxonomyTerm
from resources.registration import Registration
from resources.term_usage import resources_with, usage
from resources.terms import BadTerm, read_vocabulary
from resources.vocabulary import MOST_TERMS, default_vocabulary

VOCABULARY = default_vocabulary()


def register(database: Database, **resource: Any) -> uuid.UUID:
    parts = {"resource": {"name": "架空の場", "kind": "salon", **resource}}
    with database.writing(by="user:a") as session:
        return register_resource(
            session, registration=Registration.model_validate(parts), vocabulary=VOCABULARY,
            by="user:a",
        ).resource_id  # fmt: skip


def write(database: Database, what: str, **given: Any) -> Any:
    with database.writing(by="user:c") as session:
        return getattr(terms, f"{what}_term")(session, by="user:c", **given)


def test_the_terms_of_the_issue_are_data() -> None:
    days = {k: VOCABULARY.term("kind", k).facts["term_days"] for k in ("salon", "employer")}
    assert days == {"salon": 90, "employer": 30}
    assert VOCABULARY.term("kind", "facility").facts["term_days"] == 365


def test_the_first_edit_makes_the_lists_the_municipalitys_own(database: Database) -> None:
    with database.reading() as session:
        assert read_vocabulary(session) is None
    write(database, "edit", axis="kind", code="salon", ja="通いの場", facts={"term_days": 60})
    with database.reading() as session:
        own = read_vocabulary(session)
        assert own is not None
        (edit,) = session.scalars(
            select(Change).where(Change.entity_id == "kind/salon", Change.action == "edit")
        )
    assert {a: own.codes(a) for a in own.axes} == {a: VOCABULARY.codes(a) for a in own.axes}
    assert own.label("kind", "salon") == "通いの場"
    assert own.term("kind", "salon").facts == VOCABULARY.term("kind", "salon").facts | {
        "term_days": 60
    }
    assert (edit.by, edit.before["ja"]) == ("user:c", VOCABULARY.label("kind", "salon"))


def test_a_fact_that_came_later_holds_in_lists_that_were_copied_before(database: Database) -> None:
    write(database, "edit", axis="kind", code="salon", ja="通いの場")
    with database.writing(by="test") as session:
        for row in session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.axis == "kind")):
            row.facts = {n: v for n, v in row.facts.items() if n != "accompanies"}
    with database.reading() as session:
        own = read_vocabulary(session)
    assert own is not None
    assert own.term("kind", "food_support").facts["accompanies"] is False
    assert "accompanies" not in own.term("kind", "salon").facts
    write(database, "edit", axis="kind", code="food_support", facts={"accompanies": True})
    with database.reading() as session:
        own = read_vocabulary(session)
    assert own is not None
    assert own.term("kind", "food_support").facts["accompanies"] is True


def test_a_retired_word_is_offered_no_more_and_its_code_is_never_given_again(
    database: Database,
) -> None:
    write(database, "add", axis="activity", code="tea_ceremony", ja="茶道", en="Tea ceremony")
    write(database, "retire", axis="activity", code="tea_ceremony")
    with database.reading() as session:
        own = read_vocabulary(session)
    assert own is not None
    assert own.label("activity", "tea_ceremony") == "茶道"
    assert not own.offers("activity", "tea_ceremony")
    with pytest.raises(BadTerm, match="code_taken"):
        write(database, "add", axis="activity", code="tea_ceremony", ja="別", en="Other")
    write(database, "restore", axis="activity", code="tea_ceremony")
    with database.reading() as session:
        assert read_vocabulary(session).offers("activity", "tea_ceremony")  # type: ignore[union-attr]


def test_a_word_is_replaced_everywhere_in_one_go_and_each_entry_can_go_back(
    database: Database,
) -> None:
    both = register(database, activities=["tea", "meal", "music"])
    one = register(database, activities=["meal"])
    other = register(database, activities=["music"])
    with database.reading() as session:
        assert usage(session, VOCABULARY)["activity"]["meal"] == 2
        assert {u.id for u in resources_with(session, "activity", "meal")} == {both, one}
    assert write(database, "replace", axis="activity", old="meal", new="tea") == 2
    with database.reading() as session:
        held = {i: session.get_one(Resource, i).activities for i in (both, one, other)}
        own = read_vocabulary(session)
        assert own is not None
        assert usage(session, own)["activity"]["meal"] == 0
        (edit, _) = edits_of(session, [("resource", one)])
    assert held == {both: ["tea", "music"], one: ["tea"], other: ["music"]}
    assert own.current("activity", "meal") == "tea"
    assert edit.fields == (("activities", ["meal"], ["tea"]),)
    with database.writing(by="user:d") as session:
        undo(session, revision=edit.revision, by="user:d", among=[("resource", one)])
        assert session.get_one(Resource, one).activities == ["meal"]


def test_a_kind_and_a_need_are_replaced_where_they_stand(database: Database) -> None:
    place = register(database, kind="volunteer", needs=["hoarding"])
    assert write(database, "replace", axis="kind", old="volunteer", new="class") == 1
    assert write(database, "replace", axis="need", old="hoarding", new="literacy") == 1
    assert write(database, "replace", axis="need", old="grief", new="literacy") == 0
    with database.reading() as session:
        now = session.get_one(Resource, place)
        salon = session.get_one(TaxonomyTerm, ("kind", "salon"))
    assert (now.kind, now.needs) == ("class", ["literacy"])
    assert salon.facts["needs"] == ["isolation", "frailty", "literacy", "no_role"]


def test_an_audience_is_replaced_in_what_needs_and_kinds_mean(database: Database) -> None:
    for code in ("rangers", "walkers"):
        write(database, "add", axis="audience", code=code, ja="山歩きの人", en="Walkers")
    write(database, "edit", axis="kind", code="class", facts={"audience": ["rangers", "walkers"]})
    write(database, "edit", axis="need", code="grief", facts={"audience_maybe": ["rangers"]})
    assert write(database, "replace", axis="audience", old="rangers", new="walkers") == 0
    with database.reading() as session:
        own = read_vocabulary(session)
    assert own is not None
    assert own.term("kind", "class").facts["audience"] == ["walkers"]
    assert own.term("need", "grief").facts["audience_maybe"] == ["walkers"]
    assert own.term("kind", "dementia_cafe").facts["audience"] == ["elderly", "carers", "dementia"]


@pytest.mark.parametrize(
    ("what", "given", "problem"),
    [
        ("add", {"axis": "noise", "code": "loud", "ja": "大", "en": "Loud"}, "fixed_list"),
        ("retire", {"axis": "step", "code": "visit"}, "fixed_list"),
        ("edit", {"axis": "step", "code": "visit", "place": 1}, "fixed_list"),
        ("add", {"axis": "need", "code": "Bad Code", "ja": "a", "en": "b"}, "code_shape"),
        ("add", {"axis": "need", "code": "new", "ja": " ", "en": "b"}, "label"),
        ("add", {"axis": "castle", "code": "new", "ja": "a", "en": "b"}, "unknown"),
        ("edit", {"axis": "need", "code": "castle", "ja": "a"}, "unknown"),
        ("edit", {"axis": "kind", "code": "salon", "facts": {"term_days": 0}}, "term_days"),
        ("edit", {"axis": "kind", "code": "salon", "facts": {"needs": ["castle"]}}, "facts"),
        ("edit", {"axis": "kind", "code": "salon", "facts": {"audience": ["anyone"]}}, "facts"),
        ("edit", {"axis": "kind", "code": "salon", "facts": {"first_needs": ["tea"]}}, "facts"),
        ("edit", {"axis": "need", "code": "debt", "facts": {"term_days": 3}}, "facts"),
        ("replace", {"axis": "activity", "old": "tea", "new": "tea"}, "no_replacement"),
        ("replace", {"axis": "activity", "old": "tea", "new": "castle"}, "unknown"),
        ("replace", {"axis": "audience", "old": "women", "new": "anyone"}, "needed_by_engine"),
        ("replace", {"axis": "kind", "old": "hiroba", "new": "salon"}, "needed_by_engine"),
        (
            "replace",
            {"axis": "kind", "old": "b_type", "new": "activity_centre"},
            "needed_by_engine",
        ),
        ("replace", {"axis": "kind", "old": "school", "new": "salon"}, "other_nature"),
        ("replace", {"axis": "kind", "old": "unsorted", "new": "salon"}, "other_nature"),
        ("replace", {"axis": "kind", "old": "class", "new": "school"}, "other_nature"),
        ("replace", {"axis": "need", "old": "frailty", "new": "literacy"}, "needed_by_engine"),
    ],
)
def test_what_would_break_the_rules_is_refused(
    sqlite_database: Database, what: str, given: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadTerm) as refused:
        write(sqlite_database, what, **given)
    assert refused.value.problem == problem
    with sqlite_database.reading() as session:
        assert read_vocabulary(session) is None, "nothing half-written"


def test_a_list_is_never_longer_than_the_index_can_hold(sqlite_database: Database) -> None:
    room = MOST_TERMS["requirement"] - len(VOCABULARY.codes("requirement"))
    for n in range(room):
        write(sqlite_database, "add", axis="requirement", code=f"extra_{n}", ja="追", en="x")
    with pytest.raises(BadTerm, match="list_full"):
        write(sqlite_database, "add", axis="requirement", code="one_more", ja="追", en="x")


def test_words_stand_in_the_order_that_people_gave_them(sqlite_database: Database) -> None:
    write(sqlite_database, "edit", axis="language", code="jsl", place=1)
    with sqlite_database.reading() as session:
        own = read_vocabulary(session)
    assert own is not None
    codes = VOCABULARY.codes("language")
    assert own.codes("language") == ["jsl", *[c for c in codes if c != "jsl"]]
