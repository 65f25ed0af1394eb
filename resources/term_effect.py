"""How many places another term of their kind would make overdue for verifying."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from resources.models import Offering, Resource


@dataclass(frozen=True)
class TermEffect:
    """Counts of the published resources of one kind.

    never : which nobody ever verified, and are overdue by any term
    over_before, over_after : whose verification is older than the term, by each of both terms
    """

    days_before: int
    days_after: int
    places: int
    never: int
    over_before: int
    over_after: int

    @property
    def newly_over(self) -> int:
        return max(self.over_after - self.over_before, 0)

    @property
    def no_longer_over(self) -> int:
        return max(self.over_before - self.over_after, 0)

    def as_json(self) -> dict[str, Any]:
        return {
            "days_before": self.days_before,
            "days_after": self.days_after,
            "places": self.places,
            "never": self.never,
            "over_before": self.over_before,
            "over_after": self.over_after,
            "newly_over": self.newly_over,
            "no_longer_over": self.no_longer_over,
        }


def effect_of_term(
    session: Session, *, kind: str, days_before: int, days_after: int, today: date
) -> TermEffect:
    """Return what another term does to the places of a kind; nothing is kept.

    A resource is as fresh as its offering that was verified last, as in `verifications_due`.
    """
    verified = (
        select(Resource.id, func.max(Offering.verified_on).label("on"))
        .join(Offering, Offering.resource_id == Resource.id)
        .where(Resource.status == "published", Resource.kind == kind)
        .group_by(Resource.id)
        .subquery()
    )
    on = verified.c.on
    before, after = (today - timedelta(days=d) for d in (days_before, days_after))
    places, never, over_before, over_after = session.execute(
        select(
            func.count(),
            func.count(case((on.is_(None), 1))),
            func.count(case((on < before, 1))),
            func.count(case((on < after, 1))),
        ).select_from(verified)
    ).one()
    return TermEffect(days_before, days_after, places, never, over_before, over_after)
