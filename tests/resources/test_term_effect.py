"""How many places another term makes overdue is what a slow count of all places says."""

import random
from datetime import date, timedelta

import pytest

from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.term_effect import effect_of_term
from resources.verify_due import verifications_due
from resources.vocabulary import default_vocabulary

TODAY = date(2026, 11, 26)
LISTS = default_vocabulary()


@pytest.fixture
def ages(database: Database) -> list[int | None]:
    """Published salons, verified so many days ago, between places of other kinds and closed ones."""
    chance, found = random.Random(7), []
    with database.writing(by="test") as session:
        for n in range(40):
            kind = chance.choice(["salon", "salon", "employer"])
            status = chance.choice(["published", "published", "draft"])
            ago = chance.choice([None, 1, 45, 46, 89, 90, 91, 140, 141, 400])
            day = None if ago is None else (TODAY - timedelta(days=ago)).isoformat()
            parts = {
                "resource": {"name": f"架空{n}", "kind": kind, "status": status},
                "offering": {"verified_on": day},
            }
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=LISTS,
                by="test",
            )
            if (kind, status) == ("salon", "published"):
                found.append(ago)
    return found


@pytest.mark.parametrize("days", [1, 45, 90, 140, 3650])
def test_the_counts_are_those_of_a_slow_walk_and_of_the_calls_that_follow(
    database: Database, ages: list[int | None], days: int
) -> None:
    with database.reading() as session:
        found = effect_of_term(session, kind="salon", days_before=90, days_after=days, today=TODAY)
        now, then = (
            verifications_due(session, lists, today=TODAY).over
            for lists in (LISTS, LISTS.with_facts("kind", "salon", {"term_days": days}))
        )
    assert (found.places, found.never) == (len(ages), ages.count(None))
    assert [found.over_before, found.over_after] == [
        sum(age is not None and age > term for age in ages) for term in (90, days)
    ]
    assert then - now == found.newly_over - found.no_longer_over
    assert found.newly_over == 0 or found.no_longer_over == 0
