"""What the law asks for a kind counts where nothing is known of the place; what is known wins."""

import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from matching.need import parse_need
from matching.store import IndexStore
from matching.table import Table
from matching.why import explain
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

VOCABULARY = default_vocabulary()


@pytest.fixture
def said(sqlite_database: Database, tmp_path: Path) -> Any:
    """What the rule says of a place of a kind that asks for something, to who has something."""
    store = IndexStore(tmp_path / "index", VOCABULARY)

    def ask(kind: str, asks: list[str] | None, holds: list[str] | None, **limits: bool) -> Any:
        parts = {"resource": {"name": f"見本{uuid.uuid4()}", "kind": kind}}
        if asks is not None:
            parts["resource"]["requirements"] = asks  # type: ignore[assignment]
        with sqlite_database.writing(by="test") as session:
            offering = register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=VOCABULARY,
                by="test",
            ).id
        need: dict[str, Any] = {"at": {"lon": 139.7148, "lat": 35.729}}
        if holds is not None or limits:
            need["limits"] = {"holds": holds, **limits}
        with sqlite_database.reading() as session:
            found = explain(session, store, parse_need(need, VOCABULARY), offering)
        return next(v for v in found.verdicts if v.rule == "requirements")

    return ask


@pytest.mark.parametrize("kind", ["a_type", "b_type", "transition"])
def test_services_by_law_want_a_certificate(said: Any, kind: str) -> None:
    lacking = said(kind, None, ["handbook"])
    assert lacking.verdict == "fail"
    assert lacking.value == ["recipient_certificate"]
    assert lacking.change.ja.startswith("受給者証があれば可")
    assert "見学" in lacking.change.ja
    held = said(kind, None, ["recipient_certificate"])
    assert held.verdict == "unknown", "what else it asks for isn't known"
    not_said = said(kind, None, None)
    assert not_said.verdict == "unknown"
    assert not_said.value == ["recipient_certificate"], "so that the question can be put"


def test_what_a_place_says_itself_wins(said: Any) -> None:
    assert said("b_type", [], ["handbook"]).verdict == "pass"
    assert said("b_type", ["referral"], ["referral"]).verdict == "pass"
    assert said("b_type", ["referral"], ["recipient_certificate"]).change.ja == (
        "参加条件（支援機関の紹介）を満たせば可"
    )


def test_other_kinds_want_nothing_by_law(said: Any) -> None:
    for kind in sorted(set(VOCABULARY.codes("kind")) - {"a_type", "b_type", "transition"}):
        found = said(kind, None, ["handbook"])
        assert (found.verdict, found.value) == ("unknown", None), kind


@pytest.mark.parametrize("kind", ["a_type", "b_type", "transition"])
def test_a_certificate_that_nobody_asked_about_is_a_question_and_no_refusal(
    said: Any, kind: str
) -> None:
    asked = said(kind, None, ["handbook"], holds_open=True)
    assert asked.verdict == "unknown"
    assert asked.value == ["recipient_certificate"], "so that the question can be put"


def test_what_is_known_to_be_held_passes_though_the_rest_was_not_asked_about(said: Any) -> None:
    assert said("b_type", ["handbook"], ["handbook"], holds_open=True).verdict == "pass"
    assert said("b_type", ["handbook", "referral"], ["handbook"], holds_open=True).verdict == (
        "unknown"
    )
    assert said("b_type", [], None, holds_open=True).verdict == "pass"
    assert said("b_type", ["referral"], ["handbook"], holds_open=False).verdict == "fail"


def test_what_a_place_asks_for_is_asked_of_the_person_where_it_isnt_known() -> None:
    own = uuid.UUID(int=1)
    row = {"id": own, "name": "架空の場", "kind": "salon", "lon": 139.71, "lat": 35.73}
    at = {"lon": 139.71, "lat": 35.73}

    def told(asked: list[str] | None, **limits: Any) -> Any:
        table = Table(pd.DataFrame([{**row, "requirements": asked}]))
        found = table.why({"at": at, "limits": limits}, own)
        return next(v for v in found.verdicts if v.rule == "requirements")

    known = told(["handbook", "residence"], holds=["residence"], holds_open=True)
    assert (known.verdict, known.of_person) == ("unknown", True)
    assert known.question.ja == "本人に確かめる：参加条件（障害者手帳）を満たすか"
    unknown = told(None)
    assert (unknown.verdict, unknown.of_person) == ("unknown", False)
    assert unknown.question.ja == "参加するのに必要な手続きや条件はありますか"
