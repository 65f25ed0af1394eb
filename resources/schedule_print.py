"""Writes what is said of a schedule out in Japanese, as short as people write it."""

from resources.days import DAYS
from resources.schedule_closings import MOST_CLOSED_DAYS
from resources.schedule_print_en import in_english, moved_in_english
from resources.schedule_runs import Run, Written, is_always, is_weekly, says_open, written
from resources.schedule_said import UNSTATED, Hours, Move, Said, SaidRule, said_of_schedule
from resources.schedules import Closed, Holidays, Schedule, clock_text

SHOWN = dict(zip(DAYS, "月火水木金土日", strict=True))
_MOVED = {"open": "開館", "next_day": "翌日", "next_weekday": "翌平日"}
_OFF_SCHOOL = {"school_holidays": "学校休日", "long_vacations": "長期休暇"}
_UNDATED = {
    "new_year": "正月は休み",
    "obon": "お盆は休み",
    "summer": "夏季休暇あり",
    "temporary": "臨時休業あり",
    "irregular": "不定休",
    "events": "行事の日は利用不可",
}


def print_schedule(schedule: Schedule, language: str = "ja") -> str:
    """Write a schedule out in words; `parse_schedule` reads the Japanese back.

    月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）
    """
    return print_said(said_of_schedule(schedule), language)


def print_said(said: Said, language: str = "ja") -> str:
    """Write out all that an expression says; what it doesn't say, such as hours, isn't written."""
    if said.moved:
        return "、".join(map(_moved if language == "ja" else moved_in_english, said.moved))
    parts = written(said)
    return _in_japanese(parts) if language == "ja" else in_english(parts)


def _in_japanese(parts: Written) -> str:
    text = "、".join(_run(run, parts) for run in parts.runs)
    if parts.alike and says_open(parts):
        text += "（祝日も開催）"
    # Nobody says of so many days that they are closed; behind a label it can be nothing else.
    many = [c for c in parts.shut if len(c.days) > MOST_CLOSED_DAYS and not c.nth]
    shut = [_closed(c) for c in parts.shut if c not in many]
    ends = [f"{'・'.join(shut)}休み"] if shut else []
    ends += [f"定休日：{'、'.join(map(_labelled, many))}"] if many else []
    ends += ["、".join(_UNDATED[c.undated] for c in parts.undated)] if parts.undated else []
    first = text or ends.pop(0)  # where only closings are said, the first stands without brackets
    return first + "".join(f"（{end}）" for end in ends)


def _run(run: Run, parts: Written) -> str:
    rule, policies = run.rule, parts.policies
    if is_always(run):
        return "年中無休"
    which, said = _special(rule) or _which(rule.days, rule.nth, rule.month_days), ""
    if rule.holidays == "only":
        which = "祝日"
    elif run.with_holidays:
        which = _days(rule.days).removesuffix("曜") + "・祝日"
    elif not parts.alike and not rule.if_holiday:
        if rule.holidays == "closed" and rule.days == DAYS[:5] and not rule.nth + rule.month_days:
            which = "平日"
        elif run.hours != (UNSTATED,) or rule.holidays is not None:
            said = _of_holidays(rule.holidays, policies)
    if not which and any(h.complete() for h in run.hours):
        which = "毎日"
    moves = f"（祝日の場合は{_MOVED[rule.if_holiday]}）" if rule.if_holiday else ""
    return f"{which}{said}{'・'.join(_hours(h, parts) for h in run.hours)}{moves}"


def _of_holidays(policy: Holidays | None, policies: set[Holidays | None]) -> str:
    holidays_have_hours = "only" in policies
    if policy == "open":
        return "（祝日も開催）"
    if policy is None and holidays_have_hours:
        return "（祝日は要確認）"
    return "（祝日を除く）" if policy == "closed" and not holidays_have_hours else ""


def _special(rule: SaidRule) -> str:
    """Return the dates of a rule, or the days that no calendar here knows; else nothing."""
    if rule.on:
        return _OFF_SCHOOL[rule.on]
    dates = [f"{d.year}年{d.month}月{d.day}日（{SHOWN[DAYS[d.weekday()]]}）" for d in rule.dates]
    for day in rule.days_of_year:
        weekday = f"（{SHOWN[day.weekday]}）" if day.weekday else ""
        dates.append(_day_of_year(day.mark) + weekday)
    return "・".join(dates)


def _hours(hours: Hours, parts: Written) -> str:
    start, end = hours.start, hours.end
    if hours.from_event and end is not None:
        return f"放課後～{_clock(end)}"
    if start is not None:
        return f"{_clock(start)}～{_clock(end) if end is not None else ''}"
    if end is not None:
        return f"{_clock(end)}まで"
    others = any(h != UNSTATED for run in parts.runs for h in run.hours)
    return "利用可" if others else ""


def _days(days: tuple[str, ...]) -> str:
    order = [DAYS.index(d) for d in days]
    if len(order) > 2 and order == list(range(order[0], order[-1] + 1)):
        return f"{SHOWN[days[0]]}～{SHOWN[days[-1]]}"
    return "・".join(SHOWN[d] for d in days) + "曜"


def _which(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if nth:
        which = "・".join("最終" if n == -1 else f"第{n}" for n in nth)
        # Side by side: of 第2・第4月・水曜 nobody can say whether each Wednesday is meant.
        said.append(which + "".join(SHOWN[d] for d in days) + "曜")
    elif days:
        said.append("毎日" if days == DAYS else _days(days))
    if month_days:
        said.append("毎月" + "・".join(f"{d}日" for d in month_days))
    return "と".join(said)


def _clock(minutes: int) -> str:
    if minutes > 1440:
        return f"翌{_short_clock(minutes - 1440)}"
    # 1:30 without a nought would be read as the afternoon by some.
    return clock_text(minutes) if 60 <= minutes < 300 else _short_clock(minutes)


def _short_clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _closed(closed: Closed) -> str:
    if closed.holidays:
        return "祝日"
    if closed.from_day:
        if (closed.from_day, closed.to_day) == ("12-29", "01-03"):
            return "年末年始"
        first, last = _day_of_year(closed.from_day), _day_of_year(closed.to_day or "")
        return first if first == last else f"{first}～{last}"
    if closed.dates:
        return "・".join(f"{d.year}年{d.month}月{d.day}日" for d in closed.dates)
    which = _which(closed.days, closed.nth, closed.month_days)
    return which + (f"（祝日の場合は{_MOVED[closed.if_holiday]}）" if closed.if_holiday else "")


def _labelled(closed: Closed) -> str:
    return "・".join(SHOWN[d] for d in closed.days) if is_weekly(closed) else _closed(closed)


def _moved(move: Move) -> str:
    which = f"{_which(move.days, move.nth, ())}が" if move.days else ""
    return f"{which}祝日の場合は{_MOVED[move.if_holiday]}"


def _day_of_year(mark: str) -> str:
    month, day = mark.split("-")
    return f"{int(month)}月{int(day)}日"
