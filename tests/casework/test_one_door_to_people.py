"""The tables about people are read in one module only, so that one function decides."""

import ast
import itertools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "resources", "matching", "casework", "jobs", "api")
GUARDED = {
    "Person": {"casework/people.py"},
    "PersonName": {"casework/people.py"},
    "AuditRow": {"casework/audit.py"},
}


def _names(tree: ast.Module) -> set[str]:
    """Return what a module uses: as a name, an attribute or an import."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add(node.name)
    return found


def _annotated_only(source: str, name: str) -> bool:
    """Tell whether a module imports the name for its types alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            inside = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if name in inside:
                return False
    return True


def test_people_and_the_audit_are_read_and_written_in_one_module_each() -> None:
    strayed = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            source = path.read_text(encoding="utf-8")
            used = _names(ast.parse(source))
            for name, homes in GUARDED.items():
                if place in homes | {"casework/models.py"} or name not in used:
                    continue
                if not _annotated_only(source, name):
                    strayed.append((place, name))
    assert strayed == []


def test_no_hand_written_sql_names_a_table_about_people() -> None:
    tables = ("person", "person_name", "audit", "account", "web_session", "api_token")
    verbs = ("from", "into", "update", "join")
    strayed = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if place == "casework/audit.py" or place.startswith("jobs/migrations/"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words = node.value.lower().split()
                    pairs = itertools.pairwise(words)
                    if any(v in verbs and t.strip('";,()') in tables for v, t in pairs) and (
                        {"select", "insert", "delete", "update"} & set(words)
                    ):
                        strayed.append((place, node.lineno))
    assert strayed == []
