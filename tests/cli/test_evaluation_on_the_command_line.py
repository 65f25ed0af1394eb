"""`ibasho evaluate`: outcomes as JSON Lines in, a judgement out, and nothing of anybody."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import simulated
from terminal import Ibasho


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
