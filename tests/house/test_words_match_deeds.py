"""What the documentation tells people to type exists, and its links lead somewhere."""

import re
from collections import Counter
from pathlib import Path

import pytest

from api.cli import app
from jobs.tasks import TASKS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def commands() -> set[str]:
    """Return every command of the command line, groups with their commands."""
    import typer.main

    root = typer.main.get_command(app)
    found = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        found.add(name)
        found.update(f"{name} {below}" for below in getattr(command, "commands", {}))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_command_that_is_written_down_exists(page: Path) -> None:
    known = commands()
    groups = {name.split()[0] for name in known if " " in name}
    text = page.read_text(encoding="utf-8")
    for noun, verb in re.findall(
        r"(?:^|`|bin/)ibasho ([a-z]+)(?: ([a-z]+)\b(?![:/.]))?", text, re.M
    ):
        assert noun in known, f"ibasho {noun}"
        if noun in groups and verb:
            assert f"{noun} {verb}" in known or noun == "jobs", f"ibasho {noun} {verb}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_target_of_make_that_is_written_down_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    for name in ("README.md", "README.ja.md"):
        head = (ROOT / name).read_text(encoding="utf-8").splitlines()[:6]
        assert [line.split("  ")[0] for line in head if line.startswith("make ")] == [
            "make run",
            "make test",
        ]


def test_the_readme_says_that_the_demo_is_invented() -> None:
    assert "invented" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "架空" in (ROOT / "README.ja.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_paragraph_begins_as_another_does(page: Path) -> None:
    begun = Counter(re.findall(r"^(?:\*\*[^*]+\*\*|\| `[^|]+\|)", page.read_text(), re.MULTILINE))
    assert [words for words, times in begun.items() if times > 1] == []


def test_the_table_of_jobs_names_every_kind_once() -> None:
    told = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "jobs.md").read_text(), re.MULTILINE)
    kinds = [kind for cell in told if "IBASHO" not in cell for kind in re.findall(r"`(\w+)`", cell)]
    assert sorted(kinds) == sorted(TASKS)
