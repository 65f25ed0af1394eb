"""A schedule that was written another way, or spoiled, is read rightly or refused."""

import random
from datetime import date, datetime
from typing import Any

import pytest
from oracle import catalogues, plain_schedule
from oracle.expressions import READ, REAL

from resources.clock import JAPAN
from resources.schedule_print import print_said, print_schedule
from resources.schedule_said import Said
from resources.schedule_text import parse_schedule
from resources.schedules import Schedule, from_json, next_sessions, to_json


def sessions(schedule: Schedule) -> list[tuple[datetime, datetime, bool]]:
    found = next_sessions(schedule, datetime(2026, 1, 1, tzinfo=JAPAN), days=400)
    return [(s.start, s.end, s.uncertain) for s in found]


BANDS = [("00:30", "09:00"), ("10:00", "13:20"), ("14:00", "24:00"), ("15:30", "29:45")]


def odd_schedule(r: random.Random) -> Schedule:
    """A random schedule whose rules don't say two things of one hour."""
    stored = catalogues.schedule(r)
    for rule, (start, end) in zip(stored["rules"], r.sample(BANDS[:3], 3), strict=False):
        rule["from"], rule["to"] = start, end
        if rule["days"] and r.random() < 0.4:
            rule["nth"] = r.choice([[5], [1, -1], [2, 4, -1]])
    if len(stored["rules"]) == 1 and r.random() < 0.4:
        stored["rules"][0] |= {"from": BANDS[3][0], "to": BANDS[3][1]}
    if len(stored["rules"]) == 1 and r.random() < 0.8:
        (rule,) = stored["rules"]
        weekly = bool(rule["nth"]) or len(rule["days"]) == 1
        if weekly != bool(rule["month_days"]) and (weekly or not rule["days"]):
            rule |= {"holidays": "closed", "if_holiday": r.choice(["next_day", "next_weekday"])}
    odd: list[dict[str, Any]] = [
        {"days": ["mon"], "if_holiday": r.choice(["open", "next_day", "next_weekday"])},
        {"days": ["tue", "thu"], "nth": [-1]},
        {"days": ["sat"]},
        {"days": ["sun"], "nth": [3], "if_holiday": "next_day"},
        {"from_day": "08-13", "to_day": "08-16"},
        {"from_day": "01-01", "to_day": "01-01"},
        {"month_days": [15, 31]},
        {"holidays": True},
        {"days": ["wed"], "month_days": [1], "from_day": "05-02", "to_day": "05-04",
         "if_holiday": "open"},
        {"days": ["mon", "tue", "wed", "thu"]},
    ]  # fmt: skip
    stored["closed"] += [c for c in odd if r.random() < 0.12]
    return from_json(stored)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_printed_is_read_back_with_the_same_sessions(seed: int) -> None:
    r = random.Random(seed)
    compared = 0
    for _ in range(60):
        schedule = odd_schedule(r)
        held = sessions(schedule)
        if not held:
            continue  # what never takes place has no words
        printed = print_schedule(schedule)
        parsed = parse_schedule(printed)
        assert parsed.schedule is not None, (printed, parsed.unparsed)
        assert sessions(parsed.schedule) == held, printed
        assert print_schedule(schedule, "en")
        compared += 1
    assert compared > 25


def spelled(text: str, r: random.Random) -> str:
    """The same expression as somebody else would write it."""
    for old, new in (
        ("～", r.choice(["〜", "~", "～", " ～ ", "∼"])),
        ("・", r.choice(["・", "･"])),
        ("曜日", r.choice(["曜日", "曜"])),
        ("（", r.choice(["（", "(", " ("])),
        ("）", r.choice(["）", ")"])),
        ("、", r.choice(["、", "､", "、 ", ", "])),
        ("0", r.choice(["0", "０"])),
        ("1", r.choice(["1", "１"])),
        (":", r.choice([":", "："])),
        (" ", r.choice([" ", "　", "  "])),
    ):
        text = text.replace(old, new)
    return r.choice(["", " ", "　"]) + text + r.choice(["", " ", "\n"])


def test_another_spelling_is_read_alike_or_refused() -> None:
    r = random.Random(5)
    alike = refused = 0
    for written, _ in REAL + READ:
        before = parse_schedule(written).schedule
        for _ in range(4):
            after = parse_schedule(spelled(written, r)).schedule
            assert after is None or after == before, written
            alike += after is not None
            refused += after is None
    assert alike > 40 * max(refused, 1)


BASES = [
    "月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）",
    "火曜10時～12時",
    "第2・第4木曜13:30～15:00",
    "毎月15日10:00～12:00",
    "平日9:00～17:00、土・日・祝日10:00～16:00",
    "金・土曜18:00～翌2:00",
    "土日10:00～16:00（第3日曜休み）",
    "第1・3月曜（祝日の場合は翌日）10:00～12:00",
    "毎月23日13:00～15:00（祝日の場合は翌平日）",
]
WORDS = [
    "第",
    "以外",
    "を除く",
    "不",
    "休",
    "休み",
    "翌",
    "隔",
    "半",
    "午後",
    "～",
    "祝",
    "最終",
    "3",
]


def spoiled(text: str) -> set[str]:
    """Every text that one word that carries meaning, put in or taken out, makes of it."""
    found = {text[:i] + w + text[i:] for i in range(len(text) + 1) for w in WORDS}
    found |= {text[:i] + text[i + 1 :] for i in range(len(text))}
    found |= {text[:i] + w + text[i + 1 :] for i in range(len(text)) for w in WORDS}
    return found


def by_day(schedule: Schedule) -> set[tuple[date, int, int]]:
    found = set()
    for start, end, _ in sessions(schedule):
        first = start.hour * 60 + start.minute
        if start.date() in plain_schedule.DAYS:
            found.add((start.date(), first, first + int((end - start).total_seconds()) // 60))
    return found


@pytest.mark.parametrize("base", BASES)
def test_a_word_put_in_or_taken_out_gives_its_new_meaning_or_a_refusal(base: str) -> None:
    read = 0
    for text in sorted(spoiled(base)):
        parsed = parse_schedule(text).schedule
        if parsed is None:
            continue
        expected = plain_schedule.sessions(text)
        assert expected is not None, text
        assert by_day(parsed) == expected, text
        read += 1
    assert read > 10


PIECES = [
    "月", "火曜", "土日", "日曜日", "平日", "毎日", "祝日", "土日祝", "第1・3", "第2火曜", "最終金曜", "毎月15日",
    "9:00", "17時", "午後1時半", "正午", "翌2:00", "～", "-", "から", "まで", "、", "・", " ", "/", "（", "）",
    "【休館日】", "【開館時間】", "定休日：", "営業時間", "休み", "を除く", "不可", "は", "のみ", "も開館", "要確認", "の",
    "年末年始", "12月29日～1月3日", "8月", "元日", "2026年5月1日", "（祝日の場合は翌日）", "月曜が祝日の場合は翌平日",
    "無休", "なし", "午前中のみ", "12:00まで", "12:00～13:00", "昼休み", "※", "①", "24時間", "（受付は16:30まで）",
    "要予約", "お盆", "隔週", "利用可能時間は", "-/9:00/9:00/9:00/9:00/9:00/-", "夜", "(午後)",
]  # fmt: skip


def test_whatever_is_written_is_read_or_refused_with_its_part() -> None:
    """Pieces put together by chance; what is read can be stored, printed and read again."""
    r = random.Random(29)
    read = 0
    for _ in range(6000):
        text = "".join(r.choices(PIECES, k=r.randint(1, 6)))
        parsed = parse_schedule(text)
        if parsed.said is None:
            assert parsed.unparsed
            continue
        assert parsed.unparsed is None
        written = print_said(parsed.said)
        assert print_said(parse_schedule(written).said or Said(())) == written, text
        if parsed.schedule is None:
            continue
        assert from_json(to_json(parsed.schedule)) == parsed.schedule
        again = parse_schedule(print_schedule(parsed.schedule)).schedule
        assert again is not None, (text, print_schedule(parsed.schedule))
        assert sessions(again) == sessions(parsed.schedule), text
        read += 1
    assert read > 30


def test_what_is_longer_than_any_expression_is_refused() -> None:
    assert parse_schedule("火曜10:00～12:00、" * 400).schedule is None
    assert parse_schedule("\ufdfa" * 1999).schedule is None  # one character that becomes eighteen
