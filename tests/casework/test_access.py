"""Who may see a case: each clause of the decision has its own story, and none can be left out."""

import ast
import copy
import inspect
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import FunctionType
from typing import Any

import pytest

from casework import access
from casework.access import (
    BREAK_GLASS,
    Actor,
    CaseFacts,
    Consented,
    Named,
    OnTeam,
    Opening,
    basis_of,
    changeable,
)
from casework.roles import ROLES, UnknownRole, role

AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
BEFORE, AFTER = AT - timedelta(days=30), AT + timedelta(days=30)
WHO = Actor(uuid.UUID(int=1), "sato", "support_worker", "east")
ORDINARY = CaseFacts(
    ground="consent", team=(OnTeam("east", BEFORE),), consents=(Consented("east", "support"),)
)
MEETING = CaseFacts(ground="meeting", members=(Named(WHO.account_id, BEFORE),))
OPENED = CaseFacts(ground="consent", openings=(Opening(WHO.account_id, AT),))
BARE = CaseFacts(ground="consent")
OTHER = uuid.UUID(int=2)


@dataclass(frozen=True)
class Story:
    """Somebody, a case, and whether the one sees the other."""

    told: str
    who: Actor
    case: CaseFacts
    sees: bool
    at: datetime = AT


STORIES = [
    Story("agency on the team, covered by consent", WHO, ORDINARY, True),
    Story("named for a 支援会議", WHO, MEETING, True),
    Story("opened in an emergency", WHO, OPENED, True),
    Story("nothing allows it", WHO, BARE, False),
    Story("closed account", replace(WHO, active=False), ORDINARY, False),
    Story("auditor", replace(WHO, role="auditor"), ORDINARY, False),
    Story("administrator", replace(WHO, role="administrator"), MEETING, False),
    Story("role that doesn't exist", replace(WHO, role="mayor"), OPENED, False),
    Story("team without consent", WHO, replace(ORDINARY, consents=()), False),
    Story("consent without team", WHO, replace(ORDINARY, team=()), False),
    Story("of another agency", replace(WHO, agency="west"), ORDINARY, False),
    Story("of no agency", replace(WHO, agency=None), ORDINARY, False),
    Story(
        "consent covers the other agency of the team",
        replace(WHO, agency="west"),
        replace(ORDINARY, team=(OnTeam("east", BEFORE), OnTeam("west", BEFORE))),
        False,
    ),
    Story(
        "consent covers an agency outside the team",
        replace(WHO, agency="west"),
        replace(ORDINARY, consents=(Consented("west", "support"),)),
        False,
    ),
    Story(
        "consent withdrawn",
        WHO,
        replace(ORDINARY, consents=(Consented("east", "support", withdrawn=True),)),
        False,
    ),
    Story(
        "one of two consents withdrawn",
        WHO,
        replace(
            ORDINARY,
            consents=(Consented("east", "support", withdrawn=True), Consented("east", "support")),
        ),
        True,
    ),
    Story(
        "consent for telling a host only",
        WHO,
        replace(ORDINARY, consents=(Consented("east", "referral"),)),
        False,
    ),
    Story("left the team", WHO, replace(ORDINARY, team=(OnTeam("east", BEFORE, AT),)), False),
    Story("leaves the team later", WHO, replace(ORDINARY, team=(OnTeam("east", BEFORE, AFTER),)), True),
    Story("joins the team later", WHO, replace(ORDINARY, team=(OnTeam("east", AFTER),)), False),
    Story("joins the team now", WHO, replace(ORDINARY, team=(OnTeam("east", AT),)), True),
    Story(
        "a team and consent don't open a case of a 支援会議",
        WHO,
        replace(ORDINARY, ground="meeting"),
        False,
    ),
    Story(
        "who was named sees an ordinary case no longer",
        WHO,
        replace(MEETING, ground="consent"),
        False,
    ),
    Story("somebody else is named", WHO, replace(MEETING, members=(Named(OTHER, BEFORE),)), False),
    Story(
        "left the 支援会議",
        WHO,
        replace(MEETING, members=(Named(WHO.account_id, BEFORE, AT),)),
        False,
    ),
    Story(
        "somebody else opened it", WHO, replace(OPENED, openings=(Opening(OTHER, AT),)), False
    ),
    Story("half an hour later", WHO, OPENED, False, AT + BREAK_GLASS),
    Story("a moment before that", WHO, OPENED, True, AT + BREAK_GLASS - timedelta(seconds=1)),
    Story("before it was opened", WHO, OPENED, False, AT - timedelta(seconds=1)),
    *(
        Story(f"excluded {what}, though {why}", WHO, replace(case, **ban), False)  # type: ignore[arg-type]
        for why, case in (("covered", ORDINARY), ("named", MEETING), ("opened", OPENED))
        for what, ban in (
            ("in person", {"excluded_accounts": frozenset({WHO.account_id})}),
            ("with the agency", {"excluded_agencies": frozenset({"east"})}),
        )
    ),
    Story(
        "somebody else is excluded",
        WHO,
        replace(
            ORDINARY,
            excluded_accounts=frozenset({OTHER}),
            excluded_agencies=frozenset({"west"}),
        ),
        True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.told)
def test_the_decision(story: Story) -> None:
    assert access.visible(story.who, story.case, story.at) == story.sees


def _decisions() -> list[str]:
    return ["visible", "_by_consent", "_by_meeting", "_by_break_glass", "_lasts", "consents_cover"]


def _operands(tree: ast.AST) -> Iterator[tuple[ast.BoolOp, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            for index in range(len(node.values)):
                yield node, index


def mutants() -> Iterator[Any]:
    """Yield the decision's source with one clause taken out, for each clause of it."""
    source = ast.parse(inspect.getsource(access))
    total = 0
    for name in _decisions():
        function = next(n for n in source.body if isinstance(n, ast.FunctionDef) and n.name == name)
        clauses = [ast.unparse(node.values[i]) for node, i in _operands(function)]
        for number, clause in enumerate(clauses):
            total += 1
            yield pytest.param(name, number, id=f"{name} without {' '.join(clause.split())[:60]}")
    assert total >= 15


def without_clause(name: str, number: int) -> Callable[[Actor, CaseFacts, datetime], bool]:
    """Return the decision as it is without one clause, compiled from its own source."""
    source = copy.deepcopy(ast.parse(inspect.getsource(access)))
    function = next(n for n in source.body if isinstance(n, ast.FunctionDef) and n.name == name)
    node, index = list(_operands(function))[number]
    del node.values[index]
    if len(node.values) == 1:  # an operator wants two: "x and True" or "x or False" is x
        node.values.append(ast.Constant(isinstance(node.op, ast.And)))
    space = {**vars(access)}
    wanted = [n for n in source.body if isinstance(n, ast.FunctionDef)]
    module = ast.fix_missing_locations(ast.Module(body=list(wanted), type_ignores=[]))
    exec(compile(module, "mutant", "exec"), space)
    mutated = space["visible"]
    assert isinstance(mutated, FunctionType)
    return mutated


def _notices(story: Story, mutated: Callable[[Actor, CaseFacts, datetime], bool]) -> bool:
    try:
        return mutated(story.who, story.case, story.at) != story.sees
    except TypeError:  # a clause that guarded another one is gone
        return True


@pytest.mark.parametrize(("name", "number"), list(mutants()))
def test_no_clause_of_the_decision_can_be_left_out(name: str, number: int) -> None:
    mutated = without_clause(name, number)
    caught = [s.told for s in STORIES if _notices(s, mutated)]
    assert caught, "no story notices that this clause is gone"


def test_the_unmutated_source_tells_every_story_right() -> None:
    space = {**vars(access)}
    exec(compile(inspect.getsource(access), "whole", "exec"), space)
    assert [s.told for s in STORIES if space["visible"](s.who, s.case, s.at) != s.sees] == []


def test_what_is_open_by_break_glass_is_to_read_only() -> None:
    assert not changeable(WHO, OPENED, AT)
    assert basis_of(WHO, OPENED, AT) == "break_glass"
    both = replace(ORDINARY, openings=OPENED.openings)
    assert changeable(WHO, both, AT)
    assert basis_of(WHO, both, AT) == "consent"
    assert basis_of(WHO, MEETING, AT) == "meeting"
    assert basis_of(WHO, BARE, AT) is None


@pytest.mark.parametrize("code", list(ROLES))
def test_the_keepers_of_the_system_see_no_case_and_staff_those_of_their_agency(code: str) -> None:
    keepers = {"auditor", "administrator", "host"}
    assert access.visible(replace(WHO, role=code), ORDINARY, AT) == (code not in keepers)


def test_an_unknown_role_can_not_be_given() -> None:
    with pytest.raises(UnknownRole):
        role("mayor")
