"""Writes what is said of a schedule out in English."""

from datetime import date

from resources.days import DAYS
from resources.schedule_runs import Run, Written, is_always, says_open
from resources.schedule_said import UNSTATED, Hours, Move, SaidRule
from resources.schedules import Closed

_NTH = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}
_MOVED = {
    "open": "open on a holiday",
    "next_day": "the next day instead of a holiday",
    "next_weekday": "the next working day instead of a holiday",
}
_OFF_SCHOOL = {"school_holidays": "days off school", "long_vacations": "school vacations"}
_UNDATED = {
    "new_year": "new year (days not stated)",
    "obon": "Obon (days not stated)",
    "summer": "summer holidays (days not stated)",
    "temporary": "now and then",
    "irregular": "irregular days",
    "events": "days of events",
}


def in_english(parts: Written) -> str:
    """Write out the runs and closings of what is said."""
    text = "; ".join(_run(run, parts) for run in parts.runs)
    if parts.alike and says_open(parts):
        text += " (on public holidays too)"
    shut = [*map(_closed, parts.shut), *(_UNDATED[c.undated] for c in parts.undated)]
    if not shut:
        return text
    closed = f"closed: {', '.join(shut)}"
    return f"{text} ({closed})" if text else closed


def moved_in_english(move: Move) -> str:
    """Write out what is said alone of closing days that fall on a holiday."""
    return f"{_which(move.days, move.nth, ()) or 'closing days'}: {_MOVED[move.if_holiday]}"


def _run(run: Run, parts: Written) -> str:
    rule = run.rule
    if is_always(run):
        return "every day of the year"
    which = _special(rule) or _which(rule.days, rule.nth, rule.month_days)
    if not which and any(h.complete() for h in run.hours):
        which = "daily"
    said = ""
    if rule.holidays == "only":
        which = "public holidays"
    elif run.with_holidays:
        which += " and public holidays"
    elif rule.if_holiday:
        said = f" ({_MOVED[rule.if_holiday]})"
    elif not parts.alike and rule.holidays:
        said = " (not on public holidays)" if rule.holidays == "closed" else " (on holidays too)"
    hours = ", ".join(_hours(h, parts) for h in run.hours)
    return f"{which} {hours}".strip() + said


def _special(rule: SaidRule) -> str:
    if rule.on:
        return _OFF_SCHOOL[rule.on]
    years_unsaid = [f"{_day_of_year(d.mark)} (year not stated)" for d in rule.days_of_year]
    return ", ".join([*(d.isoformat() for d in rule.dates), *years_unsaid])


def _hours(hours: Hours, parts: Written) -> str:
    start, end = hours.start, hours.end
    if hours.from_event and end is not None:
        return f"from the end of school until {_clock(end)}"
    if start is not None and end is not None:
        return f"{_short_clock(start)}–{_clock(end)}"
    if start is not None:
        return f"from {_short_clock(start)}"
    if end is not None:
        return f"until {_clock(end)}"
    others = any(h != UNSTATED for run in parts.runs for h in run.hours)
    return "(hours not stated)" if others else ""


def _clock(minutes: int) -> str:
    return _short_clock(minutes) if minutes <= 1440 else f"{_short_clock(minutes - 1440)} (+1 day)"


def _short_clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _which(days: tuple[str, ...], nth: tuple[int, ...], month_days: tuple[int, ...]) -> str:
    said = []
    if days:
        order = [DAYS.index(d) for d in days]
        names = [d.capitalize() for d in days]
        run = len(order) > 2 and order == list(range(order[0], order[-1] + 1)) and not nth
        if days == DAYS and not nth:
            return "daily"
        shown = f"{names[0]}–{names[-1]}" if run else ", ".join(names)
        said.append(f"{' and '.join(_NTH[n] for n in nth)} {shown}".strip())
    if month_days:
        said.append("day " + ", ".join(map(str, month_days)) + " of the month")
    return " and ".join(said)


def _closed(closed: Closed) -> str:
    if closed.holidays:
        return "public holidays"
    if closed.from_day:
        first, last = _day_of_year(closed.from_day), _day_of_year(closed.to_day or "")
        return first if first == last else f"{first}–{last}"
    if closed.dates:
        return ", ".join(d.isoformat() for d in closed.dates)
    which = _which(closed.days, closed.nth, closed.month_days)
    return which + (f" ({_MOVED[closed.if_holiday]})" if closed.if_holiday else "")


def _day_of_year(mark: str) -> str:
    day = date.fromisoformat(f"2024-{mark}")  # a leap year, for 02-29
    return f"{day.day} {day:%b}"
