"""Whatever writes a table for a spreadsheet defuses the cells that would run there as formulas."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"writer", "DictWriter", "Workbook", "to_csv", "to_excel"}


def _calls(path: Path) -> set[str]:
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_every_module_that_writes_cells_defuses_them() -> None:
    writing = {
        path.relative_to(ROOT).as_posix(): _calls(path)
        for package in ("geodata", "resources", "matching", "casework", "jobs", "api")
        for path in sorted((ROOT / package).rglob("*.py"))
        if WRITES & _calls(path)
    }
    assert "resources/municipal_export.py" in writing
    assert [name for name in writing if "defused" not in _names(ROOT / name)] == []
