"""Schedules as people write them are read rightly or refused, never misread."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle.expressions import READ, REAL, REFUSED

from resources.days import DAYS
from resources.schedule_print import print_schedule
from resources.schedule_text import Parsed, parse_schedule, parsed_json

KANJI = dict(zip("月火水木金土日", DAYS, strict=True))


@pytest.mark.parametrize(("written", "meant"), REAL + READ)
def test_an_expression_is_read_as_it_is_meant(written: str, meant: str) -> None:
    parsed = parse_schedule(written)
    assert parsed.schedule is not None, parsed.unparsed
    assert print_schedule(parsed.schedule) == meant


@pytest.mark.parametrize(("written", "part"), REFUSED)
def test_what_is_not_understood_is_refused_with_the_part(written: str, part: str) -> None:
    parsed = parse_schedule(written)
    assert parsed.said is None
    assert parsed.unparsed
    assert part in parsed.unparsed


def test_there_are_as_many_as_the_promise_says() -> None:
    assert len(set(REAL)) > 120
    assert len(set(READ)) > 60
    assert len(set(REFUSED)) > 90


@pytest.mark.parametrize(("_written", "meant"), REAL + READ)
def test_what_is_printed_is_read_back_as_the_same(_written: str, meant: str) -> None:
    schedule = parse_schedule(meant).schedule
    assert schedule is not None
    assert print_schedule(schedule) == meant


def test_the_form_that_other_programs_read() -> None:
    assert parsed_json("第1・3火曜10時～12時（祝日休み）") == {
        "parsed": True,
        "rules": [
            {"days": ["tue"], "nth": [1, 3], "month_days": [], "from": "10:00", "to": "12:00",
             "holidays": "closed"}
        ],
        "closed": [],
        "unparsed": None,
    }  # fmt: skip
    refused = parsed_json("隔週火曜")
    assert refused == {"parsed": False, "rules": [], "closed": [], "unparsed": "隔週火曜"}


def test_the_example_of_the_promise_is_read_into_its_parts() -> None:
    found = parsed_json("月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）")
    assert [(r["days"], r["nth"], r["from"], r["to"], r["holidays"]) for r in found["rules"]] == [
        (["mon", "tue", "wed", "thu", "fri"], [], "09:00", "17:00", "closed"),
        (["sat"], [3], "10:00", "12:00", "closed"),
    ]
    assert found["closed"] == [{"from_day": "12-29", "to_day": "01-03"}]


def rows(shared_data: Path) -> list[dict[str, str]]:
    path = shared_data / "municipal" / "opening_hours_expressions.csv"
    with path.open(encoding="utf-8") as file:
        return [{k: " ".join(v.split()) for k, v in row.items()} for row in csv.DictReader(file)]


def test_where_the_file_itself_says_the_hours_the_reading_agrees(shared_data: Path) -> None:
    """Of 532 real rows: what has columns for day, start and end must give just those."""
    compared = 0
    for row in rows(shared_data):
        if not (row["days"] and row["start"] and row["end"]) or "/" in row["start"]:
            continue
        if set(row["days"]) - set(KANJI):
            continue  # a date, or days in words: others compare these
        for note in ("", row["note"]):
            parsed = parse_schedule(f"{row['days']} {row['start']}～{row['end']} {note}".strip())
            if parsed.schedule is None:
                continue
            rules = parsed.schedule.rules
            said = {KANJI[c] for c in row["days"]}
            assert {d for r in rules for d in r.days} == said
            starts, ends = (row[k].replace("：", ":").zfill(5) for k in ("start", "end"))
            assert f"{min(r.start for r in rules) // 60:02d}" == starts[:2]
            assert (
                f"{max(r.end for r in rules) // 60:02d}:{max(r.end for r in rules) % 60:02d}"
                == ends
            )
            compared += 1
    assert compared > 250


def readings(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give the expressions that can be made of a row, by how one may read it."""
    days, start, end, note, closed = (row[k] for k in ("days", "start", "end", "note", "closed"))
    hours = f"{start}～{end}" if end else start
    yield (
        "all columns",
        " ".join(x for x in (days, hours, note, closed and f"休業日：{closed}") if x),
    )
    yield "days and hours", f"{days} {hours}".strip()
    if start and closed:
        yield "hours and closing days", f"{start} 休業日：{closed}"
    if note and not (days or start):
        yield "the note, where it is all", note
    for name in ("note", "days", "start"):
        yield f"the column {name}", row[name]


LEAST = 0.70


def test_of_the_distinct_real_expressions_most_are_read(shared_data: Path) -> None:
    """The share in each way to read the file; `pytest -s` shows them."""
    found: dict[str, dict[str, Parsed]] = {}
    for row in rows(shared_data):
        for way, text in readings(row):
            if text:
                found.setdefault(way, {}).setdefault(text, parse_schedule(text))
    assert len(found) == 7
    for way, read in found.items():
        said = sum(p.said is not None for p in read.values())
        whole = sum(p.schedule is not None for p in read.values())
        print(f"{way}: {said} of {len(read)} = {said / len(read):.3f}, {whole} of them whole")
        assert said / len(read) >= LEAST, way
