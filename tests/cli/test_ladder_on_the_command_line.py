"""`ibasho path` and `ibasho week` from a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import judged
import pytest
from terminal import Ibasho

from jobs.program import open_program
from jobs.settings import read_settings
from resources.commands import register_resource
from resources.registration import Registration


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


@pytest.mark.usefixtures("in_japanese")
def test_a_path_at_one_place_is_said_in_one_line(
    ibasho: Ibasho, profile: Callable[..., Path]
) -> None:
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        entry = {
            "resource": {
                "kind": "salon", "name": "架空のサロン", "needs": ["isolation"], "steps": [1, 2, 3],
            },
            "location": {"lon": 139.7148, "lat": 35.7295},
        }  # fmt: skip
        register_resource(
            session, registration=Registration.model_validate(entry),
            vocabulary=program.vocabulary, by="test",
        )  # fmt: skip
    program.close()
    file = profile(step=1, needs={"isolation": 2})
    (line,) = ibasho("path", "--profile", file).out.strip().splitlines()
    assert line.startswith("架空のサロン（点数 ")
    assert line.endswith(
        "ここで「短時間いてみる」から始めて、少しずつ「定期的に通う」へ進む見通しです。"
    )
    stages = json.loads(ibasho("path", "--profile", file, "--format", "json").out)["stages"]
    assert [s["step"] for s in stages] == [2, 3], "JSON tells each rung"


def test_where_nothing_is_found_it_is_said(ibasho: Ibasho, profile: Callable[..., Path]) -> None:
    for command in ("path", "week"):
        done = ibasho(command, "--profile", profile())
        assert done.code == 0
        assert "ません" in done.out or "o" in done.out
