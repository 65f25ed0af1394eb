"""Words that say for which of its kind's people a place is, whose kin somebody is, and who comes along."""

import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from matching.need import parse_need
from matching.store import IndexStore
from matching.table import Table
from matching.why import explain
from resources import terms
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

ID = uuid.UUID(int=1)
AT = {"lon": 139.7148, "lat": 35.7290}


def _verdict(rule: str, place: dict[str, Any], **need: Any) -> str | None:
    table = Table(pd.DataFrame([{"id": ID, "name": "架空の場", **AT, **place}]))
    told = table.why({"at": AT, **need}, ID)
    return next((v.verdict for v in told.verdicts if v.rule == rule), None)


MOTHERS = {"kind": "parenting_base", "audience": ["parents", "women"]}
FOREIGN_PARENTS = {"kind": "parenting_base", "audience": ["parents", "foreign"]}


@pytest.mark.parametrize(
    ("place", "need", "expected"),
    [
        (MOTHERS, {"age": 29, "limits": {"gender": "female", "with_child": True}}, "pass"),
        (MOTHERS, {"age": 29, "limits": {"gender": "female"}}, "unknown"),  # perhaps with child
        (MOTHERS, {"age": 72, "limits": {"gender": "female"}}, "fail"),
        (MOTHERS, {"age": 29, "limits": {"gender": "male"}}, "fail"),
        (MOTHERS, {"age": 16, "limits": {"gender": "female"}}, "fail"),
        (MOTHERS, {}, "unknown"),  # of a first call neither is known
        (FOREIGN_PARENTS, {"age": 72, "needs": {"foreign": 2}}, "fail"),
        (FOREIGN_PARENTS, {"age": 30, "needs": {"foreign": 2}}, "unknown"),
        (FOREIGN_PARENTS, {"age": 30, "needs": {"foreign": 2, "childcare": 1}}, "pass"),
        (FOREIGN_PARENTS, {"age": 30, "needs": {"childcare": 1}}, "unknown"),
        # Where none of the kind's own people is named, or the kind has none, the words stand as such.
        ({"kind": "parenting_base", "audience": ["women"]}, {"limits": {"gender": "female"}}, "pass"),
        ({"kind": "salon", "audience": ["parents", "women"]}, {"limits": {"gender": "female"}}, "pass"),
        # Another age isn't a word about which of them: such a base is for both.
        ({"kind": "parenting_base", "audience": ["parents", "elderly"]}, {"age": 72}, "pass"),
        ({"kind": "parenting_base", "audience": ["parents", "anyone"]}, {"age": 72}, "pass"),
    ],
)  # fmt: skip
def test_a_place_that_names_its_kinds_people_is_for_those(
    place: dict[str, Any], need: dict[str, Any], expected: str
) -> None:
    assert _verdict("audience", place, **need) == expected


KIN = {"kind": "self_help", "audience": ["carers"], "needs": ["family", "addiction"]}


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"family": 3, "debt": 2}, "unknown"),  # whose husband gambles: the host is asked
        ({"family": 2, "addiction": 3}, "fail"),  # who gambles, and whose family suffers
        ({"family": 2}, "unknown"),
        ({"family": 2, "isolation": 3, "poverty": 3}, "unknown"),  # nothing that kin stand beside
        ({"eight_fifty": 2, "isolation": 3}, "unknown"),  # the mother
        ({"eight_fifty": 2, "withdrawal": 3}, "fail"),  # her son
        ({"eight_fifty": 3, "withdrawal": 3}, "unknown"),
        ({"caregiving": 1, "addiction": 3}, "pass"),  # who says that they care for somebody does
        ({"isolation": 3}, "fail"),
    ],
)
def test_trouble_in_the_family_may_be_kins_unless_something_of_ones_own_weighs_more(
    needs: dict[str, int], expected: str
) -> None:
    assert _verdict("audience", KIN, age=38, needs=needs) == expected


@pytest.mark.parametrize(
    ("alcohol", "need", "expected"),
    [
        (True, {"limits": {"with_child": True}}, "fail"),
        (False, {"limits": {"with_child": True}}, "pass"),
        (None, {"limits": {"with_child": True}}, "pass"),  # no mother asks that of every base
        (None, {"limits": {"with_child": True}, "needs": {"addiction": 1}}, "unknown"),
        (None, {"age": 17}, "unknown"),
        (True, {"age": 40}, None),
    ],
)
def test_nobody_takes_a_child_where_alcohol_is_known_to_be_served(
    alcohol: bool | None, need: dict[str, Any], expected: str | None
) -> None:
    assert _verdict("sober", {"kind": "salon", "alcohol": alcohol}, **need) == expected


@pytest.mark.parametrize(
    ("accepted", "need", "expected"),
    [
        (["women"], {"limits": {"gender": "male", "with_child": True}}, "fail"),
        (["women"], {"limits": {"gender": "female", "with_child": True}}, "pass"),
        (["women"], {"limits": {"with_child": True}}, "unknown"),
        (["foreign"], {"needs": {"childcare": 2}}, "fail"),
        (["withdrawn"], {"limits": {"gender": "male", "with_child": True}}, "unknown"),
        (["parents", "men"], {"limits": {"gender": "male", "with_child": True}}, "pass"),
    ],
)
def test_who_is_surely_none_of_the_women_that_are_accepted_is_not_asked_about(
    accepted: list[str], need: dict[str, Any], expected: str
) -> None:
    place = {"kind": "parenting_base", "audience": ["parents"], "accepted_audience": accepted}
    assert _verdict("audience", place, **{"age": 40, **need}) == expected


@pytest.mark.parametrize(
    ("usual", "said", "need", "expected"),
    [
        (["women"], ["women"], {"limits": {"gender": "female"}}, "pass"),
        (["women"], ["women"], {"limits": {"gender": "male"}}, "fail"),
        (["women", "children"], ["women", "children"], {"limits": {"gender": "female"}}, "pass"),
        (["women", "children"], ["women", "children"], {"limits": {"gender": "male"}}, "fail"),
        (["foreign"], ["foreign"], {"needs": {"foreign": 2}}, "pass"),
        (["foreign"], ["foreign"], {"needs": {"isolation": 2}}, "fail"),
    ],
)
def test_a_kinds_own_people_may_be_women(
    sqlite_database: Database, tmp_path: Path, usual: list[str], said: list[str],
    need: dict[str, Any], expected: str,
) -> None:  # fmt: skip
    with sqlite_database.writing(by="test") as session:
        terms.edit_term(session, axis="kind", code="class", facts={"audience": usual}, by="test")
        parts = {
            "resource": {"name": "架空の教室", "kind": "class", "audience": said},
            "location": AT,
        }
        offering = register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=default_vocabulary(), by="test",
        ).id  # fmt: skip
    store = IndexStore(tmp_path / "index", default_vocabulary())
    asked = parse_need({"at": AT, "age": 30, **need}, default_vocabulary())
    with sqlite_database.reading() as session:
        told = explain(session, store, asked, offering)
    assert told is not None
    assert {v.rule: v.verdict for v in told.verdicts}["audience"] == expected
