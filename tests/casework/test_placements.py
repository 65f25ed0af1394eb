"""Placements, follow-ups, hand-offs and meetings, as the team of a case works."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.case_models import Person
from casework.cases import Opened, Unseen, case_of_person, rows_of
from casework.consents import Given, consents_of, record_consent, withdraw_consent
from casework.decline_reasons import BadReason
from casework.meetings import NotForThisMeeting, add_meeting, agenda, decide, put_on_agenda
from casework.notices import notices_of
from casework.people import EditedMeanwhile, add_person
from casework.placement_models import Disclosure, FollowUp, HandOff, PlacementStep
from casework.placements import (
    NeedsConsent,
    done_follow_up,
    move_placement,
    placements_of,
    start_placement,
    waiting_for,
)
from casework.plans import (
    BadOutcome,
    NotYours,
    StillOpen,
    ask_hand_off,
    hand_offs_waiting,
    move_case,
    move_hand_off,
)
from casework.stages import NoSuchStep
from casework.stalled import tell_what_stalls
from resources import clock
from resources.database import Database


def agreed(*agencies: str, purposes: tuple[str, ...] = ("support", "referral", "meeting")) -> Given:
    return Given(purposes, agencies, "self", clock.today(), "written")


def opened(session: Session, who: Actor, person: Person) -> Opened:
    return case_of_person(session, actor=who, person_id=person.id, purpose="plan", write=True)


@pytest.fixture
def east(staff: Callable[..., Actor]) -> Actor:
    return staff("east")


@pytest.fixture
def person(database: Database, east: Actor) -> Person:
    with database.writing(by=east.by) as session:
        return add_person(
            session, label="A", summary="", need={}, agency="east", by=east, consent=agreed("east")
        )


def test_from_asking_to_settled_with_both_sides_asked_how_it_goes(
    database: Database, east: Actor, person: Person
) -> None:
    today = clock.today()
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        placement = start_placement(
            session, case, offering_id=uuid.uuid4(), place="架空サロン", told=["need", "secret"]
        )
        assert (placement.state, placement.next_on) == ("asked", today + timedelta(days=7))
        for target in ("visit", "trial", "joined"):
            move_placement(
                session, case, placement_id=placement.id, version=placement.version, target=target
            )
        due = rows_of(session, case, FollowUp, FollowUp.due_on)
        assert [(f.whom, (f.due_on - today).days) for f in due] == [
            ("person", 14), ("host", 30), ("person", 90),
        ]  # fmt: skip
        done_follow_up(session, case, follow_up_id=due[0].id, note="楽しいとのこと")
        assert due[0].done_on == today
        move_placement(
            session, case, placement_id=placement.id, version=placement.version, target="settled"
        )
        assert placement.next_on is None
        steps = rows_of(session, case, PlacementStep, PlacementStep.at)
        assert [s.target for s in steps] == ["asked", "visit", "trial", "joined", "settled"]
        # Only what may be told at all is recorded as told.
        assert [d.fields for d in rows_of(session, case, Disclosure)] == [["need"]]


def test_a_decline_says_why_and_when_to_ask_again(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        for reason, days in (("full", 60), ("too_far", None)):
            p = start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
            with pytest.raises(BadReason):
                move_placement(
                    session, case, placement_id=p.id, version=1, target="declined", reason="bored"
                )
            move_placement(
                session, case, placement_id=p.id, version=1, target="declined", reason=reason
            )
            again = clock.today() + timedelta(days=days) if days else None
            assert (p.reason, p.ask_again_on, p.next_on) == (reason, again, None)
            with pytest.raises(NoSuchStep):
                move_placement(session, case, placement_id=p.id, version=p.version, target="joined")


def test_who_saw_an_older_version_takes_no_step(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        p = start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        move_placement(session, case, placement_id=p.id, version=1, target="visit")
        with pytest.raises(EditedMeanwhile):
            move_placement(session, case, placement_id=p.id, version=1, target="trial")


def test_no_host_is_asked_without_a_consent_to_refer_and_none_for_a_case_without_consent(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        for consent in consents_of(session, case):
            if consent.purpose == "referral":
                withdraw_consent(session, case, consent_id=consent.id)
        case = opened(session, east, person)
        with pytest.raises(NeedsConsent):
            start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        secret = add_person(
            session, label="B", summary="", need={}, agency="east", by=east, consent=None
        )
        with pytest.raises(NeedsConsent):
            start_placement(
                session, opened(session, east, secret), offering_id=uuid.uuid4(), place="x"
            )


def test_what_is_due_stands_on_the_owners_first_page_and_leaves_with_the_consent(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    colleague = staff("colleague")
    soon = clock.today() + timedelta(days=7)
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        assert len(waiting_for(session, actor=east, until=soon)[0]) == 1
        assert waiting_for(session, actor=east, until=clock.today())[0] == []
        assert waiting_for(session, actor=colleague, until=soon)[0] == []
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
        assert waiting_for(session, actor=east, until=soon)[0] == []


def test_what_stalls_is_told_once_to_the_owner_and_a_week_later_to_the_manager_who_sees_it(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    manager = staff("manager", "agency_manager")
    other = staff("other", "agency_manager", "west")
    with database.writing(by=east.by) as session:
        start_placement(
            session, opened(session, east, person), offering_id=uuid.uuid4(), place="架空サロン"
        )

    def told(on: date) -> tuple[int, int]:
        with database.writing(by="job:tell_stalled") as session:
            return tell_what_stalls(session, today=on)

    due = clock.today() + timedelta(days=7)
    assert told(due) == (0, 0)
    assert told(due + timedelta(days=1)) == (1, 0)
    assert told(due + timedelta(days=2)) == (0, 0)
    assert told(due + timedelta(days=8)) == (0, 1)
    assert told(due + timedelta(days=9)) == (0, 0)
    with database.reading() as session:
        kinds = {
            w.name: [n.kind for n in notices_of(session, actor=w)] for w in (east, manager, other)
        }
    assert kinds == {
        "east": ["placement_stalled"],
        "manager": ["placement_stalled_manager"],
        "other": [],
    }


def test_a_hand_off_is_closed_only_when_the_sender_has_heard_the_end(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    west = staff("west", "csw", "west")
    with database.writing(by=east.by) as session:
        record_consent(session, opened(session, east, person), agreed("west"))
        case = opened(session, east, person)
        ask_hand_off(session, case, receiver="west", what="家計の相談")
        (row,) = rows_of(session, case, HandOff)
        with pytest.raises(NotYours):
            move_hand_off(session, case, hand_off_id=row.id, target="accepted", answer=None)
    with database.writing(by=west.by) as session:
        theirs = opened(session, west, person)
        assert [h.id for _, h in hand_offs_waiting(session, actor=west)] == [row.id]
        for target in ("accepted", "done"):
            move_hand_off(session, theirs, hand_off_id=row.id, target=target, answer="済みました")
        with pytest.raises(NotYours):
            move_hand_off(session, theirs, hand_off_id=row.id, target="heard", answer=None)
        assert hand_offs_waiting(session, actor=west) == []
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        assert [n.kind for n in notices_of(session, actor=east)] == ["hand_off_ended"]
        for stage in ("assessment", "plan", "support"):
            move_case(session, case, target=stage)
        with pytest.raises(StillOpen):
            move_case(session, case, target="closed", outcome="settled")
        move_hand_off(session, case, hand_off_id=row.id, target="heard", answer=None)
        with pytest.raises(BadOutcome):
            move_case(session, case, target="closed")
        move_case(session, case, target="closed", outcome="settled", evaluation="よかった")
        assert (case.case.state, case.case.closed_on) == ("closed", clock.today())


def test_a_meeting_takes_the_cases_of_its_kind_and_shows_each_to_who_may_see_it(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    officer = staff("officer", "inclusion_officer", "west")
    with database.writing(by=east.by) as session:
        secret = add_person(
            session, label="B", summary="", need={}, agency="east", by=east, consent=None
        )
        juso, shien = (
            add_meeting(session, kind=k, held_on=clock.today(), title=k, by=officer)
            for k in ("juso", "shien")
        )
        ordinary, without = opened(session, east, person), opened(session, east, secret)
        for case, meeting in ((ordinary, shien), (without, juso)):
            with pytest.raises(NotForThisMeeting):
                put_on_agenda(session, case, meeting=meeting)
        for case, meeting in ((ordinary, juso), (without, shien)):
            put_on_agenda(session, case, meeting=meeting)
            put_on_agenda(session, case, meeting=meeting)
            assert len(agenda(session, actor=east, meeting=meeting)) == 1
            assert agenda(session, actor=officer, meeting=meeting) == []
        decide(session, ordinary, meeting=juso, decision="訪問を続ける")
        assert agenda(session, actor=east, meeting=juso)[0][1].decision == "訪問を続ける"


def test_telling_a_meeting_needs_a_consent_for_it(
    database: Database, staff: Callable[..., Actor], agencies: tuple[str, str]
) -> None:
    east = staff("worker")
    with database.writing(by=east.by) as session:
        person = add_person(
            session, label="C", summary="", need={}, agency="east", by=east,
            consent=agreed("east", purposes=("support",)),
        )  # fmt: skip
        meeting = add_meeting(session, kind="juso", held_on=clock.today(), title="x", by=east)
        with pytest.raises(NeedsConsent):
            put_on_agenda(session, opened(session, east, person), meeting=meeting)


def test_a_step_of_another_persons_placement_is_not_taken_through_ones_own_case(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    west = staff("west", "csw", "west")
    with database.writing(by=west.by) as session:
        theirs = add_person(
            session, label="D", summary="", need={}, agency="west", by=west, consent=agreed("west")
        )
        start_placement(
            session, opened(session, west, theirs), offering_id=uuid.uuid4(), place="架空サロン"
        )
        (placement,) = placements_of(session, opened(session, west, theirs))
        with pytest.raises(Unseen):
            move_placement(
                session, opened(session, east, person), placement_id=placement.id, version=1,
                target="visit",
            )  # fmt: skip
