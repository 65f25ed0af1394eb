"""Writes schedules out in words, as short as people write them; the Japanese can be read back."""

from dataclasses import dataclass, replace
from datetime import date

from resources.days import DAYS
from resources.schedule_closings import MOST_CLOSED_DAYS
from resources.schedules import Closed, Holidays, Rule, Schedule, clock_text

SHOWN = dict(zip(DAYS, "月火水木金土日", strict=True))
_NTH_EN = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}


@dataclass(frozen=True)
class _Run:
    """Rules that differ in their hours only; `with_holidays` = the same hours on holidays too."""

    rule: Rule
    hours: tuple[tuple[int, int], ...]
    with_holidays: bool = False


def print_schedule(schedule: Schedule, language: str = "ja") -> str:
    """Write a schedule out in words; `parse_schedule` reads the Japanese back.

    月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）
    """
    runs = _runs(schedule)
    policies = {run.rule.holidays for run in runs}
    shut = _weekly_together([part for c in schedule.closed for part in _parts(c)])
    never_on_holidays = any(c.holidays for c in schedule.closed)
    if never_on_holidays:
        runs = [run for run in runs if run.rule.holidays != "only"]
    alike = never_on_holidays or len(policies) < 2
    if never_on_holidays or policies == {"closed"}:
        shut.insert(0, Closed(holidays=True))
    write = _ja if language == "ja" else _en
    return write(runs, alike, policies, sorted(shut, key=_order))


def _runs(schedule: Schedule) -> list[_Run]:
    found: dict[Rule, list[tuple[int, int]]] = {}
    for rule in schedule.rules:
        days = () if set(rule.days) == set(DAYS) and not rule.nth else rule.days
        month_days = () if days != rule.days else rule.month_days
        which = Rule(days, rule.nth, month_days, 0, 1440, rule.holidays)
        if rule.holidays == "only":
            which = Rule(holidays="only")
        hours = found.setdefault(which, [])
        if (rule.start, rule.end) not in hours:
            hours.append((rule.start, rule.end))
    runs = [_Run(rule, tuple(sorted(hours))) for rule, hours in found.items()]
    return _joined_with_holidays(_joined_weekly(runs))


def _joined_weekly(runs: list[_Run]) -> list[_Run]:
    """Put days of every week that have the same hours together: 月～金, not 月曜, 火曜 …."""
    joined: dict[object, _Run] = {}
    for run in runs:
        rule = run.rule
        if rule.nth or rule.month_days or not rule.days or rule.holidays == "only":
            joined[run] = run
            continue
        alike = (run.hours, rule.holidays)
        before = joined[alike].rule.days if alike in joined else ()
        days = tuple(d for d in DAYS if d in {*before, *rule.days})
        joined[alike] = _Run(replace(rule, days=() if days == DAYS else days), run.hours)
    return list(joined.values())


def _joined_with_holidays(runs: list[_Run]) -> list[_Run]:
    """Put holidays to the days that are open with the same hours: 土・日・祝日."""
    only = next((r for r in runs if r.rule.holidays == "only"), None)
    weekly = [
        r for r in runs
        if only and r.hours == only.hours and r.rule.holidays == "open" and r.rule.days
        and not r.rule.nth and not r.rule.month_days
    ]  # fmt: skip
    if not weekly:
        return runs
    joined = _Run(weekly[0].rule, weekly[0].hours, with_holidays=True)
    return [joined if r is weekly[0] else r for r in runs if r is not only]


def _parts(closed: Closed) -> list[Closed]:
    """Return what one closing says one by one, holidays aside."""
    found = []
    if closed.days:
        found.append(Closed(closed.days, closed.nth, if_holiday=closed.if_holiday))
    if closed.month_days:
        found.append(Closed(month_days=closed.month_days, if_holiday=closed.if_holiday))
    if closed.from_day:
        found.append(Closed(from_day=closed.from_day, to_day=closed.to_day))
    if closed.dates:
        found.append(Closed(dates=closed.dates))
    return found


def _weekly_together(shut: list[Closed]) -> list[Closed]:
    weekly = {d for c in shut if _is_weekly(c) for d in c.days}
    others = [c for c in shut if not _is_weekly(c)]
    return [Closed(tuple(d for d in DAYS if d in weekly)), *others] if weekly else others


def _is_weekly(closed: Closed) -> bool:
    return bool(closed.days and not closed.nth and not closed.if_holiday)


def _order(closed: Closed) -> int:
    """What moves comes first, so that the words behind it can be meant for nothing else."""
    kinds = (closed.holidays, closed.if_holiday, closed.days and not closed.nth, closed.days,
             closed.month_days, closed.from_day)  # fmt: skip
    return next((i for i, said in enumerate(kinds) if said), len(kinds))


def _ja(runs: list[_Run], alike: bool, policies: set[Holidays | None], shut: list[Closed]) -> str:
    text = "、".join(_run_ja(run, policies, alike=alike) for run in runs)
    if alike and _says_open(runs, policies, shut):
        text += "（祝日も開催）"
    weekly = next((c.days for c in shut if _is_weekly(c)), ())
    many = len(weekly) > MOST_CLOSED_DAYS
    if many:
        shut = [c for c in shut if not _is_weekly(c)]
    if shut:
        text += f"（{'・'.join(map(_closed_ja, shut))}休み）"
    if many:
        text += f"（定休日：{'・'.join(SHOWN[d] for d in weekly)}）"
    return text


def _says_open(runs: list[_Run], policies: set[Holidays | None], shut: list[Closed]) -> bool:
    """Tell whether it has to be said once, for all, that holidays are open."""
    told = all(run.with_holidays for run in runs) or any(c.holidays for c in shut)
    return policies == {"open"} and not told


def _run_ja(run: _Run, policies: set[Holidays | None], *, alike: bool) -> str:
    rule = run.rule
    which = _which_ja(rule.days, rule.nth, rule.month_days)
    said = ""
    if rule.holidays == "only":
        which = "祝日"
    elif run.with_holidays:
        which = _days_ja(rule.days).removesuffix("曜") + "・祝日"
    elif not alike:
        if rule.holidays == "closed" and rule.days == DAYS[:5] and not rule.nth + rule.month_days:
            which = "平日"
        elif rule.holidays == "open":
            said = "（祝日も開催）"
        elif _holidays_have_hours(policies) and rule.holidays is None:
            said = "（祝日は要確認）"
        elif rule.holidays == "closed" and not _holidays_have_hours(policies):
            said = "（祝日を除く）"
    hours = "・".join(f"{_clock_ja(a)}～{_clock_ja(b)}" for a, b in run.hours)
    return f"{which or '毎日'}{said}{hours}"


def _holidays_have_hours(policies: set[Holidays | None]) -> bool:
    return "only" in policies


def _days_ja(days: tuple[str, ...]) -> str:
    order = [DAYS.index(d) for d in days]
    if len(order) > 2 and order == list(range(order[0], order[-1] + 1)):
        return f"{SHOWN[days[0]]}～{SHOWN[days[-1]]}"
    return "・".join(SHOWN[d] for d in days) + "曜"


def _which_ja(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if nth:
        which = "・".join("最終" if n == -1 else f"第{n}" for n in nth)
        said.append(which + "・".join(SHOWN[d] for d in days) + "曜")
    elif days:
        said.append(_days_ja(days))
    if month_days:
        said.append("毎月" + "・".join(f"{d}日" for d in month_days))
    return "と".join(said)


def _clock_ja(minutes: int) -> str:
    if minutes > 1440:
        return f"翌{_short_clock(minutes - 1440)}"
    # 1:30 without a nought would be read as the afternoon by some.
    return clock_text(minutes) if 60 <= minutes < 300 else _short_clock(minutes)


def _short_clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _closed_ja(closed: Closed) -> str:
    if closed.holidays:
        return "祝日"
    if closed.from_day:
        if (closed.from_day, closed.to_day) == ("12-29", "01-03"):
            return "年末年始"
        first, last = _day_of_year(closed.from_day), _day_of_year(closed.to_day or "")
        return first if first == last else f"{first}～{last}"
    if closed.dates:
        return "・".join(f"{d.year}年{d.month}月{d.day}日" for d in closed.dates)
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


def _en(runs: list[_Run], alike: bool, policies: set[Holidays | None], shut: list[Closed]) -> str:
    text = "; ".join(_run_en(run, alike=alike) for run in runs)
    if alike and _says_open(runs, policies, shut):
        text += " (on public holidays too)"
    return f"{text} (closed: {', '.join(map(_closed_en, shut))})" if shut else text


def _run_en(run: _Run, *, alike: bool) -> str:
    rule = run.rule
    which = _which_en(rule.days, rule.nth, rule.month_days) or "daily"
    said = ""
    if rule.holidays == "only":
        which = "public holidays"
    elif run.with_holidays:
        which += " and public holidays"
    elif not alike and rule.holidays:
        said = " (not on public holidays)" if rule.holidays == "closed" else " (on holidays too)"
    hours = ", ".join(f"{_short_clock(a)}–{_clock_en(b)}" for a, b in run.hours)
    return f"{which} {hours}{said}"


def _clock_en(minutes: int) -> str:
    return _short_clock(minutes) if minutes <= 1440 else f"{_short_clock(minutes - 1440)} (+1 day)"


def _which_en(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if days:
        order = [DAYS.index(d) for d in days]
        names = [d.capitalize() for d in days]
        run = len(order) > 2 and order == list(range(order[0], order[-1] + 1)) and not nth
        shown = f"{names[0]}–{names[-1]}" if run else ", ".join(names)
        said.append(f"{' and '.join(_NTH_EN[n] for n in nth)} {shown}".strip())
    if month_days:
        said.append("day " + ", ".join(map(str, month_days)) + " of the month")
    return " and ".join(said)


def _closed_en(closed: Closed) -> str:
    if closed.holidays:
        return "public holidays"
    if closed.from_day:
        first, last = _day_of_year_en(closed.from_day), _day_of_year_en(closed.to_day or "")
        return first if first == last else f"{first}–{last}"
    if closed.dates:
        return ", ".join(d.isoformat() for d in closed.dates)
    which = _which_en(closed.days, closed.nth, closed.month_days)
    moved = {
        "open": " (open on a holiday)",
        "next_day": " (the next day instead of a holiday)",
        "next_weekday": " (the next working day instead of a holiday)",
    }
    return which + (moved[closed.if_holiday] if closed.if_holiday else "")


def _day_of_year_en(mark: str) -> str:
    day = date.fromisoformat(f"2024-{mark}")  # a leap year, for 02-29
    return f"{day.day} {day:%b}"
