"""The house itself: its order, its sizes, its words, what it ships."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ("geodata", "resources", "matching", "casework")
PROGRAM = ("jobs", "api")
PACKAGES = LIBRARY + PROGRAM
LONGEST_FILE = 350
VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "base",
    "common",
    "misc",
}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_run_one_way() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


HIDDEN = {"closed_loop", "simulated", "oracle", "tests", "benchmarks"}
"""What knows a simulated truth or a reference; the product must never learn of it."""


def imported(path: Path) -> set[str]:
    """Return the outermost names of what a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_module_of_the_product_knows_a_simulated_world() -> None:
    assert {named(p): imported(p) & HIDDEN for p in modules() if imported(p) & HIDDEN} == {}


def test_the_hidden_truth_is_asked_by_the_loop_alone_and_the_plain_rules_know_no_engine() -> None:
    loop = ROOT / "tests" / "support" / "closed_loop"
    asking = [
        p.stem for p in loop.glob("*.py") if re.search(r"import.*\btruth|\.truth", p.read_text())
    ]
    assert asking == ["rounds"]
    for name in ("plain_rules", "truth", "people", "town"):
        assert not imported(loop / f"{name}.py") & set(PACKAGES), name


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_this_folder(package: str) -> None:
    found = importlib.import_module(package)
    assert found.__file__ is not None
    assert Path(found.__file__).is_relative_to(ROOT / package)


def test_every_folder_of_code_is_a_package_that_is_shipped() -> None:
    listed = set(project_file()["tool"]["setuptools"]["packages"])
    standing = {named(path.parent).replace("/", ".") for path in modules()}
    assert listed == standing


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_a_file_has_a_plain_name_and_one_reason() -> None:
    assert [named(p) for p in modules() if p.stem in VAGUE_NAMES] == []


def test_no_file_is_long() -> None:
    # A migration is written once, by a tool, and is as long as what it makes.
    ours = [p for p in modules() if p.parent.name != "versions"]
    lengths = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in ours}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if named(path) != "jobs/settings.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {name.name for name in node.names}
        )
    ]
    assert readers == []


def test_the_library_opens_no_transaction() -> None:
    openers = [
        f"{named(path)}:{node.lineno}"
        for path in modules(*LIBRARY)
        if named(path) != "resources/database.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "begin", "reading", "writing")
    ]
    assert openers == []


def test_the_library_never_prints() -> None:
    printers = [
        f"{named(path)}:{node.lineno}"
        for path in modules(*LIBRARY)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printers == []


def test_every_setting_is_in_the_documentation() -> None:
    from jobs.settings import PREFIX, Settings

    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [f.name for f in fields(Settings) if f"`{PREFIX}{f.name.upper()}`" not in page]
    assert missing == []


def test_the_documentation_names_no_setting_that_does_not_exist() -> None:
    import re

    from jobs.settings import PREFIX, Settings

    known = {PREFIX + f.name.upper() for f in fields(Settings)}
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named_there = set(re.findall(rf"{PREFIX}[A-Z_]+", page.read_text(encoding="utf-8")))
        assert named_there <= known, named(page)


def project_file() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
