"""`ibasho evaluate`: outcomes as JSON Lines in, a judgement out, and nothing of anybody."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import simulated
from terminal import Ibasho

from jobs.program import open_program
from jobs.settings import read_settings
from resources.lists_shown import FEWEST_LISTS, count_list


def written(path: Path, n: int) -> Path:
    lines = [
        json.dumps({**asdict(o), "on": o.on.isoformat()}, ensure_ascii=False)
        for o in simulated.outcomes(n)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_outcomes_are_judged_in_both_forms(ibasho: Ibasho, tmp_path: Path) -> None:
    file = written(tmp_path / "outcomes.jsonl", 900)
    found = json.loads(ibasho("evaluate", file, "--format", "json").out)
    assert found["used"] is (found["reason"] == "better")
    assert found["learned_from"] + found["judged_by"] < 900  # of some it isn't known yet
    table = ibasho("evaluate", file)
    assert table.code == 0
    assert "nDCG@10" in table.out
    few = ibasho("evaluate", written(tmp_path / "few.jsonl", 30))
    assert (few.code, few.err) == (0, "")


@pytest.mark.parametrize("line", ["{", "[]", '{"on": "2026-01-01"}'])
def test_a_line_that_cannot_be_used_is_named_and_nothing_of_it_is_repeated(
    ibasho: Ibasho, tmp_path: Path, line: str
) -> None:
    file = written(tmp_path / "outcomes.jsonl", 3)
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    done = ibasho("evaluate", file)
    assert (done.code, done.out) == (2, "")
    assert "4" in done.err
    assert "2026-01-01" not in done.err


def test_without_a_file_what_is_recorded_here_is_judged_and_said_to_be_off(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    done = ibasho("evaluate")
    assert (done.code, done.err) == (0, "")
    assert "don't go by anything learned" in done.out
    picture = tmp_path / "plot.svg"
    file = written(tmp_path / "outcomes.jsonl", 900)
    assert ibasho("evaluate", file, "--plot", picture).code == 0
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    groups = (tmp_path / "plot-groups.svg").read_text(encoding="utf-8")
    assert groups.startswith("<svg")
    assert groups.count("<rect") >= 2 * 2 + 2  # two bars for each group, and what they stand for


def test_what_staff_were_shown_here_is_told_beside_and_of_a_file_it_is_not_known(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        for band in [*["65-"] * FEWEST_LISTS, None]:
            count_list(session, [], band=band, on=date(2026, 1, 5))
    program.close()
    found = ibasho("evaluate", "--format", "json").json
    assert found["exposure"] == [
        {"name": "65-", "lists": FEWEST_LISTS, "places_per_list": 0.0, "with_nothing": 1.0}
    ]
    assert found["exposure_too_small"] == 1
    picture = tmp_path / "plot.svg"
    table = ibasho("evaluate", "--plot", picture).out
    assert "Places per list" in table
    assert "fewer than 20 lists" in table
    assert "65-" in (tmp_path / "plot-groups.svg").read_text(encoding="utf-8")
    file = written(tmp_path / "outcomes.jsonl", 900)
    assert ibasho("evaluate", file, "--format", "json").json["exposure"] is None


@pytest.mark.parametrize("plot", ["nowhere/picture.svg", "picture.png", "picture"])
def test_a_picture_is_written_where_it_can_be(ibasho: Ibasho, tmp_path: Path, plot: str) -> None:
    done = ibasho("evaluate", written(tmp_path / "few.jsonl", 30), "--plot", tmp_path / plot)
    assert done.code == 2
    assert ".svg" in done.err
    assert not (tmp_path / plot).exists()


def test_what_has_not_come_yet_is_no_outcome(ibasho: Ibasho, tmp_path: Path) -> None:
    file = written(tmp_path / "ahead.jsonl", 30)
    lines = file.read_text(encoding="utf-8").splitlines()
    ahead = json.loads(lines[2]) | {"on": "2190-01-01"}
    file.write_text("\n".join([*lines[:2], json.dumps(ahead)]), encoding="utf-8")
    done = ibasho("evaluate", file)
    assert done.code == 2
    assert "3" in done.err
