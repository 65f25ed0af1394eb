"""The library's page runs from top to bottom as it is written, without a database."""

import re
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import matching
from matching.columns import Columns
from matching.need import At, BadNeed
from matching.table import Table
from matching.table_rows import BadTable

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
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
    for number, s in enumerate(answer.suggestions, 1):
        assert known["scores"][number] == pytest.approx(s.score / 10_000)
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
        [{"name": "あ", "kind": "salon", "schedule": {"rules": [{"days": ["月"]}]}}],
        [{"name": "あ", "kind": "salon", "availability": "full"}],
        [{"name": "あ", "kind": "salon", "availability_said_by": "a friend"}],
        [{"name": "あ", "kind": "salon", "gender": "women"}],
        [{"name": "あ", "kind": "salon", "noise": "quiet"}],
        [{"name": "あ", "kind": "salon", "status": "active"}],
        [{"name": "あ", "kind": "salon", "audience": ["adults"]}],
        [{"name": "あ", "kind": "salon", "needs": "isolation"}],
        [{"name": "あ", "kind": "salon", "needs": ["isolationn"]}],
        [{"name": "あ", "kind": "salon", "steps": ["visit"]}],
        [{"name": "あ", "kind": "salon", "children_present": 0.3}],
        [{"name": "あ", "kind": "salon", "age_min": 90, "age_max": 10}],
        [{"name": "あ", "kind": "salon", "fee_yen": -5}],
        [{"name": "あ", "kind": "salon", "lon": 35.73, "lat": 139.71}],
        [{"name": "あ", "kind": "salon", "lon": 139.71}],
        [{"name": "あ", "kind": "salon", "id": "o-1"}],
        [{"name": "あ", "kind": "salon", "answer_days": 1.5}],
        [
            {"name": n, "kind": "salon", "id": "5b1f6d2e-6c1b-4c0e-9c36-0a5f9d7f8f11"}
            for n in "あい"
        ],
    ],
)
def test_a_table_that_cannot_be_used_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(BadTable):
        Table(pd.DataFrame(rows))


def test_a_table_may_hold_what_files_make_of_it(tmp_path: Path) -> None:
    host = uuid.UUID(int=7)
    row = {
        "id": uuid.UUID(int=1), "name": "あ", "kind": "salon", "lon": 139.71, "lat": 35.73,
        "organization_id": host, "needs": ["isolation"], "steps": [1, 2], "online": True,
        "age_min": 18, "verified_on": date(2026, 11, 1), "availability": "capacity",
        "availability_said_on": date(2026, 10, 15), "availability_said_by": "call",
        "schedule": "火曜9:00～19:00",
    }  # fmt: skip
    need = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3}, "step": 1}
    plain = pd.DataFrame([row, {"name": "い", "kind": "salon", "schedule": ""}])
    plain.to_csv(tmp_path / "places.csv", index=False)
    as_text = {name: str(row[name]) for name in ("id", "organization_id", "verified_on")}
    told = [
        Table(frame).suggest(need, now=NOW).as_json()
        for frame in (
            plain,
            pd.read_csv(
                tmp_path / "places.csv", converters=dict.fromkeys(("needs", "steps"), _json)
            ),
            pd.DataFrame([{**row, **as_text, "online": "true", "steps": np.array([1, 2])}]),
        )
    ]
    assert told[0]["suggestions"][0]["score"] > 0.5
    firsts = [answer["suggestions"][0] for answer in told]
    assert firsts[0] == firsts[1] == firsts[2]
    left_out = {**need, "safety": {"exclude_organizations": [str(host)]}}
    assert not Table(plain[:1]).suggest(left_out, now=NOW).suggestions


def _json(cell: str) -> str:
    return cell.replace("'", '"')


def test_a_table_is_asked_why(tmp_path: Path) -> None:
    ids = [uuid.UUID(int=1), uuid.UUID(int=2)]
    row = {"kind": "salon", "lon": 139.71, "lat": 35.73, "needs": ["isolation"]}
    table = Table(
        pd.DataFrame(
            [
                {"id": ids[0], "name": "あ", **row},
                {"id": ids[1], "name": "い", "age_max": 30, **row},
            ]
        )
    )
    need = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3}, "age": 40}
    (listed,) = table.suggest(need, now=NOW).suggestions
    why = table.why(need, ids[0], now=NOW)
    assert why.suggestible
    assert why.suggestion.contributions == listed.contributions
    assert sum(w.contribution for w in why.weighed) == listed.score
    assert not table.why(need, ids[1], now=NOW).suggestible
    with pytest.raises(KeyError):
        table.why(need, uuid.UUID(int=3))
    there = {**need, "at": {"address": "豊島区"}}
    with pytest.raises(BadNeed) as refused:
        table.why(there, ids[0])
    assert "lon" in refused.value.problem.ja
    found = table.why(there, ids[0], now=NOW, geocode=lambda _: At(lon=139.71, lat=35.73))
    assert found.suggestion.score == listed.score


def test_what_the_library_offers_at_its_door_is_there_and_nothing_else() -> None:
    for name in matching.__all__:
        assert getattr(matching, name) is not None
    with pytest.raises(AttributeError):
        getattr(matching, "nothing_of_that_name")  # noqa: B009
