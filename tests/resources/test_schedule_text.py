"""Schedules as people write them are read rightly or refused, never misread."""

import csv
from pathlib import Path

import pytest

from resources.days import DAYS
from resources.schedule_print import print_schedule
from resources.schedule_text import parse_schedule, parsed_json

# Each line: what was written, and what it means, checked by hand.
READ = [
    ("月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）",
     "月～金曜09:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）"),
    ("第2・第4火曜 10:00～12:00", "第2・第4火曜10:00～12:00"),
    ("第１・３・５土　１３時半から１５時", "第1・第3・第5土曜13:30～15:00"),
    ("毎月15日 10時～12時", "毎月15日10:00～12:00"),
    ("平日 9:00～17:00", "月～金曜09:00～17:00（祝日休み）"),
    ("毎日 10:00-16:00（月曜休館、祝日の場合は翌日）", "毎日10:00～16:00（月曜（祝日の場合は翌日）休み）"),
    ("【開館時間】9:00～21:30 【休館日】月曜日", "火～日曜09:00～21:30（月曜休み）"),
    ("【開館時間】9：30～12：00、13：30～16：00【休館日】土日祝、年末年始",
     "月～金曜09:30～12:00、月～金曜13:30～16:00（祝日・土・日曜・年末年始休み）"),
    ("【開館時間】9:00～17:00 【休館日】火曜日(火曜日が祝日の場合は翌日)、年末年始",
     "毎日09:00～17:00（火曜（祝日の場合は翌日）・年末年始休み）"),
    ("【開館時間】9:00～19:00 【休館日】水曜日、年末年始（水曜日が祝日の場合は翌平日休）",
     "毎日09:00～19:00（水曜（祝日の場合は翌平日）・年末年始休み）"),
    ("【開館時間】7:30～19:00 【休館日】日曜日、国民の祝日に関する法律に規定する休日",
     "月～土曜07:30～19:00（祝日・日曜休み）"),
    ("【開館時間】8:30～17：15 【休館日】土曜日、日曜日、祝日法による休日",
     "月～金曜08:30～17:15（祝日・土・日曜休み）"),
    ("【開館時間】24時間 【休館日】なし", "毎日00:00～24:00"),
    ("（月・火・水・金）8:30～18:00（木）8:30～13:00（土）8:30～14:00",
     "月・火・水・金曜08:30～18:00、木曜08:30～13:00、土曜08:30～14:00"),
    ("（昼）11：30〜14：00 （夜）17：00〜22：00 （定休日）火曜日",
     "月・水・木・金・土・日曜11:30～14:00、月・水・木・金・土・日曜17:00～22:00（火曜休み）"),
    ("営業時間 AM9：00からPM6：30", "毎日09:00～18:30"),
    ("営業時間9時30分〜16時30分(ラストオーダー16時)", "毎日09:30～16:30"),
    ("営業時間 月、土 14時〜16時 火、木、金 10時半〜16時", "月・土曜14:00～16:00、火・木・金曜10:30～16:00"),
    ("平日９：３０〜１７：００　土曜日９：００〜１１：３０　日祝休み",
     "月～金曜09:30～17:00、土曜09:00～11:30（祝日・日曜休み）"),
    ("月〜日 9：00〜17：00 定休日 第2火曜日", "月～日曜09:00～17:00（第2火曜休み）"),
    ("9:00〜16:30 (月曜〜日曜日)  定休日：水曜日", "月・火・木・金・土・日曜09:00～16:30（水曜休み）"),
    ("営業時間 17:00〜24:00 年中無休", "毎日17:00～24:00"),
    ("18:00〜翌3:00 定休日：日曜日", "月～土曜18:00～翌03:00（日曜休み）"),
    ("午前９時から正午", "毎日09:00～12:00"),
    ("午後1時半～午後4時", "毎日13:30～16:00"),
    ("日～木 10:00～19:00", "月・火・水・木・日曜10:00～19:00"),
    ("最終金曜日 18:30～20:30", "最終金曜18:30～20:30"),
    ("毎月5日・20日 13:00～15:00", "毎月5日・20日13:00～15:00"),
    ("火～金9:00～19:00 土日祝9:00～17:00",
     "火～金曜09:00～19:00、土・日曜09:00～17:00、祝日09:00～17:00（祝日休み）"),
    ("10:00～12:00、13:00～17:00 休業日：1月1日", "毎日10:00～12:00、毎日13:00～17:00（1月1日休み）"),
    ("9:00～22:00 休業日：1月1、2日", "毎日09:00～22:00（1月1日～1月2日休み）"),
    ("営業時間は平日8時～18時まで、土曜日は8時～12時30分までです。※第2、第4土曜日は休業日です。",
     "平日08:00～18:00、土曜08:00～12:30（第2・第4土曜休み）"),
    ("11時〜14時 / 17時〜19時 定休日 : 月曜日（月曜祝日の場合、翌火曜日）",
     "毎日11:00～14:00、毎日17:00～19:00（月曜（祝日の場合は翌日）休み）"),
    ("営業時間　17時半〜23時 　　オーダーストップ22時半 定休日　　木曜日",
     "月・火・水・金・土・日曜17:30～23:00（木曜休み）"),
    ("月〜日　9:00〜17:00  定休日:第二火曜日 　他1/1〜1/4 休み",
     "月～日曜09:00～17:00（第2火曜・1月1日～1月4日休み）"),
    ("営業時間は9:30～19:30までとなります。", "毎日09:30～19:30"),
    ("７時30分から１３時20分迄", "毎日07:30～13:20"),
    ("8:00～0:00", "毎日08:00～24:00"),
    ("木曜〜日曜　昼のみ　11:15〜14:00", "木～日曜11:15～14:00"),
    ("金曜日のみ営業 11時〜18時(または完売にて終了)", "金曜11:00～18:00"),
    ("月火水木金 08:30～14:30 預かり保育あり", "月～金曜08:30～14:30"),
    ("第1土曜10:00～12:00、第3土曜9:00～11:00", "第1土曜10:00～12:00、第3土曜09:00～11:00"),
    ("毎日 9:00～17:00 休館日：12月29日～翌年1月3日", "毎日09:00～17:00（年末年始休み）"),
]  # fmt: skip

REFUSED = [
    ("放課後～18:30", "放課後"),
    ("【開館時間】不定期 【休館日】不定期", "不定期"),
    ("10:00〜18:00 定休日：不定休", "不定休"),
    ("9:00～22:00（曜日により異なる）", "曜日により異なる"),
    ("営業日：土曜日、日曜日 営業時間：土曜日11:30～19:30 日曜日8:30〜15:30", "土曜日"),
    ("【開館時間】8:30～21:00 【休館日】３", "3"),
    ("9:00～17:00 土曜 9:00～12:00", "9:00"),  # are the bare hours for Saturday too?
    ("月～土 9:00～17:00 土曜 9:00～12:00", "土曜"),  # until when on Saturdays?
    ("毎日9:00～17:00、日曜10:00～12:00", "日曜"),
    ("第3土曜10:00～12:00、土曜9:00～11:00", "第3土曜"),
    ("9:00～17:00 定休日 月曜日（月曜祝日の場合、翌水曜日）", "翌水曜日"),
    ("17:00～9:00", "17:00"),
    ("25:00～26:00", "25:00"),
    ("午後13時～15時", "午後13時"),
    ("午前12時～15時", "午前12時"),
    ("2月30日休み 9:00～17:00", "2月30日"),
    ("夏季休暇 9:00～17:00", "夏季休暇"),
    ("第6火曜 10:00～12:00", "第6"),
    ("火曜 10:00～12:00 木曜", "木曜"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "meant"), READ)
def test_an_expression_is_read_as_it_is_meant(written: str, meant: str) -> None:
    parsed = parse_schedule(written)
    assert parsed.schedule is not None, parsed.unparsed
    assert print_schedule(parsed.schedule) == meant


@pytest.mark.parametrize(("written", "part"), REFUSED)
def test_what_is_not_understood_is_refused_with_the_part(written: str, part: str) -> None:
    parsed = parse_schedule(written)
    assert parsed.schedule is None
    assert part in (parsed.unparsed or "")


@pytest.mark.parametrize(("written", "_meant"), READ)
def test_what_is_printed_is_read_back_as_the_same_days_and_hours(written: str, _meant: str) -> None:
    schedule = parse_schedule(written).schedule
    assert schedule is not None
    if any(r.holidays == "only" for r in schedule.rules):
        pytest.skip("holidays of their own are printed for people only")
    again = parse_schedule(print_schedule(schedule)).schedule
    assert again is not None
    assert [(r.days or DAYS, r.nth, r.month_days, r.start, r.end, r.holidays) for r in again.rules] \
        == [(r.days or DAYS, r.nth, r.month_days, r.start, r.end, r.holidays) for r in schedule.rules]  # fmt: skip
    assert set(again.closed) == set(schedule.closed)


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
    refused = parsed_json("放課後～18:30")
    assert refused["parsed"] is False
    assert refused["unparsed"] == "放課後~18:30"


def test_where_the_file_itself_says_the_hours_the_reading_agrees(shared_data: Path) -> None:
    """Of 532 real expressions: what has columns for day, start and end must give just those."""
    path = shared_data / "municipal" / "opening_hours_expressions.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        if not (row["days"] and row["start"] and row["end"]) or row["note"] or row["closed"]:
            continue
        parsed = parse_schedule(f"{row['days']} {row['start']}～{row['end']}")
        if parsed.schedule is None:
            continue
        (rule,) = parsed.schedule.rules
        said = tuple(d for d, c in zip(DAYS, "月火水木金土日", strict=True) if c in row["days"])
        assert rule.days == said
        clock = f"{rule.start // 60:02d}:{rule.start % 60:02d}"
        assert clock == row["start"].replace("：", ":").zfill(5)
        compared += 1
    assert compared > 90


def test_most_of_the_real_free_texts_are_read(shared_data: Path) -> None:
    path = shared_data / "municipal" / "opening_hours_expressions.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = {r["note"] for r in rows if r["note"] and not r["days"] and not r["start"]}
    read = [t for t in texts if parse_schedule(t).schedule is not None]
    assert len(read) / len(texts) > 0.7
