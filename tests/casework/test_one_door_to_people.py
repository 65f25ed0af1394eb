"""The tables about people are read through one door only, so that one function decides."""

import ast
import itertools
from pathlib import Path

import pytest

from casework import case_models, placement_models, record_models
from resources.models import Base

MODULES = {m.__name__ for m in (case_models, placement_models, record_models)}
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "resources", "matching", "casework", "jobs", "api")

DOORS = {
    "casework/identities.py",
    "casework/cases.py",
    "casework/case_filter.py",
    "casework/consents.py",
    "casework/exclusions.py",
    "casework/retention.py",
    "casework/kept.py",
}
"""Modules that put statements to the tables of the casework; the last two want a case opened."""

ALSO = {
    "AuditRow": {"casework/audit.py", "casework/audit_seal.py"},
    "Notice": {"casework/notices.py", "casework/waiting.py", "casework/reminders.py"},
    "Meeting": {"casework/meetings.py"},  # holds no case: these hang on a case by `MeetingCase`
    "RoomQuestion": DOORS | {"casework/room_questions.py"},  # its host's page, without the case
    "HandOff": DOORS | {"casework/stalled.py"},
    # Jobs that tell, by the calendar, only an owner who sees the case; for the second see below.
    "Placement": DOORS
    | {
        "casework/stalled.py",
        "casework/outcomes.py",
        "casework/host_counts.py",
        "casework/asking_again.py",
    },
    # Jobs that count: how it went and what the engine said of a pair, and bands of each host.
    "Person": DOORS | {"casework/outcomes.py"},
    **dict.fromkeys(
        ("PlacementStep", "Consent"), DOORS | {"casework/outcomes.py", "casework/host_counts.py"}
    ),
    # And one that reminds of contacts by the calendar, only who sees the case.
    "FollowUp": DOORS | {"casework/outcomes.py", "casework/reminders.py"},
    "Case": DOORS
    | {
        "casework/outcomes.py",
        "casework/host_counts.py",
        "casework/reminders.py",
        "casework/asking_again.py",
    },
}

READS = {
    "select", "exists", "aliased", "update", "delete", "insert", "insert_into", "get", "get_one",
    "scalar", "scalars", "execute", "query", "join", "outerjoin", "selectinload", "joinedload",
    "count", "bulk_insert_mappings", "merge", "from_statement", "select_from", "where", "filter",
    "filter_by", "having", "order_by", "options",
}  # fmt: skip


def _models() -> dict[str, str]:
    """Return the classes of the casework's tables, with the tables' names."""
    return {
        mapper.class_.__name__: str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ in MODULES
    }


def guarded() -> dict[str, set[str]]:
    """Return each table about people, and the modules that may put statements to it."""
    return dict.fromkeys(_models(), DOORS) | ALSO


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _read_in(source: str) -> set[str]:
    """Return the names that stand anywhere inside a call which makes or runs a statement."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in READS:
            for part in ast.walk(node):
                if isinstance(part, ast.Name):
                    found.add(part.id)
                elif isinstance(part, ast.Attribute):
                    found.add(part.attr)
    return found


def _strayed(place: str, source: str) -> list[tuple[str, str]]:
    used = _read_in(source)
    return [
        (place, name) for name, homes in guarded().items() if place not in homes and name in used
    ]


def _sources() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_what_is_kept_about_people_is_read_through_one_door() -> None:
    assert [found for place, source in _sources() for found in _strayed(place, source)] == []


@pytest.mark.parametrize(
    "leak",
    [
        "session.scalars(select(Person))",
        "session.get(Case, case_id)",
        "select(func.count()).select_from(CaseAgency)",
        "session.execute(select(Consent.__table__))",
        "select(Resource).where(exists().where(case_models.Person.id == x))",
        "session.execute(update(Person).values(label=''))",
        "aliased(Exclusion)",
    ],
)
def test_a_read_past_the_door_is_found(leak: str) -> None:
    assert _strayed("api/pages/somewhere.py", leak)


def test_every_table_that_hangs_on_a_case_is_guarded() -> None:
    hanging = {
        name
        for name, table in Base.metadata.tables.items()
        if {"case_id", "person_id", "consent_id", "household_id"} & set(table.columns.keys())
    }
    assert {"person", "consent", "exclusion", "case_agency"} <= hanging <= set(_models().values())


def _opens_cases(source: str) -> bool:
    """Tell whether a module makes an `Opened` of the door's (others may have a class so called)."""
    tree = ast.parse(source)
    theirs = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "casework.cases"
        and "Opened" in {name.name for name in node.names}
        for node in ast.walk(tree)
    )
    return any(
        isinstance(node, ast.Call)
        and _called(node) == "Opened"
        and (theirs or ast.unparse(node.func) == "cases.Opened")
        for node in ast.walk(tree)
    )


def test_a_case_is_opened_in_one_module_only() -> None:
    assert [place for place, source in _sources() if _opens_cases(source)] == []
    assert _opens_cases(
        "from casework.cases import Opened\nOpened(case, facts, actor, 'consent', at)"
    )
    assert _opens_cases("from casework import cases\ncases.Opened(case)")


def test_no_hand_written_sql_names_a_table_about_people() -> None:
    tables = {"audit", "account", "web_session", "api_token", *_models().values()}
    verbs = ("from", "into", "update", "join")
    strayed = []
    for place, source in _sources():
        if place.startswith("casework/audit") or place == "casework/row_security.py":
            continue  # the database's own second decision: it shows nothing to the program
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.lower().split()
                pairs = itertools.pairwise(words)
                if any(v in verbs and t.strip('";,()') in tables for v, t in pairs) and (
                    {"select", "insert", "delete", "update"} & set(words)
                ):
                    strayed.append((place, node.lineno))
    assert strayed == []
