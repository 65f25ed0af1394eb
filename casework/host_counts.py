"""How many people each host received and how soon it answered, counted from the placements.

What leaves this module is a band for each host and no case. Only what was over when this month
began counts, so a number that changes tells nothing of the day on which somebody began or left.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casework import audit
from casework.access import SUPPORT
from casework.audit import Attempt
from casework.case_models import Case, Consent
from casework.decline_reasons import REASONS
from casework.outcomes import how_it_went
from casework.placement_models import Placement, PlacementStep
from resources.clock import JAPAN
from resources.host_experience import (
    NEVER_ANSWERED,
    Answer,
    Experience,
    answers_about_room,
    band_of_days,
    band_of_people,
    usual_days,
)
from resources.models import Offering, Resource

RECEIVED = ("trial", "joined")
"""Steps by which a host has taken somebody on."""

STAYED_MONTHS = 3


def hosts_experience(session: Session, *, today: date, by: str) -> dict[uuid.UUID, Experience]:
    """Return what may be told of each host; the look at the placements is recorded.

    Cases whose consent stands no more, and those of a 支援会議, count nowhere.

    by : the job or command
    """
    audit.record(
        session, Attempt(by, None, "list", "outcomes", "all", ("placement",), "host_experience")
    )
    month = today.replace(day=1)
    came: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    stayed: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    answers: defaultdict[uuid.UUID, list[Answer]] = defaultdict(list)
    for asked, told in answers_about_room(session, today=today).items():
        answers[asked] += told
    stands = exists().where(
        Consent.case_id == Case.id, Consent.purpose == SUPPORT, Consent.withdrawn_at.is_(None)
    )
    placements = session.execute(
        select(Placement, Case.person_id, Resource.organization_id)
        .join(Case, Placement.case_id == Case.id)
        .join(Offering, Placement.offering_id == Offering.id)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Case.ground == "consent", stands)
    ).all()
    steps = _steps_before(session, [p.id for p, _, _ in placements], month)
    for placement, person, host in placements:
        if host is None:  # nobody is known who runs it
            continue
        taken = steps[placement.id]
        if any(step.target in RECEIVED for step in taken):
            came[host].add(person)
        if how_it_went(placement, taken, (), month).stayed[STAYED_MONTHS]:
            stayed[host].add(person)
        answer = _answer(placement, taken)
        if answer is not None:
            answers[host].append(answer)
    return {
        host: Experience(
            band_of_people(len(came[host])),
            band_of_people(len(stayed[host])),
            band_of_days(usual_days(answers[host])),
        )
        for host in {*came, *stayed, *answers}
    }


def _steps_before(
    session: Session, ids: list[uuid.UUID], day: date
) -> defaultdict[uuid.UUID, list[PlacementStep]]:
    """Return the steps of placements that were taken before a day, the earliest first."""
    found: defaultdict[uuid.UUID, list[PlacementStep]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = select(PlacementStep).where(PlacementStep.placement_id.in_(some))
        for row in session.scalars(rows.order_by(PlacementStep.at, PlacementStep.id)):
            if row.at.astimezone(JAPAN).date() < day:
                found[row.placement_id].append(row)
    return found


def _answer(placement: Placement, steps: Iterable[PlacementStep]) -> Answer | None:
    """Return how the host answered when it was asked; None where it didn't, or the person did."""
    first = next((step for step in steps if step.origin == "asked"), None)
    if first is None:
        return None
    if first.target == "declined":
        reason = REASONS.get(placement.reason or "")
        if reason is None or reason.whose != "host":
            return None
        if placement.reason == "no_answer":
            return Answer(placement.started_on, NEVER_ANSWERED)
    days = (first.at.astimezone(JAPAN).date() - placement.started_on).days
    return Answer(placement.started_on, max(days, 0))
