"""What the question of gaps answered, week by week, so that a planner sees what changed."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from resources.gaps import Gaps
from resources.models import Base
from resources.upsert import insert_into


class GapReport(Base):
    """One week's answer; nothing of a person, and not in the change log.

    towns : those with nothing in reach, as `TownGap.as_json`
    """

    __tablename__ = "gap_report"

    on: Mapped[date] = mapped_column(primary_key=True)
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    places: Mapped[int]
    people: Mapped[int]
    people_without: Mapped[int]
    towns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    @property
    def names(self) -> set[str]:
        return {str(town["town"]) for town in self.towns}


def keep_report(session: Session, *, gaps: Gaps, on: date) -> tuple[set[str], set[str]] | None:
    """Keep a day's answer; return the towns that became gaps and those that are none any more.

    None where there is no earlier report to compare with, or it asked another question. A second
    report of a day takes the place of the first.
    """
    before = latest_report(session, before=on)
    row = {
        "question": gaps.question.as_json(),
        "places": len(gaps.places),
        "people": gaps.people,
        "people_without": gaps.people_without,
        "towns": [town.as_json() for town in gaps.towns if town.is_gap],
    }
    session.execute(
        insert_into(session, GapReport)
        .values(on=on, **row)
        .on_conflict_do_update(index_elements=[GapReport.on], set_=row)
    )
    if before is None or before.question != row["question"]:
        return None
    now = {town.town for town in gaps.towns if town.is_gap}
    return now - before.names, before.names - now


def latest_report(session: Session, *, before: date) -> GapReport | None:
    """Return the newest report of an earlier day."""
    return session.scalar(
        select(GapReport).where(GapReport.on < before).order_by(GapReport.on.desc()).limit(1)
    )


def gap_reports(session: Session, *, limit: int = 53) -> list[GapReport]:
    """Return the reports, newest first."""
    rows = session.scalars(select(GapReport).order_by(GapReport.on.desc()).limit(limit))
    return list(rows)
