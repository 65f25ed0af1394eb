"""Times eight weeks of sessions of every offering, beside dateutil and a list of holidays.

What the engine knows of an offering's days is worked out for one day, as on each morning: all
offerings at once. dateutil takes them one by one; for it some offerings stand for all. The days of
those are checked equal.

    python -m benchmarks.sessions --offerings 1000000
"""

import argparse
import statistics
import time
from datetime import date, datetime, timedelta
from typing import Any

import holidays
import numpy as np
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from sqlalchemy import select

from benchmarks.suggest import OUT, prepared, questions_of
from matching.ask import prepare
from matching.columns import LOOK
from matching.times import sessions_of
from resources import clock
from resources.days import DAYS
from resources.models import Offering

SAMPLE = 2_000
WEEKS = 8
MORNINGS = 5


def plain_days(schedule: dict[str, Any], first: date, free: set[date]) -> set[date]:
    """Return the days of a stored schedule in eight weeks, as one writes it with dateutil."""
    span = {
        "dtstart": datetime.combine(first, datetime.min.time()),
        "until": datetime.combine(first + timedelta(days=7 * WEEKS - 1), datetime.max.time()),
    }
    found: set[date] = set()
    for rule in schedule["rules"]:
        days = _recurring(rule, span)
        if rule["holidays"] == "closed":
            days -= free
        elif rule["holidays"] == "only":
            days = {x.date() for x in rrule(DAILY, **span) if x.date() in free}
        found |= days
    for closing in schedule["closed"]:
        if "from_day" in closing:
            found = {d for d in found if not _within(closing, d)}
        elif closing.get("holidays"):
            found -= free
        else:
            found -= _recurring(closing, span)
    return found


def _recurring(rule: dict[str, Any], span: dict[str, datetime]) -> set[date]:
    days, nth = rule.get("days", []), rule.get("nth", [])
    month_days = rule.get("month_days", [])
    found: set[date] = set()
    if days and nth:
        by = [weekday(DAYS.index(d), k) for d in days for k in nth]
        found |= {x.date() for x in rrule(MONTHLY, byweekday=by, **span)}
    elif days:
        found |= {x.date() for x in rrule(WEEKLY, byweekday=[DAYS.index(d) for d in days], **span)}
    if month_days:
        found |= {x.date() for x in rrule(MONTHLY, bymonthday=month_days, **span)}
    if not days and not month_days:
        found |= {x.date() for x in rrule(DAILY, **span)}
    return found


def _within(closing: dict[str, Any], day: date) -> bool:
    low, high, at = closing["from_day"], closing["to_day"], f"{day:%m-%d}"
    return low <= at <= high if low <= high else at >= low or at <= high


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offerings", type=int, default=1_000_000)
    given = options.parse_args()
    program = prepared(given.offerings)
    with program.database.reading() as session:
        index = program.store.current(session)
        need = questions_of(program, index, "plain", 1)[0]
        need = need.model_copy(update={"windows": (), "on": date(2026, 12, 1)})
        rows, _ = index.candidates(need.point, None)
        looks = np.zeros(len(rows), LOOK)
        times = []
        codebook = index.codebook or program.store.codebook
        for k in range(MORNINGS + 1):
            day = date(2026, 12, 1) + timedelta(days=k)
            ask = prepare(need.model_copy(update={"on": day}), codebook, clock.now())
            began = time.perf_counter()
            sessions_of(rows, ask, looks)
            times.append(time.perf_counter() - began)
        ours = statistics.median(times[1:]) / len(rows)  # the first one compiles
        held = {
            int(i): int(days)
            for i, days in zip(rows["id_low"].tolist(), looks["held"].tolist(), strict=True)
        }
        stored = session.execute(
            select(Offering.id, Offering.schedule)
            .where(Offering.schedule.is_not(None), Offering.ends_on.is_(None))
            .order_by(Offering.id)
            .limit(SAMPLE)
        ).all()
        free = set(holidays.country_holidays("JP", years=(2026, 2027)))
        began = time.perf_counter()
        plain = {i: plain_days(schedule, day, free) for i, schedule in stored}
        theirs = (time.perf_counter() - began) / len(stored)
    wrong = sum(
        _bits(days, day) != held[i.int & (2**64 - 1)] & ~1 & (2 ** (7 * WEEKS + 1) - 1)
        for i, days in plain.items()
    )
    text = (
        f"{len(rows):,} offerings, {WEEKS} weeks\n\n| way | microseconds an offering |\n|---|---|\n"
        f"| all at once | {1e6 * ours:.2f} |\n| dateutil, one by one | {1e6 * theirs:.0f} |\n\n"
        f"same days: {wrong == 0} ({len(plain):,} offerings compared, {wrong} differ); "
        f"dateutil ÷ ours: {theirs / ours:.0f}"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "sessions.md").write_text(text + "\n", encoding="utf-8")
    if wrong:
        raise SystemExit(1)


def _bits(days: set[date], first: date) -> int:
    # Bit 0 is the eve of the day asked for.
    return sum(1 << ((day - first).days + 1) for day in days)


if __name__ == "__main__":
    main()
