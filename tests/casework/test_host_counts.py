"""What a host has shown is counted from placements, in bands, and tells of no person."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from casework.access import Actor
from casework.case_models import Person
from casework.cases import case_of_person
from casework.consents import Given, consents_of, withdraw_consent
from casework.host_counts import hosts_experience
from casework.models import AuditRow
from casework.people import add_person
from casework.placement_models import Placement, PlacementStep
from casework.placements import move_placement, start_placement
from matching.learning import SMALL_CELL
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.host_experience import (
    ANSWER_DAYS,
    NEVER_ANSWERED,
    PEOPLE,
    Answer,
    Experience,
    HostExperience,
    band_of_days,
    band_of_people,
    keep_experience,
    usual_days,
)
from resources.models import Change, Organization
from resources.registration import Registration
from resources.vocabulary import default_vocabulary
from resources.witnessing import ask_host, host_answered

TODAY = date(2026, 11, 26)
Place = tuple[uuid.UUID, uuid.UUID]
Receive = Callable[..., uuid.UUID]


@pytest.fixture
def place(database: Database) -> Place:
    """A host, and an offering of it."""
    now = clock.now()
    with database.writing(by="test") as session:
        host = Organization(id=uuid.uuid4(), name="架空の会", created_at=now, edited_at=now)
        session.add(host)
        session.flush()
        parts = Registration.model_validate(
            {
                "organization": {"id": str(host.id)},
                "resource": {"name": "架空の作業所", "kind": "salon"},
                "location": {"address": "豊島区"},
            }
        )
        made = register_resource(
            session, registration=parts, vocabulary=default_vocabulary(), by="test"
        )
        return host.id, made.id


@pytest.fixture
def receive(
    database: Database, agencies: tuple[str, str], staff: Callable[..., Actor], place: Place
) -> Receive:
    """Let the host be asked for somebody: (step, day) … with a reason at the end; the person."""
    east = staff("sato")
    own = Given(("support", "referral"), ("east",), "self", clock.today(), "written")

    def received(
        *steps: tuple[str, date], asked: date, reason: str | None = None,
        person: uuid.UUID | None = None,
    ) -> uuid.UUID:  # fmt: skip
        with database.writing(by=east.by) as session:
            if person is None:
                person = add_person(
                    session, label="Bさん", summary="架空", agency="east", by="test", consent=own,
                    need={"at": {"lon": 139.7, "lat": 35.7}, "age": 47},
                ).id  # fmt: skip
            case = case_of_person(session, actor=east, person_id=person, purpose="t", write=True)
            made = start_placement(session, case, offering_id=place[1], place="架空")
            for version, (target, _) in enumerate(steps, start=1):
                over = reason if target in ("declined", "ended") else None
                move_placement(
                    session, case, placement_id=made.id, version=version, target=target,
                    reason=over,
                )  # fmt: skip
            session.execute(
                update(Placement).where(Placement.id == made.id).values(started_on=asked)
            )
            for target, on in steps:
                session.execute(
                    update(PlacementStep)
                    .where(PlacementStep.placement_id == made.id, PlacementStep.target == target)
                    .values(at=datetime(on.year, on.month, on.day, 3, tzinfo=UTC))
                )
        return person

    return received


def _experience(database: Database, host: uuid.UUID) -> Experience:
    with database.writing(by="job") as session:
        found = hosts_experience(session, today=TODAY, by="job:test")
    return found.get(host, Experience())


SPRING = date(2026, 4, 1)
SOON = SPRING + timedelta(days=2)


def test_four_people_are_not_told_and_five_are_a_band(
    database: Database, receive: Receive, place: Place
) -> None:
    for _ in range(4):
        receive(("joined", SOON), asked=SPRING)
    assert _experience(database, place[0]) == Experience(None, None, 3)
    receive(("joined", SOON), asked=SPRING)
    assert _experience(database, place[0]) == Experience(5, 5, 3)
    receive(("joined", SOON), asked=SPRING)
    assert _experience(database, place[0]) == Experience(5, 5, 3), "six are told as five or more"


def test_one_person_counts_once_and_who_left_or_has_just_come_has_not_stayed(
    database: Database, receive: Receive, place: Place
) -> None:
    one = receive(("joined", SOON), asked=SPRING)
    for _ in range(4):
        receive(("joined", SOON), ("ended", SOON), asked=SPRING, person=one, reason="health")
    assert _experience(database, place[0]).accompanied is None
    for _ in range(2):
        receive(("joined", SOON), ("ended", SOON), asked=SPRING, reason="health")
    for _ in range(2):
        receive(("joined", date(2026, 9, 20)), asked=date(2026, 9, 19))
    assert _experience(database, place[0]) == Experience(5, None, 3)


def test_what_happened_this_month_is_told_next_month(
    database: Database, receive: Receive, place: Place
) -> None:
    for _ in range(5):
        receive(("trial", date(2026, 11, 2)), asked=date(2026, 10, 30))
    assert _experience(database, place[0]) == Experience()
    with database.writing(by="job") as session:
        next_month = hosts_experience(session, today=date(2026, 12, 1), by="job:test")
    assert next_month[place[0]] == Experience(5, None, 3)


def test_a_decline_of_the_person_is_no_answer_of_the_host_and_silence_is_the_slowest(
    database: Database, receive: Receive, place: Place
) -> None:
    for _ in range(3):
        receive(("declined", SOON), asked=SPRING, reason="not_ready")
    assert _experience(database, place[0]) == Experience()
    for _ in range(3):
        receive(("declined", SOON), asked=SPRING, reason="full")
    assert _experience(database, place[0]) == Experience(None, None, 3)
    for _ in range(4):
        receive(("declined", SOON), asked=SPRING, reason="no_answer")
    assert _experience(database, place[0]) == Experience(None, None, NEVER_ANSWERED)


def test_answers_to_questions_without_a_name_count_too(database: Database, place: Place) -> None:
    with database.writing(by="test") as session:
        for _ in range(3):
            own = ask_host(
                session, offering_id=place[1], way="room", silent_from=clock.today(), by="a"
            )
            host_answered(session, offering_id=place[1], asked_id=own.id, by="host")
        ask_host(session, offering_id=place[1], way="room", silent_from=date.max, by="a")
    assert _experience(database, place[0]) == Experience(None, None, 1)


def test_who_withdraws_the_consent_counts_no_more_and_the_look_is_in_the_audit(
    database: Database, receive: Receive, place: Place, staff: Callable[..., Actor]
) -> None:
    people = [receive(("joined", SOON), asked=SPRING) for _ in range(5)]
    assert _experience(database, place[0]).accompanied == 5
    east = staff("tanaka")
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=people[0], purpose="t", write=True)
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
    assert _experience(database, place[0]).accompanied is None
    with database.reading() as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.by == "job:test")).all()
        assert {(a.action, a.entity, a.purpose) for a in looks} == {
            ("list", "outcomes", "host_experience")
        }
        assert session.scalars(select(Person)).first() is not None


def test_what_is_kept_is_written_where_it_differs_and_nothing_else_goes_into_the_log(
    database: Database, place: Place
) -> None:
    def keep(**bands: int) -> int:
        found = {place[0]: Experience(**bands)}
        with database.writing(by="job") as session:
            return keep_experience(session, found=found, by="job")

    assert [keep(accompanied=5), keep(accompanied=5), keep(accompanied=10), keep()] == [1, 0, 1, 1]
    with database.reading() as session:
        assert session.scalars(select(HostExperience)).all() == []
        log = select(Change).where(Change.entity == "host_experience").order_by(Change.revision)
        assert [(c.action, c.entity_id) for c in session.scalars(log)] == [
            (action, str(place[0])) for action in ("add", "edit", "remove")
        ]


def test_bands_hold_what_lies_in_them_and_no_small_number() -> None:
    assert PEOPLE[0] >= SMALL_CELL
    assert [band_of_people(n) for n in (None, 0, 4, 5, 9, 10, 49, 50, 700)] == [
        None, None, None, 5, 5, 10, 20, 50, 50,
    ]  # fmt: skip
    assert [band_of_days(n) for n in (None, 0, 1, 2, 8, 30, 31, 400)] == [
        None, 1, 1, 3, 14, 30, 90, 90,
    ]  # fmt: skip
    assert all(band_of_days(d) == d for d in ANSWER_DAYS)


def test_the_usual_days_are_those_of_the_latest_answers_and_of_three_at_least() -> None:
    old = [Answer(date(2025, 1, n), 60) for n in range(1, 9)]
    new = [Answer(date(2026, 1, n), n) for n in range(1, 10)]
    assert usual_days(new[:2]) is None
    assert usual_days(new[:3]) == 2
    assert usual_days([*new, *old]) == 5
    assert usual_days(new[:4]) == 3, "of two in the middle the later"
