"""Who lives together, who is responsible, and what stalls: each told to who may know it."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import deactivate
from casework.case_models import Person
from casework.cases import Opened, case_of_person, household_of, rows_of
from casework.consents import Given, record_consent
from casework.exclusions import exclude, name_member
from casework.households import InAnotherHousehold, NoName, join, leave
from casework.models import AuditRow
from casework.notices import notices_of
from casework.owners import NotOnTeam, check_owner, choose_owner, colleagues
from casework.people import add_person
from casework.placement_models import HandOff
from casework.placements import move_placement, start_placement
from casework.plans import ask_hand_off, move_hand_off
from casework.stalled import stalled_for, tell_what_stalls
from resources import clock
from resources.database import Database


def agreed(*agencies: str) -> Given:
    return Given(("support", "referral"), agencies, "self", clock.today(), "written")


def opened(session: Session, who: Actor, person: Person) -> Opened:
    return case_of_person(session, actor=who, person_id=person.id, purpose="plan", write=True)


def received(database: Database, who: Actor, label: str, *agencies: str) -> Person:
    with database.writing(by=who.by) as session:
        return add_person(
            session, label=label, summary="", need={}, agency=who.agency or "", by=who,
            consent=agreed(*agencies) if agencies else None,
        )  # fmt: skip


def test_a_household_joins_a_name_and_nothing_else(
    database: Database, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    child = received(database, east, "子", "east")
    mother = received(database, east, "母", "east", "west")
    other = received(database, east, "別の人", "east")
    with database.writing(by=east.by) as session, pytest.raises(NoName):
        join(session, opened(session, east, child), opened(session, east, mother), label=" ")
    with database.writing(by=east.by) as session:
        join(session, opened(session, east, child), opened(session, east, mother), label="Aの世帯")
        found = household_of(session, opened(session, east, child))
        assert found is not None
        assert (found[0].label, [o.person.label for o in found[1]]) == ("Aの世帯", ["母"])
        written = session.scalars(select(AuditRow.fields).where(AuditRow.action == "edit")).all()
        assert written.count(["household"]) == 2
    with database.writing(by=west.by) as session:
        # West works with the mother alone: that there is a child stays with who works with them.
        found = household_of(session, opened(session, west, mother))
        assert found is not None
        assert found[1] == []
    with database.writing(by=east.by) as session:
        leave(session, opened(session, east, mother))
        assert household_of(session, opened(session, east, mother)) is None
        join(session, opened(session, east, mother), opened(session, east, other), label="Bの世帯")
        with pytest.raises(InAnotherHousehold):
            join(session, opened(session, east, mother), opened(session, east, child), label="")
        # Who is added to a household that there is needs no name for it.
        leave(session, opened(session, east, mother))
        join(session, opened(session, east, child), opened(session, east, mother), label="")
        found = household_of(session, opened(session, east, mother))
        assert found is not None
        assert (found[0].label, [o.person.label for o in found[1]]) == ("Aの世帯", ["子"])


def test_only_who_may_write_to_a_case_can_be_made_responsible(
    database: Database, staff: Callable[..., Actor]
) -> None:
    east, colleague = staff("east"), staff("colleague", "csw")
    west, kept_out = staff("west", "csw", "west"), staff("kept_out", "csw")
    auditor, gone = staff("auditor", "auditor"), staff("gone", "csw")
    person = received(database, east, "A", "east")
    with database.writing(by=east.by) as session:
        exclude(
            session, opened(session, east, person), reason="親族", account_id=kept_out.account_id
        )
        deactivate(session, account_id=gone.account_id, by="test")
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        assert {a.name for a in colleagues(session, case)} == {"east", "colleague"}
        for stranger in (west, kept_out, auditor, gone):
            with pytest.raises(NotOnTeam):
                choose_owner(session, case, account_id=stranger.account_id)
        with pytest.raises(NotOnTeam):
            check_owner(session, case, uuid.UUID(int=1))
        choose_owner(session, case, account_id=colleague.account_id)
        assert case.case.owner_id == colleague.account_id
        placement = start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        move_placement(
            session, case, placement_id=placement.id, version=1, target="visit",
            owner_id=colleague.account_id,
        )  # fmt: skip
        assert placement.owner_id == colleague.account_id
    with database.reading() as session:
        assert [n.kind for n in notices_of(session, actor=colleague)] == ["given_to_you"]
        assert notices_of(session, actor=kept_out) == []


def test_of_a_case_without_consent_a_named_member_is_made_responsible_and_no_colleague(
    database: Database, staff: Callable[..., Actor]
) -> None:
    east, colleague, named = staff("east"), staff("colleague"), staff("named", "csw", "west")
    person = received(database, east, "A")
    with database.writing(by=east.by) as session:
        name_member(
            session, opened(session, east, person), account_id=named.account_id,
            pledged_on=clock.today(),
        )  # fmt: skip
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        assert {a.name for a in colleagues(session, case)} == {"east", "named"}
        with pytest.raises(NotOnTeam):
            choose_owner(session, case, account_id=colleague.account_id)
        choose_owner(session, case, account_id=named.account_id)


def test_a_hand_off_that_does_not_go_on_is_shown_and_told_up_to_the_one_whose_turn_it_is(
    database: Database, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    head = staff("head", "agency_manager", "west")
    stranger = staff("stranger", "csw", "west")
    person = received(database, east, "A", "east")
    with database.writing(by=east.by) as session:
        record_consent(session, opened(session, east, person), agreed("west"))
        case = opened(session, east, person)
        ask_hand_off(session, case, receiver="west", what="家計の相談")
        start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        exclude(session, case, reason="親族", account_id=stranger.account_id)

    def told(on: date) -> tuple[int, int]:
        with database.writing(by="job:tell_stalled") as session:
            return tell_what_stalls(session, today=on)

    def shown(who: Actor, on: date) -> list[tuple[str, str]]:
        with database.writing(by=who.by) as session:
            return [(s.kind, s.state) for s in stalled_for(session, actor=who, today=on)]

    due = clock.today() + timedelta(days=7)
    late = due + timedelta(days=8)
    assert told(due) == (0, 0)
    assert shown(east, due) == []
    # The owner of the placement and the sender; each once, however often the clock asks.
    assert told(due + timedelta(days=1)) == (2, 0)
    assert told(due + timedelta(days=2)) == (0, 0)
    assert told(late) == (0, 1)
    assert told(late + timedelta(days=1)) == (0, 0)
    both = [("hand_off", "asked"), ("placement", "asked")]
    assert sorted(shown(east, late)) == sorted(shown(head, late)) == both
    assert shown(stranger, late) == []
    with database.reading() as session:
        kinds = {w.name: {n.kind for n in notices_of(session, actor=w)} for w in (east, head)}
    assert kinds == {
        "east": {"placement_stalled", "hand_off_stalled"},
        "head": {"hand_off_stalled_manager"},
    }
    # Once the receiver is through, it is the sender who has an end to hear of.
    with database.writing(by=west.by) as session:
        theirs = opened(session, west, person)
        (row,) = rows_of(session, theirs, HandOff)
        move_hand_off(session, theirs, hand_off_id=row.id, target="returned", answer="できません")
    assert told(late) == (1, 0)
    with database.writing(by=east.by) as session:
        (first,) = [s for s in stalled_for(session, actor=east, today=late) if s.kind == "hand_off"]
        assert (first.state, first.agency) == ("returned", "east")
        move_hand_off(
            session, opened(session, east, person), hand_off_id=row.id, target="heard", answer=None
        )
        left = stalled_for(session, actor=east, today=late)
        assert [s.kind for s in left] == ["placement"]
