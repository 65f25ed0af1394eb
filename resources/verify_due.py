"""How many published places nobody has verified within their term."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from resources.models import Offering, Resource
from resources.verify_next import USUAL_TERM_DAYS, terms_of
from resources.vocabulary import Vocabulary


@dataclass(frozen=True)
class VerificationsDue:
    """Counts of published resources.

    over : whose term is over, or that were never verified
    soon : whose term ends within the days asked for
    """

    over: int
    soon: int


def verifications_due(
    session: Session, vocabulary: Vocabulary, *, today: date, ahead_days: int = 7
) -> VerificationsDue:
    """Return how many published resources want verifying, by the term of their kind.

    A resource is as fresh as its offering that was verified last.
    """
    verified = (
        select(Resource.kind, func.max(Offering.verified_on).label("on"))
        .join(Offering, Offering.resource_id == Resource.id)
        .where(Resource.status == "published")
        .group_by(Resource.id, Resource.kind)
        .subquery()
    )
    terms = terms_of(vocabulary)
    over = soon = 0
    for term in sorted({*terms.values(), USUAL_TERM_DAYS}):
        kinds = [kind for kind, days in terms.items() if days == term]
        these: ColumnElement[bool] = verified.c.kind.in_(kinds)
        if term == USUAL_TERM_DAYS:
            these = or_(these, verified.c.kind.not_in(list(terms)))
        ended = today - timedelta(days=term)
        late = verified.c.on.is_(None) | (verified.c.on < ended)
        ends_soon = verified.c.on.between(ended, ended + timedelta(days=ahead_days))
        counted = session.execute(
            select(func.count(case((late, 1))), func.count(case((ends_soon, 1)))).where(these)
        ).one()
        over += counted[0]
        soon += counted[1]
    return VerificationsDue(over, soon)
