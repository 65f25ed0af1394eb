"""Hours that stand in the columns of a table are read as their labels say, or refused."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.days import DAYS
from resources.schedule_columns import Columns, order_in, parse_columns
from resources.schedule_print import print_said
from resources.schedule_said import Said
from resources.schedule_text import Parsed
from resources.sources.rows import BadFile
from resources.sources.schedule_tables import Line, read_lines

KANJI = dict(zip("月火水木金土日", DAYS, strict=True))


def said(columns: Columns) -> str | None:
    found = parse_columns(columns).said
    return None if found is None else print_said(found)


@pytest.mark.parametrize(
    ("columns", "meant"),
    [
        (Columns(start="9:00～17:00", closed="月曜日、年末年始"), "火～日9:00～17:00（月曜・年末年始休み）"),
        (Columns("月火水木金", "09:00", "17:00", "水曜は15:00まで", "祝日"),
         "月・火・木・金曜9:00～17:00、水曜9:00～15:00（祝日休み）"),
        (Columns("月火水木金土", "9:30", "16：00", "なし", "-"), "月～土9:30～16:00"),
        (Columns("月火水木金", "9:00:00", "17:00:00"), "月～金9:00～17:00"),
        (Columns(closed="月曜日"), "月曜休み"),
        (Columns(days="第1・3・5土"), "第1・第3・第5土曜"),
        (Columns("月～土曜日", "放課後～18:30\n土曜日　８:30～18:30"), "月～金放課後～18:30、土曜8:30～18:30"),
        (Columns("8月16日(日)", "11：00", "12:00", "-"), "8月16日（日）11:00～12:00"),
        (Columns("平日/土/学校休日", "14:00//09:30", "18:00//16:00"), "平日14:00～18:00、学校休日9:30～16:00"),
    ],
)  # fmt: skip
def test_columns_are_read_together(columns: Columns, meant: str) -> None:
    assert said(columns) == meant


@pytest.mark.parametrize(
    "columns",
    [
        Columns(start="09:00", end="17:00"),  # on which days isn't said
        Columns(end="17:00"),
        Columns(days="月火水木金", end="17:00"),
        Columns(days="月火水木金", note="13:00～15:00"),  # of the note alone
        Columns("月火水木金", "09:00", "17:00", "学級閉鎖の日を除く"),
        Columns(),
        Columns("-", "-", "-", "-", "-"),
        Columns(
            start="9:00/9:00/9:00/-/9:00/9:00/9:00", end="17:00/17:00/17:00/-/17:00/17:00/17:00"
        ),
    ],
)
def test_columns_that_do_not_say_when_are_refused(columns: Columns) -> None:
    parsed = parse_columns(columns)
    assert parsed.said is None


def seven(values: str, note: str = "") -> Columns:
    starts = "/".join("-" if v == "-" else "9:00" for v in values.split())
    return Columns(start=starts, end="/".join(values.split()), note=note)


def test_the_order_of_a_table_is_what_one_of_its_rows_tells() -> None:
    midweek = seven("17:00 17:00 17:00 - 17:00 17:00 17:00")
    telling = seven("- 17:00 17:00 17:00 17:00 17:00 12:00", "土曜日は12:00まで")
    other_way = seven("17:00 17:00 17:00 17:00 17:00 12:00 -", "土曜日は12:00まで")
    assert order_in([midweek]) is None
    assert order_in([midweek, telling]) == "日月火水木金土"
    assert order_in([midweek, other_way]) == "月火水木金土日"
    assert order_in([midweek, telling, other_way]) is None
    read = parse_columns(midweek, order_in([midweek, telling])).said
    assert read is not None
    assert print_said(read) == "月・火・木・金・土・日曜9:00～17:00"
    contradicted = parse_columns(telling, "月火水木金土日")
    assert contradicted.said is None


@pytest.mark.parametrize(
    ("closed", "meant"),
    [
        ("水曜日", "月・火・木・金・土・日曜9:00～17:00（水曜休み）"),
        ("木曜", "月・火・水・金・土・日曜9:00～17:00（木曜休み）"),
        ("金曜日", None),  # neither order has Fridays shut
        ("年末年始", None),
    ],
)
def test_the_closing_days_of_the_row_itself_tell_the_order(closed: str, meant: str | None) -> None:
    midweek = seven("17:00 17:00 17:00 - 17:00 17:00 17:00")
    assert said(replace(midweek, closed=closed)) == meant
    assert said(replace(midweek, note=f"{closed}は休み")) == meant


def test_closing_days_of_some_weeks_and_holidays_tell_nothing_of_the_order() -> None:
    every = seven("17:00 17:00 17:00 17:00 17:00 17:00 12:00", "第3日曜日及び祝日は休み")
    read = parse_columns(every, "日月火水木金土").said
    assert read is not None
    assert (
        print_said(read)
        == "月・火・水・木・金・日曜9:00～17:00、土曜9:00～12:00（祝日・第3日曜休み）"
    )
    assert parse_columns(every).said is None


def test_a_table_is_read_by_the_headers_of_open_data_too(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "見本の表\n名称,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,休業日\n"
        "見本の家,月火水,09:00,17:00,,祝日\n見本の庭,木,09:00,17:00,雨の日は休み,\n見本の箱,,,,,\n",
        encoding="cp932",
    )
    lines = read_lines(path)
    assert [line.line for line in lines] == [3, 4, 5]
    assert lines[0].parsed is not None
    assert lines[0].parsed.said is not None
    assert print_said(lines[0].parsed.said) == "月～水9:00～17:00（祝日休み）"
    assert lines[1].parsed == Parsed(None, "雨の日は休み")
    assert lines[2] == Line(5, None, None)


def test_a_table_without_days_and_hours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("名称,住所\n見本の家,どこか\n", encoding="utf-8")
    with pytest.raises(BadFile, match="利用可能曜日"):
        read_lines(path)


def real(shared_data: Path) -> list[tuple[dict[str, str], Line]]:
    path = shared_data / "municipal" / "opening_hours_expressions.csv"
    with path.open(encoding="utf-8") as file:
        return list(zip(csv.DictReader(file), read_lines(path), strict=True))


def test_most_of_the_distinct_real_rows_are_read_by_their_columns(shared_data: Path) -> None:
    distinct = {line.text: line.parsed for _, line in real(shared_data) if line.parsed is not None}
    read = sum(parsed.said is not None for parsed in distinct.values())
    print(f"{read} of {len(distinct)} = {read / len(distinct):.3f}")
    assert read / len(distinct) >= 0.75


def test_no_reading_denies_what_the_columns_themselves_say(shared_data: Path) -> None:
    """Every rule begins and ends within the row's hours, and the row's days are all there."""
    compared = 0
    for row, line in real(shared_data):
        if line.parsed is None or line.parsed.said is None:
            continue
        found = line.parsed.said
        if (start := minutes(row["start"])) is not None:
            assert min(r.hours.start for r in found.rules if r.hours.start is not None) == start
            compared += 1
        if (end := minutes(row["end"])) is not None:
            ends = [r.hours.end for r in found.rules if r.hours.end is not None]
            assert max(ends) == end
            compared += 1
        if row["days"] and not set(row["days"]) - set(KANJI):
            named = {d for r in found.rules if not r.nth for d in r.days}
            assert named == {KANJI[c] for c in row["days"]} - nths_alone(found)
            compared += 1
    assert compared > 450


def nths_alone(found: Said) -> set[str]:
    """The days that a note names week by week: 第1・3・5土は8:00～17:00、第2・4土は…"""
    weekly = {d for r in found.rules if not r.nth for d in r.days}
    return {d for r in found.rules if r.nth for d in r.days} - weekly


def minutes(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?::00)?", text.strip())
    return int(match[1]) * 60 + int(match[2]) if match else None


def by_weekday(shared_data: Path) -> Iterator[tuple[dict[str, str], Line]]:
    with (shared_data / "municipal/yaizu/machinakasuzumidokoro.csv").open(
        encoding="utf-8-sig"
    ) as file:
        heads = list(csv.DictReader(file))
    for row, line in real(shared_data):
        if row["source"].endswith("machinakasuzumidokoro.csv"):
            yield heads[int(row["row"]) - 2], line


def test_values_without_heads_are_read_as_the_heads_of_their_file_say(shared_data: Path) -> None:
    """The order of days, told by some rows, is that of the file from which the rows were taken."""
    compared = 0
    for heads, line in by_weekday(shared_data):
        if line.parsed is None or line.parsed.said is None:
            continue
        found = line.parsed.said
        for sign, day in KANJI.items():
            start, end = (minutes(heads[f"{sign}曜開放{x}時刻"]) for x in ("開始", "終了"))
            rules = [r for r in found.rules if day in r.days or not r.days]
            if start is None:
                moved = any(day in c.days for c in found.closed)
                assert not rules or moved, line.text
                continue
            assert min(r.hours.start or 0 for r in rules) == start, line.text
            assert max(r.hours.end or 0 for r in rules) == end, line.text
            compared += 1
    assert compared > 250


def test_a_file_with_heads_for_each_weekday_is_read_alike(shared_data: Path) -> None:
    named = read_lines(shared_data / "municipal/yaizu/machinakasuzumidokoro.csv")
    both = 0
    for row, line in real(shared_data):
        if row["source"].endswith("machinakasuzumidokoro.csv"):
            other = next(x for x in named if x.line == int(row["row"]))
            assert line.parsed is not None
            assert other.parsed is not None
            if line.parsed.said is not None and other.parsed.said is not None:
                assert print_said(line.parsed.said) == print_said(other.parsed.said)
                both += 1
    assert both > 40
