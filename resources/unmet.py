"""What was asked for and nothing was found: need × district × time of day, and nobody in it.

Staff put it down when a list stays empty; it counts, and tells nothing of whom it was about.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.derived import UnmetNeed
from resources.models import Location
from resources.upsert import insert_into

PARTS_OF_DAY: dict[str, tuple[int, int]] = {
    "night": (0, 300),
    "early": (300, 540),
    "morning": (540, 720),
    "afternoon": (720, 1020),
    "evening": (1020, 1200),
    "late": (1200, 1440),
}
"""From and to, in minutes from midnight."""

ANY_TIME = "any"
NOWHERE = ""
"""The district of what lies in none."""

FEWEST = 5
"""Counts below are told as "fewer than": a rare need at one place may name somebody."""

_OVERLAP = 30


@dataclass(frozen=True)
class Unmet:
    """A need that found nothing; times is None where it was fewer than `FEWEST`."""

    need: str
    district: str
    part: str
    times: int | None


def parts_of_day(windows: Collection[tuple[int, int]]) -> list[str]:
    """Return the parts of the day that some hours touch by half an hour; any time without hours."""
    if not windows:
        return [ANY_TIME]
    return [
        part
        for part, (opens, closes) in PARTS_OF_DAY.items()
        if any(min(end, closes) - max(start, opens) >= _OVERLAP for start, end in windows)
    ]


def district_near(session: Session, *, lon: float, lat: float) -> str:
    """Return the district of the nearest place that has one; `NOWHERE` where none has."""
    # Degrees of longitude are shorter than those of latitude; 0.66 is their ratio² at 35.5° N.
    away = (Location.lat - lat) * (Location.lat - lat) + 0.66 * (Location.lon - lon) * (
        Location.lon - lon
    )
    found = session.scalars(
        select(Location.district)
        .where(
            Location.district.is_not(None), Location.lon.is_not(None),
            Location.visibility == "public",
        )
        .order_by(away)
        .limit(1)
    ).first()  # fmt: skip
    return found or NOWHERE


def record_unmet(
    session: Session,
    *,
    needs: Mapping[str, int],
    district: str,
    windows: Collection[tuple[int, int]],
    on: date,
) -> int:
    """Count that these needs found nothing; return how many cells were counted.

    needs : code → weight; what is only mentioned (1) counts where nothing weighs more
    windows : hours in minutes from midnight; empty = any time
    """
    heaviest = max(needs.values(), default=0)
    codes = sorted(code for code, weight in needs.items() if weight >= min(2, heaviest))
    month = on.replace(day=1)
    rows = [
        {"need": code, "district": district, "part": part, "month": month, "times": 1}
        for code in codes
        for part in parts_of_day(windows)
    ]
    if rows:
        statement = insert_into(session, UnmetNeed)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[
                    UnmetNeed.need, UnmetNeed.district, UnmetNeed.part, UnmetNeed.month,
                ],
                set_={"times": UnmetNeed.times + 1},
            ),
            rows,
        )  # fmt: skip
    return len(rows)


def unmet_needs(session: Session, *, since: date) -> list[Unmet]:
    """Return what found nothing since a month, most often first; small counts without number."""
    rows = session.execute(
        select(UnmetNeed.need, UnmetNeed.district, UnmetNeed.part, func.sum(UnmetNeed.times))
        .where(UnmetNeed.month >= since.replace(day=1))
        .group_by(UnmetNeed.need, UnmetNeed.district, UnmetNeed.part)
    ).all()
    told = [(need, district, part, int(times)) for need, district, part, times in rows]
    told.sort(key=lambda r: (-r[3] if r[3] >= FEWEST else 0, r[0], r[1], r[2]))
    return [Unmet(n, d, p, t if t >= FEWEST else None) for n, d, p, t in told]
