"""Runs the command as a terminal would, in this process."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from terminal import Ibasho, Outcome

from api.cli import main
from api.commands import words


@pytest.fixture
def ibasho(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ibasho:
    """Run `ibasho` with these arguments and, where wanted, this on standard input."""

    def run(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["ibasho", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code: Any = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run


@pytest.fixture
def profile(tmp_path: Path) -> Callable[..., Path]:
    """Write a profile: somebody in Toshima, with whatever else is given."""

    def write(**more: object) -> Path:
        path = tmp_path / "profile.json"
        need = {"at": {"lon": 139.7148, "lat": 35.7290}, "on": "2026-12-01", **more}
        path.write_text(json.dumps(need, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def in_japanese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the terminal's locale be Japanese."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    words.language.cache_clear()
    yield
    words.language.cache_clear()


@pytest.fixture
def gazetteer(ibasho: Ibasho, tmp_path: Path) -> None:
    """Import a gazetteer of three towns."""
    file = tmp_path / "towns.csv"
    file.write_text(
        "code,pref,city,town,koaza,lat,lng\n"
        "131160001,東京都,豊島区,南大塚二丁目,,35.7309,139.7320\n"
        "131160002,東京都,豊島区,南大塚三丁目,,35.7291,139.7271\n"
        "131160003,東京都,豊島区,東池袋一丁目,,35.7305,139.7142\n",
        encoding="utf-8",
    )
    assert ibasho("import", "gazetteer", file).code == 0
