"""What is said of a person, and of whom a place is for, is understood no further than it goes."""

import uuid
from typing import Any

import pandas as pd
import pytest

from matching.table import Table

ID, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
AT = {"lon": 139.71, "lat": 35.73}


def place(**row: Any) -> dict[str, Any]:
    return {"id": ID, "name": "架空の場", "kind": "self_help", **AT, **row}


def verdict(rule: str, need: dict[str, Any], **row: Any) -> str:
    told = Table(pd.DataFrame([place(**row)])).why({"at": AT, **need}, ID)
    return {v.rule: v.verdict for v in told.verdicts}[rule]


@pytest.mark.parametrize(
    ("audience", "limits", "expected"),
    [
        (["parents", "women"], {"with_child": True, "gender": "male"}, "unknown"),
        (["parents", "women"], {"with_child": True, "gender": "female"}, "pass"),
        (["parents", "women"], {"with_child": True}, "unknown"),
        (["parents", "women"], {"with_child": True, "gender": "other"}, "unknown"),
        (["parents", "men"], {"with_child": True, "gender": "female"}, "unknown"),
        (["parents", "foreign"], {"with_child": True, "gender": "male"}, "unknown"),
        (["parents", "foreign", "men"], {"with_child": True, "gender": "male"}, "pass"),
        (["parents"], {"with_child": True, "gender": "male"}, "pass"),
    ],
)
def test_a_parent_who_is_not_known_to_be_of_those_named_is_asked_about(
    audience: list[str], limits: dict[str, Any], expected: str
) -> None:
    asked = {"age": 35, "needs": {"childcare": 2}, "limits": limits}
    assert verdict("audience", asked, kind="parenting_base", audience=audience) == expected


@pytest.mark.parametrize(
    ("audience", "limits", "expected"),
    [
        (["recovering", "women"], {"gender": "male"}, "unknown"),
        (["recovering", "women"], {"gender": "female"}, "pass"),
        (["recovering", "women"], {}, "unknown"),
        (["recovering"], {"gender": "male"}, "pass"),
        (["women"], {"gender": "female"}, "pass"),
    ],
)
def test_a_circle_that_names_women_is_for_women_of_its_people(
    audience: list[str], limits: dict[str, Any], expected: str
) -> None:
    for kind in ("self_help", "salon"):
        asked = {"age": 35, "needs": {"addiction": 3}, "limits": limits}
        assert verdict("audience", asked, kind=kind, audience=audience) == expected
        other = {"age": 35, "needs": {"isolation": 3}, "limits": {"gender": "female"}}
        in_circle = "recovering" in audience
        assert verdict("audience", other, kind=kind, audience=audience) == (
            "fail" if in_circle else "pass"
        )


@pytest.mark.parametrize(
    ("need", "audience", "expected"),
    [
        ({}, ["disability"], "unknown"),
        ({}, ["hardship", "job_seekers"], "unknown"),
        ({}, ["carers"], "fail"),
        ({}, ["bereaved", "withdrawn"], "unknown"),
        ({"needs": {"isolation": 3}}, ["disability"], "fail"),
        ({"limits": {"holds": ["handbook"]}}, ["disability"], "pass"),
        ({"needs": {"isolation": 3}, "limits": {"holds": ["recipient_certificate"]}},
         ["disability"], "pass"),
        ({"limits": {"holds": ["membership"]}}, ["disability"], "unknown"),
    ],
)  # fmt: skip
def test_of_whom_no_need_is_said_no_need_is_denied(
    need: dict[str, Any], audience: list[str], expected: str
) -> None:
    assert verdict("audience", {"age": 40, **need}, kind="salon", audience=audience) == expected


@pytest.mark.parametrize("code", ["truancy", "bullying", "young_carer"])
def test_who_must_be_taken_for_a_pupil_is_sent_only_where_children_are_safe(code: str) -> None:
    for known, expected in ((True, "pass"), (False, "fail"), (None, "fail")):
        assert verdict("child_safe", {"needs": {code: 3}}, child_safe=known) == expected


@pytest.mark.parametrize(
    ("circle", "needs", "full"),
    [
        ({"audience": ["carers"]}, {"caregiving": 3}, True),
        ({"audience": ["carers"]}, {"grief": 3}, False),
        ({"audience": ["carers", "anyone"]}, {"caregiving": 3}, False),
        ({"audience": ["bereaved"], "kind": "salon"}, {"grief": 3}, True),
        ({"audience": ["carers"], "accepted_audience": ["bereaved"]}, {"caregiving": 3}, False),
        ({"audience": ["elderly"], "kind": "salon"}, {"isolation": 3}, False),
    ],
)
def test_a_circle_that_says_nothing_of_needs_answers_those_of_its_people(
    circle: dict[str, Any], needs: dict[str, int], full: bool
) -> None:
    """As one does that says so: what only its kind usually answers counts in part."""
    asked = {"at": AT, "age": 70, "needs": needs}
    rows = [place(**circle), place(id=OTHER, name="言う場", needs=list(needs))]
    rows[1] |= {k: v for k, v in circle.items() if k != "accepted_audience"}
    table = Table(pd.DataFrame(rows))
    said, stated = (table.why(asked, own).suggestion.contributions["needs"] for own in (ID, OTHER))
    assert (said == stated) is full
    assert said <= stated


@pytest.mark.parametrize(
    ("ages", "age", "expected", "evidence"),
    [
        ({"age_min": 20, "accepted_age_max": 30}, 15, "fail", ("age_min", 20)),
        ({"age_min": 20, "accepted_age_max": 30}, 31, "fail", ("accepted_age_max", 30)),
        ({"age_min": 20, "age_max": 49, "accepted_age_max": 62}, 60, "pass",
         ("accepted_age_max", 62)),
        ({"age_min": 65, "accepted_age_min": 40}, 50, "pass", ("accepted_age_min", 40)),
        ({"age_min": 65, "age_max": 90, "accepted_age_min": 40}, 95, "fail", ("age_max", 90)),
        ({"age_min": 65, "accepted_age_max": 30}, 20, "pass", ("accepted_age_max", 30)),
        ({"age_min": 65, "accepted_age_max": 30}, 70, "fail", ("accepted_age_max", 30)),
        ({"accepted_age_min": 18}, 17, "fail", ("accepted_age_min", 18)),
    ],
)  # fmt: skip
def test_a_bound_that_is_said_of_who_is_accepted_leaves_the_other_as_it_was(
    ages: dict[str, int], age: int, expected: str, evidence: tuple[str, int]
) -> None:
    told = Table(pd.DataFrame([place(kind="salon", **ages)])).why({"at": AT, "age": age}, ID)
    found = {v.rule: v for v in told.verdicts}["age"]
    assert found.verdict == expected
    assert (found.field, found.value) == evidence
