"""What is kept longer than its term is proposed, destroyed by a named person only, and then gone."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import requests, retention
from casework.access import Actor
from casework.audit import AuditRow
from casework.case_models import Household, Person
from casework.cases import Opened, Unseen, case_of_person, rows_of
from casework.consents import PURPOSES, Given, consents_of, withdraw_consent
from casework.exclusions import exclude, name_member
from casework.identities import store_identity
from casework.kept import tables_of_case
from casework.meetings import add_meeting, decide, put_on_agenda
from casework.people import add_person
from casework.pins import pin_place
from casework.placement_models import FollowUp, HandOff
from casework.placements import done_follow_up, move_placement, start_placement
from casework.plans import add_plan_item, ask_hand_off, move_case, move_hand_off
from casework.record_models import Destruction, DestructionProposal
from casework.retention import (
    NotDue,
    NoTerm,
    NotTheirsToDecide,
    destroy,
    destructions,
    due_on,
    keep,
    proposals,
    propose,
    set_term,
)
from casework.room_questions import ask_for_room
from casework.sealed_fields import new_ring
from jobs.tables import METADATA
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

WORD = "kanariya9c"
RING = new_ring()
TODAY = date(2026, 11, 26)
RULE = "文書管理規程（見本）"


@dataclass(frozen=True)
class World:
    database: Database
    worker: Actor
    manager: Actor
    other: Actor
    person_id: uuid.UUID
    case_id: uuid.UUID
    reference: str


@pytest.fixture
def world(database: Database, staff: Callable[..., Actor]) -> World:
    """Somebody of whom every table knows something, whose case was closed, and two managers."""
    worker = staff("worker")
    manager = staff("manager", "agency_manager")
    other = staff("other", "agency_manager", "west")
    with database.writing(by="test") as session:
        given = Given(PURPOSES, ["east", "west"], "self", clock.today(), "written")
        person = add_person(
            session, label=WORD, summary=WORD, agency="east", by=worker, consent=given,
            need={"age": 40, "step": 2, "wishes": {"text": WORD}},
        )  # fmt: skip
        case = case_of_person(
            session, actor=worker, person_id=person.id, purpose="plan", write=True
        )
        _fill(session, case, worker)
    return World(database, worker, manager, other, person.id, case.case.id, case.case.reference)


def _offering(session: Session) -> uuid.UUID:
    parts = Registration.model_validate(
        {"resource": {"name": "見本サロン", "kind": "salon"}, "offering": {}}
    )
    return register_resource(
        session, registration=parts, vocabulary=default_vocabulary(), by="test"
    ).id


def _fill(session: Session, case: Opened, worker: Actor) -> None:
    home = Household(id=uuid.uuid4(), label=WORD, created_at=clock.now())
    session.add(home)
    session.flush()
    case.person.household_id = home.id
    store_identity(session, case, RING, {"name": WORD, "phone": "03"})
    add_plan_item(session, case, what=WORD, agency="east", due_on=TODAY)
    placement = start_placement(session, case, offering_id=uuid.uuid4(), place=WORD, told=["need"], note=WORD)  # fmt: skip
    ask_for_room(session, case, offering_id=_offering(session), place=WORD)
    moved = move_placement(session, case, placement_id=placement.id, version=1, target="joined")  # fmt: skip
    (first, *_) = session.scalars(select(FollowUp)).all()
    done_follow_up(session, case, follow_up_id=first.id, note=WORD)
    move_placement(session, case, placement_id=placement.id, version=moved.version, target="ended", reason="no_answer")  # fmt: skip
    pin_place(session, case, offering_id=uuid.uuid4(), place=WORD, reason=WORD, verdicts=())
    ask_hand_off(session, case, receiver="east", what=WORD)
    (hand_off,) = rows_of(session, case, HandOff)
    for target in ("returned", "heard"):
        move_hand_off(session, case, hand_off_id=hand_off.id, target=target, answer=WORD)  # fmt: skip
    exclude(session, case, reason=WORD, agency="west")
    meeting = add_meeting(session, kind="juso", held_on=TODAY, title="部会", by=worker)
    put_on_agenda(session, case, meeting=meeting)
    decide(session, case, meeting=meeting, decision=WORD)
    row = requests.record_request(session, case, kind="disclosure", received_on=clock.today(), asked_by="self", wish=WORD
    )  # fmt: skip
    requests.check_identity(session, case, row, paper="licence")
    requests.decide(session, case, row, decision="granted", reason="")
    move_case(session, case, target="closed", outcome="settled", evaluation=WORD)


def _propose(world: World, years: int | None = 0, kind: str = "case") -> int:
    """Set a term and look what is due on the day after the next first of April."""
    with world.database.writing(by="test") as session:
        set_term(session, kind=kind, years=years, rule=RULE, by="cli")
        return propose(session, today=due_on(clock.today(), 0))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let years pass."""

    def pass_years() -> None:
        moment: datetime = clock.now() + timedelta(days=3 * 366)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return pass_years


def _everything(database: Database) -> str:
    """Return all that the database holds, but for the audit."""
    with database.reading() as session:
        return "\n".join(
            f"{table.name} {json.dumps([str(v) for v in row])}"
            for table in METADATA.sorted_tables
            if table.name != "audit"
            for row in session.execute(select(table))
        )


def _ids_of(world: World) -> set[str]:
    """Return the ids of all rows that hang on the case, and of the household."""
    with world.database.reading() as session:
        home = session.get_one(Person, world.person_id).household_id
        return {str(home)} | {
            str(row.id)
            for table in tables_of_case()
            for row in session.scalars(select(table).where(table.case_id == world.case_id))
        }


def test_years_count_from_the_first_of_april_after_the_case_was_closed() -> None:
    assert due_on(date(2026, 3, 31), 5) == date(2031, 4, 1)
    assert due_on(date(2026, 4, 1), 5) == date(2032, 4, 1)
    assert due_on(date(2026, 12, 31), 0) == date(2027, 4, 1)


def test_without_a_term_nothing_is_ever_due(world: World, later: Callable[[], None]) -> None:
    later()
    with world.database.writing(by="test") as session:
        assert propose(session, today=clock.today()) == 0
        assert session.scalars(select(DestructionProposal)).all() == []


def test_what_is_approved_is_gone_from_every_table_and_written_down(
    world: World, later: Callable[[], None]
) -> None:
    before = _everything(world.database)
    assert WORD in before
    hanging = _ids_of(world)
    assert len(hanging) > 15
    assert all(one in before for one in hanging)
    assert _propose(world) == 1
    later()
    with world.database.writing(by=world.manager.by) as session:
        (due,) = proposals(session, actor=world.manager, today=clock.today())
        destroy(session, proposal_id=due.proposal_id, by=world.manager)
    left = _everything(world.database)
    assert WORD not in left
    assert world.reference not in left
    assert [one for one in hanging if one in left] == []
    holding = [line.split(" ")[0] for line in left.splitlines() if str(world.case_id) in line]
    assert holding == ["destruction"]
    with world.database.reading() as session:
        (record,) = session.scalars(select(Destruction))
        assert record.ids == [str(world.case_id), str(world.person_id)]
        assert (record.kind, record.rule, record.approved_by) == ("case", RULE, "user:manager")
        assert {"person", "support_case", "person_identity", "consent"} <= set(record.counts)
        rows = session.scalars(select(AuditRow).where(AuditRow.entity_id == str(world.case_id)))
        actions = [row.action for row in rows]  # the audit stays, by pseudonymous ids
        assert actions[-1] == "destroy"
        assert len(actions) > 5


def test_names_may_go_before_the_rest(world: World, later: Callable[[], None]) -> None:
    _propose(world, kind="identity")
    later()
    with world.database.writing(by=world.manager.by) as session:
        (due,) = proposals(session, actor=world.manager, today=clock.today())
        assert destroy(session, proposal_id=due.proposal_id, by=world.manager).counts == {
            "person_identity": 2
        }
        assert session.get(Person, world.person_id) is not None


def test_open_protected_and_asked_for_cases_are_never_proposed_nor_destroyed(
    world: World, later: Callable[[], None]
) -> None:
    def case(session: Session) -> Opened:
        return case_of_person(
            session, actor=world.worker, person_id=world.person_id, purpose="plan"
        )  # fmt: skip

    def reopen(session: Session) -> None:
        move_case(session, case(session), target="assessment")

    def protect(session: Session) -> None:
        case(session).person.protected = True

    def protect_in_need(session: Session) -> None:
        case(session).person.need = {"safety": {"protected": True}}

    def ask(session: Session) -> None:
        requests.record_request(
            session, case(session), kind="correction", received_on=clock.today(),
            asked_by="self", wish="",
        )  # fmt: skip

    _propose(world)
    later()
    for change in (reopen, protect, protect_in_need, ask):
        with pytest.raises(NotDue), world.database.writing(by="test") as session:
            (due,) = proposals(session, actor=world.manager, today=clock.today())
            change(session)
            session.flush()
            destroy(session, proposal_id=due.proposal_id, by=world.manager)
        with pytest.raises(ZeroDivisionError), world.database.writing(by="test") as session:
            change(session)
            session.flush()
            assert propose(session, today=clock.today()) == 0, change
            assert session.scalars(select(DestructionProposal)).all() == []
            _ = 1 // 0  # nothing of this stays
    assert WORD in _everything(world.database)


def test_what_somebody_keeps_isnt_asked_again_before_its_day_nor_destroyed(
    world: World, later: Callable[[], None]
) -> None:
    _propose(world)
    later()
    with world.database.writing(by="test") as session:
        (due,) = proposals(session, actor=world.manager, today=clock.today())
        until = clock.today() + timedelta(days=30)
        keep(session, proposal_id=due.proposal_id, until=until, reason="訴訟", by=world.manager)
        assert proposals(session, actor=world.manager, today=clock.today()) == []
        (again,) = proposals(session, actor=world.manager, today=until)
        assert again.kept_reason == "訴訟"
    with pytest.raises(NotDue), world.database.writing(by="test") as session:
        destroy(session, proposal_id=due.proposal_id, by=world.manager)


def test_only_a_manager_of_the_agency_that_received_them_decides(
    world: World, later: Callable[[], None]
) -> None:
    _propose(world)
    later()
    with world.database.writing(by="test") as session:
        (due,) = proposals(session, actor=world.manager, today=clock.today())
        for who in (world.other, world.worker):
            assert proposals(session, actor=who, today=clock.today()) == []
    for who in (world.other, world.worker):
        with pytest.raises(Unseen), world.database.writing(by="test") as session:
            destroy(session, proposal_id=due.proposal_id, by=who)
    with pytest.raises(NotTheirsToDecide), world.database.writing(by="test") as session:
        set_term(session, kind="case", years=1, rule=RULE, by=world.manager)
    with pytest.raises(NoTerm), world.database.writing(by="test") as session:
        set_term(session, kind="case", years=1, rule=" ", by="cli")


def test_whose_consent_was_withdrawn_is_destroyed_too_though_nobody_sees_it(
    world: World, later: Callable[[], None]
) -> None:
    _propose(world)
    with world.database.writing(by="test") as session:
        case = case_of_person(
            session, actor=world.worker, person_id=world.person_id, purpose="consent"
        )
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
    later()
    with world.database.writing(by="test") as session:
        (due,) = proposals(session, actor=world.manager, today=clock.today())
        assert not due.sees
        destroy(session, proposal_id=due.proposal_id, by=world.manager)
    assert WORD not in _everything(world.database)


def test_a_case_of_a_support_meeting_is_put_to_its_members_and_counted_nowhere(
    world: World, later: Callable[[], None]
) -> None:
    with world.database.writing(by="test") as session:
        secret = add_person(
            session, label="B", summary="", need={}, agency="east", by=world.worker, consent=None
        )
        case = case_of_person(
            session, actor=world.worker, person_id=secret.id, purpose="plan", write=True
        )
        name_member(session, case, account_id=world.other.account_id, pledged_on=clock.today())
        move_case(session, case, target="closed", outcome="moved")
    later()
    with world.database.writing(by="test") as session:
        set_term(session, kind="meeting_case", years=0, rule=RULE, by="cli")
        assert propose(session, today=clock.today()) == 0
        assert proposals(session, actor=world.manager, today=clock.today()) == []
        (due,) = proposals(session, actor=world.other, today=clock.today())
        destroy(session, proposal_id=due.proposal_id, by=world.other)
        assert destructions(session, actor=world.manager) == []
        assert len(destructions(session, actor=world.other)) == 1
    assert retention.KINDS == ("identity", "case", "meeting_case")
