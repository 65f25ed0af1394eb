"""Writes schedules out in words; what is written in Japanese can be read back."""

from resources.days import DAYS
from resources.schedules import Closed, Rule, Schedule, clock_text

SHOWN = dict(zip(DAYS, "月火水木金土日", strict=True))


def print_schedule(schedule: Schedule, language: str = "ja") -> str:
    """Write a schedule out in words; the Japanese can be read back."""
    rule_of, closed_of, joined = (
        (_rule_ja, _closed_ja, "、") if language == "ja" else (_rule_en, _closed_en, "; ")
    )
    usual = [r for r in schedule.rules if r.holidays != "only"]
    shut_on_holidays = [r for r in usual if r.holidays == "closed"]
    # Where only some rules leave holidays out and these are for weekdays, their days say so.
    as_weekdays = len(shut_on_holidays) < len(usual) and all(
        r.days == DAYS[:5] and not r.nth for r in shut_on_holidays
    )
    text = joined.join(rule_of(r, as_weekdays=as_weekdays) for r in schedule.rules)
    shut = [closed_of(c) for c in schedule.closed]
    if shut_on_holidays and not as_weekdays:
        shut.insert(0, "祝日" if language == "ja" else "public holidays")
    if not shut:
        return text
    return (
        f"{text}（{'・'.join(shut)}休み）"
        if language == "ja"
        else (f"{text} (closed: {', '.join(shut)})")
    )


def _days_ja(days: tuple[str, ...]) -> str:
    order = [DAYS.index(d) for d in days]
    if len(order) > 2 and order == list(range(order[0], order[-1] + 1)):
        return f"{SHOWN[days[0]]}～{SHOWN[days[-1]]}曜"
    return "・".join(SHOWN[d] for d in days) + "曜"


def _which_ja(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if days:
        which = "・".join("最終" if n == -1 else f"第{n}" for n in nth)
        said.append(which + _days_ja(days))
    if month_days:
        said.append("毎月" + "・".join(f"{d}日" for d in month_days))
    return "と".join(said)


def _rule_ja(rule: Rule, *, as_weekdays: bool) -> str:
    which = _which_ja(rule.days, rule.nth, rule.month_days)
    if as_weekdays and rule.holidays == "closed":
        which = "平日"
    if not which:
        which = "祝日" if rule.holidays == "only" else "毎日"
    return f"{which}{_clock_ja(rule.start)}～{_clock_ja(rule.end)}"


def _clock_ja(minutes: int) -> str:
    if minutes > 1440:
        return f"翌{clock_text(minutes - 1440)}"
    return clock_text(minutes)


def _closed_ja(closed: Closed) -> str:
    if closed.from_day:
        if (closed.from_day, closed.to_day) == ("12-29", "01-03"):
            return "年末年始"
        first, last = _day_of_year(closed.from_day), _day_of_year(closed.to_day or "")
        return first if first == last else f"{first}～{last}"
    if closed.dates:
        return "・".join(f"{d.year}年{d.month}月{d.day}日" for d in closed.dates)
    if closed.holidays:
        return "祝日"
    which = _which_ja(closed.days, closed.nth, closed.month_days)
    moved = {
        "open": "（祝日の場合は開館）",
        "next_day": "（祝日の場合は翌日）",
        "next_weekday": "（祝日の場合は翌平日）",
    }
    return which + (moved[closed.if_holiday] if closed.if_holiday else "")


def _day_of_year(mark: str) -> str:
    month, day = mark.split("-")
    return f"{int(month)}月{int(day)}日"


_NTH_EN = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}


def _which_en(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if days:
        which = " and ".join(_NTH_EN[n] for n in nth)
        said.append(f"{which} {', '.join(d.capitalize() for d in days)}".strip())
    if month_days:
        said.append("day " + ", ".join(map(str, month_days)) + " of the month")
    return " and ".join(said)


def _rule_en(rule: Rule, *, as_weekdays: bool) -> str:
    which = _which_en(rule.days, rule.nth, rule.month_days)
    if as_weekdays and rule.holidays == "closed":
        which = "weekdays but public holidays"
    if not which:
        which = "public holidays" if rule.holidays == "only" else "daily"
    return f"{which} {clock_text(rule.start)}–{clock_text(rule.end)}"


def _closed_en(closed: Closed) -> str:
    if closed.from_day:
        return f"{closed.from_day} to {closed.to_day}"
    if closed.dates:
        return ", ".join(d.isoformat() for d in closed.dates)
    if closed.holidays:
        return "public holidays"
    which = _which_en(closed.days, closed.nth, closed.month_days)
    moved = {
        "open": " (open on a holiday)",
        "next_day": " (the next day instead of a holiday)",
        "next_weekday": " (the next working day instead of a holiday)",
    }
    return which + (moved[closed.if_holiday] if closed.if_holiday else "")
