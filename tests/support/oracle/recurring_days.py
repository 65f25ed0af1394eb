"""The days and sessions of a stored schedule, by dateutil's recurrences and the law's holidays."""

from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from oracle import holiday_law
from resources.clock import JAPAN

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def plain_days(
    rule: dict[str, Any], closed: list[dict[str, Any]], first: date, n: int
) -> set[date]:
    """Return the days of a rule, of so many days from the first."""
    last = first + timedelta(days=n - 1)
    years = range(first.year - 1, last.year + 2)
    free = {d for year in years for d in holiday_law.holidays_by_law(year)}

    def recurring(
        days: list[str], nth: list[int], month_days: list[int], a: date, b: date
    ) -> set[date]:
        span = {
            "dtstart": datetime.combine(a, datetime.min.time()),
            "until": datetime.combine(b, datetime.max.time()),
        }
        out: set[date] = set()
        if days and nth:
            by = [weekday(WEEKDAYS.index(d), k) for d in days for k in nth]
            out |= {x.date() for x in rrule(MONTHLY, byweekday=by, **span)}
        elif days:
            by = [WEEKDAYS.index(d) for d in days]
            out |= {x.date() for x in rrule(WEEKLY, byweekday=by, **span)}
        if month_days:
            out |= {x.date() for x in rrule(MONTHLY, bymonthday=month_days, **span)}
        if not days and not month_days:
            out |= {x.date() for x in rrule(DAILY, **span)}
        return out

    found = recurring(rule["days"], rule["nth"], rule["month_days"], first, last)
    if "dates" in rule:
        found = {d for d in map(date.fromisoformat, rule["dates"]) if first <= d <= last}
    if rule["holidays"] == "only":
        found = {d for d in recurring([], [], [], first, last) if d in free}
    elif rule["holidays"] == "closed":
        early = first - timedelta(days=30)
        named = recurring(rule["days"], rule["nth"], rule["month_days"], early, last)
        found = {d for d in found if d not in free}
        found |= {_instead(d, rule.get("if_holiday"), free) for d in named & free}
        found = {d for d in found if first <= d <= last}
    for c in closed:
        if "from_day" in c:
            a, b = c["from_day"], c["to_day"]
            found = {
                d for d in found
                if not (a <= f"{d:%m-%d}" <= b if a <= b else f"{d:%m-%d}" >= a or f"{d:%m-%d}" <= b)
            }  # fmt: skip
        elif "dates" in c:
            found -= {date.fromisoformat(d) for d in c["dates"]}
        elif c.get("holidays"):
            found = {d for d in found if d not in free}
        else:
            days = recurring(
                c.get("days", []), c.get("nth", []), c.get("month_days", []),
                first - timedelta(days=30), last,
            )  # fmt: skip
            for d in days:
                moves = d in free and c.get("if_holiday") is not None
                found.discard(_instead(d, c["if_holiday"], free) if moves else d)
    return found


def _instead(day: date, move: str | None, free: set[date]) -> date:
    """Return the day that takes the place of one that is a holiday; long ago = none."""
    if move not in ("next_day", "next_weekday"):
        return date.min
    after = day + timedelta(days=1)
    while move == "next_weekday" and (after in free or after.weekday() > 4):
        after += timedelta(days=1)
    return after


def plain_sessions(
    stored: dict[str, Any], after: datetime, days: int
) -> set[tuple[datetime, datetime]]:
    """Return the start and end of each session that ends after a moment."""
    first = after.astimezone(JAPAN).date() - timedelta(days=1)
    found = set()
    for rule in stored["rules"]:
        for day in plain_days(rule, stored["closed"], first, days + 1):
            midnight = datetime.combine(day, time(0), JAPAN)
            start, end = (midnight + _length(rule[k]) for k in ("from", "to"))
            if end > after:
                found.add((start, end))
    return found


def _length(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
