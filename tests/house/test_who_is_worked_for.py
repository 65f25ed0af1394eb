"""Every transaction that shows people says for whom it works; work of the program says so aloud."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SYSTEM = {
    "api/commands/backups.py": "verifies a copy against the database",
    "api/commands/retention.py": "looks what is past its term",
    "api/commands/evaluating.py": "judges how all placements went, and shows figures alone",
    "api/commands/maintenance.py": "refuses the demo where there are real people",
    "jobs/backup/making.py": "a copy is of everything",
    "jobs/backup/restoring.py": "a copy is brought back whole",
    "jobs/belonging.py": "counts what is sealed and can't be opened; shows nothing of it",
    "jobs/keys.py": "looks whether the keys fit what is sealed; shows nothing of it",
    "jobs/demo/load.py": "stores the invented people",
    "jobs/rotation.py": "seals everything with a new key",
    "jobs/runtime.py": "runs the jobs",
    "jobs/schema.py": "migrates what is stored",
}
"""Modules whose transactions work for no person, and see all cases; each with its reason."""

DECIDES = {"casework/exclusions.py", "casework/retention.py"}
"""Where all cases are looked at while it is decided who may see one."""

WITHOUT_PEOPLE = {
    "api/dependencies.py", "api/figures.py", "api/health.py", "api/hsds/paged.py", "api/oidc.py",
    "api/one_turn.py", "api/open_data.py", "api/pages/accounts.py", "api/pages/case_access.py",
    "api/pages/own_account.py", "api/pages/query.py", "api/pages/second_factor.py",
    "api/signin.py", "api/warming.py",
}  # fmt: skip
"""Modules of the web that open transactions themselves; what they show is about no case."""


def _calls(path: Path) -> list[tuple[str, bool]]:
    """Return the calls that open a transaction, and whether each says for whom."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("reading", "writing", "snapshot", "connecting", "looking")
            and "database" in ast.unparse(node.func.value)
        ):
            found.append((node.func.attr, any(k.arg == "said" for k in node.keywords)))
    return found


def _modules(*packages: str) -> list[tuple[str, Path]]:
    return [
        (path.relative_to(ROOT).as_posix(), path)
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
    ]


def _names(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(tree))


@pytest.mark.parametrize(("name", "homes"), [("as_system", set(SYSTEM)), ("deciding", DECIDES)])
def test_who_sees_all_cases_is_listed_with_a_reason(name: str, homes: set[str]) -> None:
    found = {
        place
        for place, path in _modules("resources", "matching", "casework", "jobs", "api")
        if _names(path, name) and "versions" not in path.parts
    }
    assert found == homes


def test_a_handler_takes_its_session_from_the_one_place_that_says_for_whom() -> None:
    opening = {
        place
        for place, path in _modules("api")
        if "commands" not in path.parts and any(not said for _, said in _calls(path))
    }
    assert opening == WITHOUT_PEOPLE
    assert ("writing", True) in _calls(ROOT / "api/dependencies.py")


def test_copies_and_connections_past_the_sessions_say_for_whom() -> None:
    silent = [
        (place, kind)
        for place, path in _modules("jobs", "api")
        for kind, said in _calls(path)
        if kind in ("snapshot", "connecting") and not said
    ]
    assert silent == []
