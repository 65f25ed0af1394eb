"""What says less than a schedule needs is read as far as it goes, and never becomes a session."""

import random
import re
from datetime import datetime
from typing import Any

import pytest
from oracle.expressions import READ, REAL
from oracle.half_said import HALF, REAL_HALF

from resources.clock import JAPAN
from resources.schedule_print import print_said
from resources.schedule_said import missing, said_json
from resources.schedule_text import parse_schedule, parsed_json
from resources.schedules import BadSchedule, from_json, next_sessions

RULE: dict[str, Any] = {
    "days": [], "nth": [], "month_days": [], "from": None, "to": None, "holidays": None,
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), REAL_HALF + HALF)
def test_what_is_said_in_part_is_read_as_it_is_meant_and_makes_no_schedule(
    written: str, meant: str
) -> None:
    parsed = parse_schedule(written)
    assert parsed.said is not None, parsed.unparsed
    assert print_said(parsed.said) == meant
    assert print_said(parsed.said, "en")
    assert parsed.schedule is None


@pytest.mark.parametrize(("written", "meant"), REAL_HALF + HALF)
def test_what_is_printed_is_read_back_into_the_same_rules(written: str, meant: str) -> None:
    before, after = parsed_json(written), parsed_json(meant)
    assert after["parsed"]
    again = parsed_json(print_said(parse_schedule(meant).said))  # type: ignore[arg-type]
    assert again == after
    if "月曜〜日曜" not in written:  # printed as 毎日
        for part in ("rules", "closed", "moved"):
            assert sorted(map(repr, before.get(part, []))) == sorted(map(repr, after.get(part, [])))


def test_there_are_more_than_a_hundred_real_ones() -> None:
    assert len(dict(REAL_HALF)) > 130


def rules_of(text: str) -> list[dict[str, Any]]:
    found = parsed_json(text)
    assert found["parsed"], found
    assert found["closed"] == []
    return [{k: v for k, v in rule.items() if v != RULE.get(k, [])} for rule in found["rules"]]


def test_the_examples_that_people_name_are_read_alone() -> None:
    assert rules_of("第1・3・5土") == [{"days": ["sat"], "nth": [1, 3, 5]}]
    assert rules_of("毎月15日") == [{"month_days": [15]}]
    assert rules_of("放課後～18:30") == [{"to": "18:30", "from_event": "after_school"}]
    assert rules_of("10時半") == [{"from": "10:30"}]
    assert parsed_json("祝日の場合は翌日") == {
        "parsed": True,
        "rules": [],
        "closed": [],
        "moved": [{"days": [], "nth": [], "if_holiday": "next_day"}],
        "unparsed": None,
    }


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("第1・3・5土", "{} 10時半～12時"),
        ("毎月15日", "{} 10:00～12:00"),
        ("祝日の場合は翌日", "9:00～17:00 休館日：月曜（{}）"),
        ("10時半", "土曜 {}～12:00"),
    ],
)
def test_in_an_expression_they_make_a_schedule(part: str, whole: str) -> None:
    assert parse_schedule(part).schedule is None
    assert parse_schedule(whole.format(part)).schedule is not None


def test_each_rule_has_the_six_fields_whatever_isnt_said() -> None:
    for written, _ in REAL_HALF + HALF + READ:
        for rule in parsed_json(written)["rules"]:
            assert rule.keys() >= RULE.keys()
            assert rule.keys() - RULE.keys() <= {
                "from_event",
                "dates",
                "dates_without_year",
                "on",
                "if_holiday",
            }


def test_a_date_has_its_year_only_where_the_year_is_written() -> None:
    assert rules_of("2026年8月16日(日) 11:00～12:00") == [
        {"from": "11:00", "to": "12:00", "dates": ["2026-08-16"]}
    ]
    assert rules_of("8月16日(日) 11:00～12:00") == [
        {"from": "11:00", "to": "12:00",
         "dates_without_year": [{"month_day": "08-16", "weekday": "sun"}]}
    ]  # fmt: skip
    assert rules_of("平日・学校休日 9:00～17:00")[1] == {
        "from": "09:00", "to": "17:00", "on": "school_holidays",
    }  # fmt: skip


def test_a_closing_without_its_days_is_said_and_makes_the_schedule_unknown() -> None:
    parsed = parse_schedule("火～土9:00～17:00（お盆・年末年始休み）")
    assert parsed.said is not None
    assert said_json(parsed.said)["closed"] == [
        {"undated": "obon"},
        {"from_day": "12-29", "to_day": "01-03"},
    ]
    assert parsed.schedule is None


def test_no_rule_that_is_said_in_part_can_be_stored() -> None:
    """Whoever stores the printed form without asking whether it is whole is refused."""
    for written, _ in REAL_HALF + HALF:
        stored = {
            k: v for k, v in parsed_json(written).items() if k in ("rules", "closed", "moved")
        }
        if stored["rules"] or (stored["closed"] and "moved" not in stored):
            with_rules = stored["rules"] != []
            dates_only = not with_rules and all("undated" not in c for c in stored["closed"])
            if dates_only:
                continue  # closings alone have no session
            with pytest.raises(BadSchedule):
                from_json(stored)


def test_closings_alone_have_no_session() -> None:
    schedule = from_json({"rules": [], "closed": parsed_json("水曜定休")["closed"]})
    assert next_sessions(schedule, datetime(2026, 1, 1, tzinfo=JAPAN), days=400) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("第1・3・5土", ["hours"]),
        ("10時半", ["days", "end"]),
        ("月～金 9:00～", ["end"]),
        ("水曜は14:00まで", ["start"]),
        ("放課後～18:30 土曜日 8:30～18:30", ["days", "school_end"]),
        ("8月16日(日)", ["hours", "year"]),
        ("平日・学校休日 9:00～17:00（お盆休み）", ["off_school", "closing"]),
        ("水曜定休", ["opening"]),
        ("祝日の場合は翌日", ["opening"]),
        ("年中無休", ["hours"]),
        ("第1・3土 10:00～12:00", []),
    ],
)
def test_what_is_missing_is_named(text: str, codes: list[str]) -> None:
    said = parse_schedule(text).said
    assert said is not None
    assert missing(said) == codes


def test_something_is_missing_just_where_no_schedule_comes_of_it() -> None:
    for text in all_of_them():
        parsed = parse_schedule(text)
        assert parsed.said is not None
        assert (missing(parsed.said) == []) == (parsed.schedule is not None), text


UNKNOWN = ["ほか", "原則", "隔週", "雨天", "予定", "✕", "満室", "偶数月", "A館", "要相談"]
WITHOUT_EFFECT = re.compile("受付|入館|延長保育|オーダー|利用可能時間は")


def all_of_them() -> list[str]:
    return [w for w, _ in READ + REAL + HALF + REAL_HALF]


def test_an_unknown_word_anywhere_refuses_the_whole() -> None:
    r = random.Random(3)
    for written in all_of_them():
        for _ in range(6):
            at = r.randrange(len(written) + 1)
            spoiled = written[:at] + r.choice(UNKNOWN) + written[at:]
            assert parse_schedule(spoiled).said is None, spoiled


def test_another_digit_gives_another_reading_or_none() -> None:
    """No number of an expression is passed over, but those of last orders and the like."""
    changed = 0
    for written in all_of_them():
        if WITHOUT_EFFECT.search(written):
            continue
        before = parsed_json(written)
        for at, sign in enumerate(written):
            if not "0" <= sign <= "9":
                continue
            for digit in {"1", "4", "8"} - {sign}:
                after = parsed_json(written[:at] + digit + written[at + 1 :])
                assert not after["parsed"] or after != before, (written, at, digit)
                changed += after["parsed"]
    assert changed > 1500


PIECES = [
    "放課後～18:30", "10時半", "9:00～", "第1・3土", "17:00まで", "学校休日", "長期休暇", "お盆", "不定休", "臨時休業あり",
    "夏季休暇", "8月16日(日)", "2026年8月16日", "利用可", "祝日の場合は翌日", "毎月15日", "土曜は", "月", "月～金", "土日祝", "平日",
    "9:00～17:00", "12:00～13:00", "、", " ", "（", "）", "休み", "休館日：", "年末年始", "無休", "正午", "から",
]  # fmt: skip


def test_pieces_put_together_by_chance_are_printed_and_read_back_alike() -> None:
    r = random.Random(8)
    read = 0
    for _ in range(6000):
        text = "".join(r.choices(PIECES, k=r.randint(1, 5)))
        parsed = parse_schedule(text)
        if parsed.said is None:
            assert parsed.unparsed
            continue
        printed = print_said(parsed.said)
        again = parse_schedule(printed).said
        assert again is not None, (text, printed)
        assert print_said(again) == printed, text
        assert (again.schedule() is None) == (parsed.schedule is None), text
        read += 1
    assert read > 500
