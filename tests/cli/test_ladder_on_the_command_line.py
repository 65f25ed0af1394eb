"""`ibasho path` and `ibasho week` from a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import judged
from terminal import Ibasho

from jobs.program import open_program
from jobs.settings import read_settings


def test_a_path_and_a_week_are_shown_in_both_forms(
    ibasho: Ibasho, profile: Callable[..., Path], tmp_path: Path
) -> None:
    program = open_program(read_settings())
    judged.Town(program.database, program.store)
    program.close()
    file = profile(**next(v.need for v in judged.vignettes() if v.title.startswith("離職")))
    path = json.loads(ibasho("path", "--profile", file, "--format", "json").out)
    assert [s["step"] for s in path["stages"]] == [4, 5]
    week = json.loads(ibasho("week", "--profile", file, "--format", "json").out)
    assert 1 <= len(week["sessions"]) <= 2
    assert week["sessions"][0]["name"] in ibasho("week", "--profile", file).out
    assert path["stages"][0]["name"] in ibasho("path", "--profile", file).out


def test_where_nothing_is_found_it_is_said(ibasho: Ibasho, profile: Callable[..., Path]) -> None:
    for command in ("path", "week"):
        done = ibasho(command, "--profile", profile())
        assert done.code == 0
        assert "ません" in done.out or "o" in done.out
