"""Consent given and withdrawn, 支援会議, exclusions and break-glass, through the one door."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from casework.access import BREAK_GLASS, Actor
from casework.case_models import BreakGlass, Case, Notice, Person
from casework.cases import (
    OnlyToRead,
    Opened,
    Unseen,
    case_for,
    case_of_person,
    cases_seen,
    household_of,
    rows_of,
)
from casework.consents import (
    BadConsent,
    Given,
    consents_of,
    leave_team,
    record_consent,
    withdraw_consent,
)
from casework.exclusions import NoReason, NotAMeetingCase, break_glass, exclude, name_member
from casework.models import AuditRow
from casework.notices import mark_seen, notices_of
from casework.people import NoGround, add_person, edit_person
from resources import clock
from resources.database import Database


def given(*agencies: str, purposes: tuple[str, ...] = ("support",)) -> Given:
    return Given(purposes, agencies, "self", clock.today(), "written")


def case_id_of(database: Database, person: Person) -> uuid.UUID:
    with database.reading() as session:
        return session.scalars(select(Case.id).where(Case.person_id == person.id)).one()


def sees(database: Database, who: Actor, case_id: uuid.UUID) -> bool:
    with database.writing(by=who.by) as session:
        listed = case_id in {o.case.id for o in cases_seen(session, actor=who)}
        try:
            case_for(session, actor=who, case_id=case_id, purpose="plan")
        except Unseen:
            assert not listed
            return False
    assert listed
    return True


def opened(session: object, who: Actor, case_id: uuid.UUID) -> Opened:
    return case_for(session, actor=who, case_id=case_id, purpose="plan", write=True)  # type: ignore[arg-type]


def test_a_consent_brings_an_agency_in_and_its_withdrawal_ends_access_at_once(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    case_id = case_id_of(database, person)
    assert sees(database, east, case_id)
    assert not sees(database, west, case_id)
    with database.writing(by=east.by) as session:
        record_consent(session, opened(session, east, case_id), given("west"))
    assert sees(database, west, case_id)
    with database.writing(by=west.by) as session:
        case = opened(session, west, case_id)
        (theirs,) = [c for c in consents_of(session, case) if c.agencies[0].agency == "west"]
        withdraw_consent(session, case, consent_id=theirs.id)
        with pytest.raises(Unseen):  # in the very same transaction
            case_for(session, actor=west, case_id=case_id, purpose="plan")
    assert not sees(database, west, case_id)
    assert sees(database, east, case_id)


def test_who_leaves_the_team_sees_the_case_no_longer_though_the_consent_stands(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    case_id = case_id_of(database, person)
    with database.writing(by=east.by) as session:
        case = opened(session, east, case_id)
        record_consent(session, case, given("west"))
        leave_team(session, case, agency="west")
    assert not sees(database, west, case_id)


@pytest.mark.parametrize(
    "bad",
    [
        {"purposes": []},
        {"agencies": []},
        {"purposes": ["curiosity"]},
        {"given_by": "neighbour"},
        {"form": "rumour"},
        {"given_on": clock.today() + timedelta(days=1)},
    ],
)
def test_a_consent_that_is_none_is_refused(
    database: Database, person: Person, staff: Callable[..., Actor], bad: dict[str, object]
) -> None:
    east = staff("east")
    whole = {**vars(given("west")), **bad}
    with database.writing(by=east.by) as session, pytest.raises(BadConsent):
        record_consent(
            session,
            opened(session, east, case_id_of(database, person)),
            Given(**whole),  # type: ignore[arg-type]
        )


def test_without_consent_a_case_belongs_to_named_persons_and_leaves_no_trace_for_others(
    database: Database, staff: Callable[..., Actor]
) -> None:
    first, second, colleague = staff("first"), staff("second", "csw", "west"), staff("colleague")
    with database.writing(by=first.by) as session:
        person = add_person(
            session, label="B", summary="", need={}, agency="east", by=first, consent=None
        )
    case_id = case_id_of(database, person)
    assert sees(database, first, case_id)
    assert not sees(database, colleague, case_id)  # the same agency is not enough
    with database.writing(by=first.by) as session:
        name_member(
            session,
            opened(session, first, case_id),
            account_id=second.account_id,
            pledged_on=clock.today(),
        )
    assert sees(database, second, case_id)
    with database.writing(by=first.by) as session:
        record_consent(session, opened(session, first, case_id), given("east"))
    # By consent it is an ordinary case now: the team sees it, a named person doesn't.
    assert sees(database, colleague, case_id)
    assert not sees(database, second, case_id)
    with database.writing(by=first.by) as session, pytest.raises(NotAMeetingCase):
        name_member(
            session,
            opened(session, first, case_id),
            account_id=second.account_id,
            pledged_on=clock.today(),
        )


def test_a_case_without_consent_is_opened_by_a_person_and_not_by_a_command(
    database: Database, agencies: tuple[str, str]
) -> None:
    with database.writing(by="cli") as session, pytest.raises(NoGround):
        add_person(session, label="B", summary="", need={}, agency="east", by="cli", consent=None)


def test_an_exclusion_is_stronger_than_team_consent_name_and_break_glass(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    east, relative = staff("east"), staff("relative")
    case_id = case_id_of(database, person)
    assert sees(database, relative, case_id)
    with database.writing(by=east.by) as session:
        case = opened(session, east, case_id)
        with pytest.raises(NoReason):
            exclude(session, case, reason=" ", account_id=relative.account_id)
        exclude(session, case, reason="親族", account_id=relative.account_id)
        reference = case.case.reference
    assert not sees(database, relative, case_id)

    def glass(reference: str) -> str:
        with database.writing(by=relative.by) as session, pytest.raises(Unseen) as refused:
            break_glass(session, actor=relative, reference=reference, reason="急ぎの確認")
        return str(refused.value)

    assert glass(reference) == glass("2222-2222")  # as if there were none
    with database.reading() as session:
        assert session.scalars(select(BreakGlass)).all() == []
        assert session.scalars(select(Notice)).all() == []


def test_an_agency_can_be_excluded_as_a_whole(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    case_id = case_id_of(database, person)
    with database.writing(by=east.by) as session:
        case = opened(session, east, case_id)
        record_consent(session, case, given("west"))
        exclude(session, case, reason="加害者の勤め先", agency="west")
    assert not sees(database, west, case_id)
    assert sees(database, east, case_id)


def test_break_glass_opens_one_case_to_read_for_half_an_hour_and_tells_owner_and_auditor(
    database: Database,
    agencies: tuple[str, str],
    staff: Callable[..., Actor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, west, auditor = (
        staff("owner"),
        staff("west", "csw", "west"),
        staff("au", "auditor", None),
    )
    with database.writing(by=owner.by) as session:
        people = [
            add_person(
                session, label=label, summary="", need={}, agency="east", by=owner,
                consent=given("east"),
            )
            for label in ("A", "B")
        ]  # fmt: skip
    case_id, other_id = (case_id_of(database, p) for p in people)
    with database.reading() as session:
        reference = session.get_one(Case, case_id).reference
    with database.writing(by=west.by) as session:
        with pytest.raises(NoReason):
            break_glass(session, actor=west, reference=reference, reason="")
        assert (
            break_glass(
                session, actor=west, reference=f" {reference.lower()}", reason="夜間の安否確認"
            )
            == case_id
        )
    assert sees(database, west, case_id)
    assert not sees(database, west, other_id)
    with database.writing(by=west.by) as session:
        with pytest.raises(OnlyToRead):
            opened(session, west, case_id)
        with pytest.raises(OnlyToRead):
            edit_person(session, person_id=people[0].id, version=1, by=west, summary="x")
    with database.writing(by="test") as session:
        (told,) = notices_of(session, actor=owner)
        assert (told.kind, told.case_id, told.about) == ("break_glass", case_id, "user:west")
        (told_auditor,) = notices_of(session, actor=auditor)
        assert (told_auditor.kind, told_auditor.case_id) == ("break_glass_used", None)
        mark_seen(session, actor=west, notice_id=told.id)  # not theirs: it stays
        assert len(notices_of(session, actor=owner)) == 1
        mark_seen(session, actor=owner, notice_id=told.id)
        assert notices_of(session, actor=owner) == []
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "break_glass")).one()
        assert (row.entity_id, row.basis, row.allowed) == (str(case_id), "break_glass", True)
    later = clock.now() + BREAK_GLASS + timedelta(seconds=1)

    def held() -> datetime:
        return later

    monkeypatch.setattr(clock, "now", held)
    assert not sees(database, west, case_id)


def test_what_one_member_of_a_household_shares_stays_apart_from_the_others(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    from casework.case_models import Household

    east, west = staff("east"), staff("west", "csw", "west")
    with database.writing(by="test") as session:
        home = Household(id=uuid.uuid4(), label="Aさんの世帯", created_at=clock.now())
        session.add(home)
        mother = add_person(
            session, label="母", summary="母のこと", need={}, agency="west", by="test",
            consent=given("west"),
        )  # fmt: skip
        session.flush()
        mother.household_id = home.id
        session.get_one(Person, person.id).household_id = home.id
    with database.writing(by="test") as session:
        for who, whose, others in ((east, person, []), (west, mother, [])):
            case = case_of_person(session, actor=who, person_id=whose.id, purpose="plan")
            found = household_of(session, case)
            assert found is not None
            assert [o.person.label for o in found[1]] == others
        record_consent(
            session,
            case_of_person(session, actor=west, person_id=mother.id, purpose="plan"),
            given("east"),
        )
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan")
        found = household_of(session, case)
        assert found is not None
        assert [o.person.label for o in found[1]] == ["母"]


def test_a_row_of_another_case_is_not_read_through_an_opened_one(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    east, west = staff("east"), staff("west", "csw", "west")
    with database.writing(by=west.by) as session:
        add_person(
            session, label="C", summary="", need={}, agency="west", by=west, consent=given("west")
        )
        theirs = cases_seen(session, actor=west)[0]
        consent = consents_of(session, theirs)[0]
        mine = case_of_person(session, actor=east, person_id=person.id, purpose="plan")
        with pytest.raises(Unseen):
            withdraw_consent(session, mine, consent_id=consent.id)
        assert {c.case_id for c in rows_of(session, mine, type(consent))} == {mine.case.id}
