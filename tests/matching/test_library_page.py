"""The library's page runs from top to bottom as it is written, without a database."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import matching
from matching.columns import Columns
from matching.table import BadTable, Table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"


def test_the_page_runs_and_its_pictures_and_sums_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 5
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), known)
    answer = known["answer"]
    assert next(s.place.name for s in answer.suggestions) == "本の部屋（架空）"
    assert "大広間の会（架空）" not in {s.place.name for s in answer.suggestions}
    for s in answer.suggestions:
        assert known["scores"][s.place.name] == pytest.approx(s.score / 10_000)
    assert (tmp_path / "suggestions.png").stat().st_size > 10_000
    assert known["shared"].placed == 3
    assert "人混み" in capsys.readouterr().out


def test_what_is_absent_is_unknown_and_what_is_full_is_left_out() -> None:
    rows = pd.DataFrame(
        [
            {"name": "あ", "kind": "salon", "lon": 139.71, "lat": 35.73, "fee_yen": None},
            {"name": "い", "kind": "salon", "lon": 139.71, "lat": 35.731, "fee_yen": 100,
             "verified_on": date(2026, 11, 1), "availability": "capacity", "places": 0},
        ]
    )  # fmt: skip
    answer = Table(rows).suggest(
        {"at": {"lon": 139.71, "lat": 35.73}, "limits": {"max_yen": 300}, "on": "2026-12-01"}
    )
    (only,) = answer.suggestions
    verdicts = {v.rule: v.verdict for v in only.verdicts}
    assert (only.place.name, verdicts["fee"], verdicts["windows"]) == ("あ", "unknown", "unknown")
    assert answer.removed_by == {"places": 1}
    assert isinstance(Table(rows).index.base.columns, Columns)


@pytest.mark.parametrize(
    "when", ["放課後～18:30", "月～金", "火曜 10時半", "月～金9:00～19:00（お盆休み）"]
)
def test_hours_that_are_said_in_part_neither_pass_nor_fail(when: str) -> None:
    rows = pd.DataFrame(
        [
            {"name": "あ", "kind": "salon", "lon": 139.71, "lat": 35.73, "schedule": when},
            {"name": "い", "kind": "salon", "lon": 139.71, "lat": 35.731, "schedule": "火曜9:00～19:00"},
        ]
    )  # fmt: skip
    window = {"day": "tue", "from": "10:00", "to": "19:00"}
    answer = Table(rows).suggest(
        {"at": {"lon": 139.71, "lat": 35.73}, "windows": [window], "on": "2026-12-01"}
    )
    verdicts = {
        s.place.name: {v.rule: v.verdict for v in s.verdicts}["windows"]
        for s in answer.suggestions
    }  # fmt: skip
    assert verdicts == {"あ": "unknown", "い": "pass"}


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "あ"}],
        [{"name": "あ", "kind": "salon", "colour": "red"}],
        [{"name": "あ", "kind": "unheard of"}],
        [{"name": None, "kind": "salon"}],
        [{"name": "あ", "kind": "salon", "schedule": "気が向いたら"}],
    ],
)
def test_a_table_that_cannot_be_used_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(BadTable):
        Table(pd.DataFrame(rows))


def test_what_the_library_offers_at_its_door_is_there_and_nothing_else() -> None:
    for name in matching.__all__:
        assert getattr(matching, name) is not None
    with pytest.raises(AttributeError):
        getattr(matching, "nothing_of_that_name")  # noqa: B009
