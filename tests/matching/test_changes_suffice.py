"""The change said of a failing rule lets the place pass that rule, and a smaller one doesn't."""

import copy
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from matching.table import Table
from resources.vocabulary import default_vocabulary

ID = uuid.UUID(int=1)
LON, LAT = 139.7148, 35.7290
NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # 9:30 in Japan, a Monday
DAYS = dict(zip("月火水木金土日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True))
VOCABULARY = default_vocabulary()
Asked = dict[str, Any]
Change = tuple[Asked, Asked | None]
"""The need with the change made, and with a little less of it, where there is less."""


def place(r: random.Random) -> dict[str, Any]:
    opens = r.choice([9 * 60, 10 * 60 + 30, 13 * 60, 18 * 60, 22 * 60 + 30])
    closes = opens + r.choice([20, 45, 120, 300])
    return {
        "id": ID, "name": "架空の場", "kind": r.choice(["salon", "open_space", "volunteer"]),
        "needs": ["isolation"], "lon": LON, "lat": LAT + r.choice([0.0004, 0.004, 0.011, 0.03]),
        "accuracy_m": r.choice([None, 5, 180, 700]), "steps": r.choice([[0], [3], [5], [1, 4]]),
        "fee_yen": r.choice([0, 300, 1150]), "group_size": r.choice([2, 7, 30]),
        "noise": r.choice(["low", "medium", "high"]),
        "conversation": r.choice(["none", "optional", "expected"]),
        "min_minutes": r.choice([None, 20, 90]), "min_per_week": r.choice([1, 3, 5]),
        "attendance": r.choice(["drop_in", "whole"]),
        "transport": r.choice([None, True]), "online": r.choice([None, True]),
        "schedule": {"rules": [{
            "days": r.sample([*DAYS.values()], r.randint(1, 3)),
            "from": f"{opens // 60:02d}:{opens % 60:02d}",
            "to": f"{closes // 60:02d}:{closes % 60:02d}",
        }], "closed": []},
    }  # fmt: skip


def question(r: random.Random) -> Asked:
    limits = {
        "max_yen": r.choice([0, 500]), "group_size": r.choice([1, 5]),
        "noise": r.choice(["low", "medium"]), "conversation": r.choice(["none", "optional"]),
        "minutes": r.choice([10, 60, 240]), "sessions_per_week": r.choice([1, 2]),
    }  # fmt: skip
    start = r.choice([6 * 60, 9 * 60 + 15, 14 * 60])
    end = start + r.choice([15, 60, 300])
    day = r.choice([*DAYS.values()])
    asked: Asked = {
        "at": {"lon": LON, "lat": LAT}, "needs": {"isolation": 3}, "step": r.randint(0, 5),
        "speed_m_s": r.choice([1.1, 0.65]), "limits": limits,
        "windows": [{"day": day, "from": f"{start // 60:02d}:{start % 60:02d}",
                     "to": f"{end // 60:02d}:{end % 60:02d}"}],
    }  # fmt: skip
    return asked | r.choice([{"walk_minutes": r.choice([3, 10.5, 22])}, {"radius_m": 150}, {}])


def limited(name: str) -> Callable[[Asked, re.Match[str]], Change]:
    def change(asked: Asked, found: re.Match[str]) -> Change:
        enough, less = copy.deepcopy(asked), copy.deepcopy(asked)
        enough["limits"][name] = int(found[1])
        less["limits"][name] = int(found[1]) - 1
        return enough, less

    return change


def levelled(axis: str) -> Callable[[Asked, re.Match[str]], Change]:
    def change(asked: Asked, found: re.Match[str]) -> Change:
        order = [t.code for t in VOCABULARY.terms(axis)]
        [level] = [k for k, t in enumerate(VOCABULARY.terms(axis)) if t.ja == found[1]]
        enough, less = copy.deepcopy(asked), copy.deepcopy(asked)
        enough["limits"][axis], less["limits"][axis] = order[level], order[level - 1]
        return enough, less

    return change


def on_the_ladder(asked: Asked, found: re.Match[str]) -> Change:
    [step] = [k for k, t in enumerate(VOCABULARY.terms("step")) if t.ja == found[1]]
    towards = 1 if step > asked["step"] else -1
    return asked | {"step": step}, asked | {"step": step - towards}


def on_foot(asked: Asked, found: re.Match[str]) -> Change:
    minutes = asked["walk_minutes"] + int(found[1])
    return asked | {"walk_minutes": minutes}, asked | {"walk_minutes": minutes - 1}


def wider(asked: Asked, found: re.Match[str]) -> Change:
    metres = float(found[1]) * (1000 if found[2] == "km" else 1)
    step = 100 if metres < 10_000 else 1000
    radius = asked["radius_m"] + metres
    return asked | {"radius_m": radius}, asked | {"radius_m": max(radius - step, 1)}


def at_home(asked: Asked, _found: re.Match[str]) -> Change:
    return asked | {"limits": {**asked["limits"], "from_home": True}}, asked


def fetched(asked: Asked, _found: re.Match[str]) -> Change:
    return asked | {"limits": {**asked["limits"], "transport": True}}, asked


def at_another_time(asked: Asked, found: re.Match[str]) -> Change:
    day, opens, next_day, closes, minutes = found.groups()
    assert next_day is None or DAYS[next_day] != DAYS[day]
    code, following = DAYS[day], DAYS[next_day or day]
    hours = [{"day": code, "from": opens, "to": closes if next_day is None else "24:00"}]
    if next_day is not None:
        hours.append({"day": following, "from": "00:00", "to": closes})
    enough = asked | {"windows": [*asked["windows"], *hours]}
    if minutes is None:
        return enough, None
    start, end = (int(t[:2]) * 60 + int(t[3:]) for t in (opens, hours[0]["to"]))
    if end - start < int(minutes):
        return enough, None
    until = min(start + int(minutes), 24 * 60)
    hours = [{**hours[0], "to": f"{until // 60:02d}:{until % 60:02d}"}]
    return asked | {"windows": [*asked["windows"], *hours]}, None


SAID: dict[str, list[tuple[str, Callable[[Asked, re.Match[str]], Change]]]] = {
    "reach": [
        (r"あと(\d+)分長く歩ければ可", on_foot),
        (r"範囲をあと約([\d.]+) ?(k?m)広げれば可", wider),
        (r"オンラインでの参加でよければ可", at_home),
        (r"送迎を使えれば可", fetched),
    ],
    "windows": [
        (r"(.)曜([\d:]+)～(?:(.)曜)?([\d:]+)(?:のうち(\d+)分|に)来られれば可", at_another_time),
    ],
    "minutes": [(r"1回 (\d+) 分いられれば可", limited("minutes"))],
    "sessions_per_week": [(r"週 (\d+) 回通えれば可", limited("sessions_per_week"))],
    "fee": [(r"1回 (\d+) 円まで払えれば可", limited("max_yen"))],
    "group_size": [(r"(\d+)人くらいの集まりでもよければ可", limited("group_size"))],
    "noise": [(r"にぎやかさが「(.+)」でもよければ可", levelled("noise"))],
    "conversation": [(r"「(.+)」でもよければ可", levelled("conversation"))],
    "step": [
        (r"もう少し慣れてから（「(.+)」の段階で）可", on_the_ladder),
        (r"「(.+)」の段階に戻ってもよければ可", on_the_ladder),
    ],
}  # fmt: skip
NO_WAY = "歩いて行くには遠く、車や電車・バスで来られれば可"


def test_what_is_said_is_enough_and_less_of_it_is_not() -> None:
    r, tried = random.Random(31), Counter[str]()
    for _ in range(110):
        table, asked = Table(pd.DataFrame([place(r)])), question(r)

        def verdict(need: Asked, rule: str, table: Table = table) -> str:
            told = table.why(need, ID, now=NOW)
            return {v.rule: v.verdict for v in told.verdicts}.get(rule, "pass")

        for failed in table.why(asked, ID, now=NOW).verdicts:
            if failed.verdict != "fail" or failed.rule not in SAID:
                continue
            assert failed.change is not None
            if failed.change.ja == NO_WAY:
                continue
            means = [
                (how, found)
                for pattern, how in SAID[failed.rule]
                if (found := re.fullmatch(pattern, failed.change.ja))
            ]
            assert len(means) == 1, failed.change
            enough, less = means[0][0](asked, means[0][1])
            assert verdict(enough, failed.rule) != "fail", (failed.change, asked)
            if less is not None:
                assert verdict(less, failed.rule) == "fail", (failed.change, asked)
            tried[means[0][0].__qualname__ + failed.rule] += 1
    assert len(tried) == sum(map(len, SAID.values())) - 1  # both ways on the ladder are one
    assert min(tried.values()) >= 2, tried


def why(need: Asked | None = None, now: datetime = NOW, **row: Any) -> dict[str, Any]:
    one = {"id": ID, "name": "架空の場", "kind": "salon", "lon": LON, "lat": LAT, **row}
    asked = {"at": {"lon": LON, "lat": LAT}, **(need or {})}
    return {v.rule: v for v in Table(pd.DataFrame([one])).why(asked, ID, now=now).verdicts}


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ({"accompanied_cap": 2, "accompanied_now": 2}, ["受け入れ先に、もう一人受け入れる余裕ができれば可"]),
        ({"resting_until": "2026-12-10"}, ["受け入れ先の休止が明ければ可（2026年12月11日以降）"]),
        ({"resting_until": "2026-12-10", "accompanied_cap": 2, "accompanied_now": 2},
         ["受け入れ先の休止が明ければ可（2026年12月11日以降）", "受け入れ先に、もう一人受け入れる余裕ができれば可"]),
        ({"accompanied_cap": 0}, ["受け入れ先が人を受け入れはじめれば可"]),
        ({"accompanied_cap": 0, "resting_until": "9999-12-31"},
         ["受け入れ先の休止が明ければ可（時期は未定）", "受け入れ先が人を受け入れはじめれば可"]),
    ],
)  # fmt: skip
def test_a_host_that_rests_and_is_full_is_waited_for_in_both_respects(
    host: dict[str, Any], words: list[str]
) -> None:
    host = {"organization_id": uuid.UUID(int=7), **host}
    told = why(**host)["host_rest"]
    assert told.verdict == "fail"
    assert told.change.ja == "・".join(words)


@pytest.mark.parametrize(
    "cap", [{"accompanied_cap": 0}, {"accompanied_cap": 1, "accompanied_now": 1}]
)
@pytest.mark.parametrize(
    "until", [{}, {"resting_until": "2026-12-10"}, {"resting_until": "9999-12-31"}]
)
def test_where_only_hosts_keep_people_out_the_list_says_so(
    cap: dict[str, int], until: dict[str, str]
) -> None:
    row = {
        "id": ID, "name": "架空の場", "kind": "salon", "lon": LON, "lat": LAT, "needs": ["isolation"],
        "organization_id": uuid.UUID(int=7), **cap, **until,
    }  # fmt: skip
    asked = {"at": {"lon": LON, "lat": LAT}, "needs": {"isolation": 3}}
    answer = Table(pd.DataFrame([row])).suggest(asked, now=NOW)
    told = answer.relaxation
    assert told is not None
    assert (told.rule, told.count, told.change_count) == ("host_rest", 1, 1)
    [miss] = answer.nearest_misses
    assert told.change == miss.failed[0].change


def test_a_stated_radius_is_widened_by_no_other_way() -> None:
    for way, limits in (("transport", {"transport": True}), ("online", {})):
        far = {"lat": LAT + 0.01, way: True}
        asked = {"limits": limits, "needs": {"withdrawal": 3}}
        told = why({"radius_m": 500, **asked}, **far)["reach"]
        assert told.verdict == "fail"
        assert told.change.ja == {
            "transport": "範囲をあと約700 m広げれば可", "online": "オンラインでの参加でよければ可",
        }[way]  # fmt: skip
        assert why({"walk_minutes": 5, **asked}, **far)["reach"].verdict == "unknown"


def test_for_who_would_be_fetched_a_wider_radius_is_change_enough() -> None:
    far = {"lat": LAT + 0.02, "transport": True}
    asked = {"age": 81, "walk_minutes": 10}
    told = why({"radius_m": 500, **asked}, **far)["reach"]
    assert told.change.ja == "範囲をあと約1.8 km広げれば可"
    assert why({"radius_m": 2300, **asked}, **far)["reach"].verdict == "unknown"


def test_of_a_stated_today_only_what_is_ahead_counts() -> None:
    today = {"rules": [{"days": ["mon"], "from": "09:00", "to": "10:00"}], "closed": []}
    late = NOW + timedelta(hours=3)
    row = {"schedule": today, "ends_on": "2026-11-30"}
    for on in ({}, {"on": "2026-11-30"}):
        assert why(on, now=late, **row)["windows"].verdict == "fail"
    assert (
        why({"on": "2026-11-30"}, now=NOW - timedelta(hours=3), **row)["windows"].verdict == "pass"
    )


def test_a_near_miss_would_be_on_the_list_with_its_change() -> None:
    """What answers nothing that matters is none, however near it lies."""
    same = {"kind": "food_support", "lon": LON, "lat": LAT, "staff_present": False}
    rows = [
        {"id": uuid.UUID(int=1), "name": "別の用", **same, "needs": ["debt"]},
        {"id": uuid.UUID(int=2), "name": "あう用", **same, "needs": ["identity"]},
    ]
    asked = {
        "at": {"lon": LON, "lat": LAT}, "needs": {"identity": 3}, "limits": {"staff_present": True},
    }  # fmt: skip
    answer = Table(pd.DataFrame(rows)).suggest(asked, now=NOW)
    assert [m.place.name for m in answer.nearest_misses] == ["あう用"]
