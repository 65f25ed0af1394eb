"""What became of placements follows from their steps; what is learned from it names nobody."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.access import Actor
from casework.case_models import Person
from casework.cases import case_of_person
from casework.consents import Given, consents_of, withdraw_consent
from casework.outcomes import MONTHS, Went, counts, how_it_went, recorded
from casework.people import add_person
from casework.placement_models import FollowUp, Placement, PlacementStep
from casework.placements import done_follow_up, move_placement, start_placement
from resources import clock
from resources.database import Database

TODAY = date(2026, 11, 26)
FACTS = {"kind": "salon", "scheme": "standard", "values": {"needs": 0.5}, "score": 0.6,
         "shown_at": 2}  # fmt: skip


def _went(*steps: tuple[str, int], state: str, reason: str | None = None) -> Went:
    """Return how a placement went whose steps were taken so many days ago."""
    at = datetime(2026, 11, 26, 3, tzinfo=UTC)
    rows = [PlacementStep(target=t, at=at - timedelta(days=days)) for t, days in steps]
    placement = Placement(
        offering_id=uuid.uuid4(), state=state, started_on=TODAY, reason=reason, place="架空"
    )
    contacts = [
        FollowUp(whom="host", done_on=TODAY - timedelta(days=d), view=view)
        for d, view in ((30, "hard"), (3, "good"))
    ]
    return how_it_went(placement, rows, contacts, TODAY)


def test_who_joined_stays_until_it_ends_and_what_lies_ahead_is_not_known() -> None:
    assert _went(("joined", 200), state="settled").stayed == {1: True, 3: True, 6: True}
    assert _went(("joined", 100), state="joined").stayed == {1: True, 3: True, 6: None}
    ended = _went(("joined", 100), ("ended", 40), state="ended", reason="health")
    assert ended.stayed == {1: True, 3: False, 6: None}, "as of those who came with them"
    left = _went(("joined", 20), ("ended", 15), state="ended")
    assert left.stayed == dict.fromkeys(MONTHS), "the latest haven't all left"
    assert ended.reason == "health"
    assert _went(("joined", 5), state="joined").stayed == dict.fromkeys(MONTHS)


def test_who_never_joined_stayed_nowhere_and_who_only_asked_never_went() -> None:
    tried = _went(("visit", 20), ("declined", 10), state="declined", reason="atmosphere")
    assert (tried.went, tried.joined_on, tried.stayed[3]) == (True, None, None)
    assert not _went(("asked", 9), ("declined", 3), state="declined", reason="full").went


def test_the_host_s_newest_view_counts() -> None:
    assert _went(("joined", 40), state="joined").host_view == "good"


def test_counts_of_a_few_are_not_told() -> None:
    one = _went(("joined", 200), state="settled")
    told = counts([one] * 6 + [replace(one, reason="health", host_view="hard")])
    assert (told["placements"], told["joined"], told["stayed_3"]) == (7, 7, 7)
    assert told["reasons"] == {"health": None}
    assert told["host_views"] == {"good": 6, "mixed": 0, "hard": None}


@pytest.fixture
def person(database: Database, agencies: tuple[str, str]) -> Person:
    consent = Given(("support", "referral"), ("east",), "self", clock.today(), "written")
    with database.writing(by="test") as session:
        return add_person(
            session, label="Bさん", summary="架空", agency="east", by="test", consent=consent,
            need={"at": {"lon": 139.7, "lat": 35.7}, "age": 47},
        )  # fmt: skip


def test_recorded_placements_become_outcomes_that_name_nobody_until_the_consent_is_withdrawn(
    database: Database, staff: Callable[..., Actor], person: Person
) -> None:
    east = staff("sato")
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=person.id, purpose="test", write=True)
        for target in (None, "visit"):
            made = start_placement(
                session, case, offering_id=uuid.uuid4(), place="架空", suggested=FACTS
            )
            if target:
                move_placement(session, case, placement_id=made.id, version=1, target=target)
    with database.writing(by="job") as session:
        found = recorded(session, today=clock.today(), by="job:test")
    assert len(found.went) == 2
    (outcome,) = found.outcomes  # the other was only asked, and isn't decided
    assert (outcome.kind, outcome.values, outcome.group) == ("salon", {"needs": 0.5}, "40-64")
    assert (outcome.accepted, outcome.stayed, outcome.shown_at) == (True, None, 2)
    assert "Bさん" not in repr(found)
    assert str(person.id) not in repr(found)
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=person.id, purpose="test", write=True)
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
    with database.writing(by="job") as session:
        assert recorded(session, today=clock.today(), by="job:test").went == []


def test_a_contact_keeps_how_it_goes(
    database: Database, staff: Callable[..., Actor], person: Person
) -> None:
    from casework.cases import rows_of

    east = staff("sato")
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=person.id, purpose="test", write=True)
        made = start_placement(session, case, offering_id=uuid.uuid4(), place="架空")
        move_placement(session, case, placement_id=made.id, version=1, target="joined")
        host = next(f for f in rows_of(session, case, FollowUp) if f.whom == "host")
        done_follow_up(session, case, follow_up_id=host.id, note="手が足りない", view="hard")
    with database.writing(by="job") as session:
        (went,) = recorded(session, today=clock.today(), by="job:test").went
    assert went.host_view == "hard"
