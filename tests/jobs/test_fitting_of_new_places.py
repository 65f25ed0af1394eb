"""A place that is new or free again is told to those who work with somebody it may suit."""

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from casework.access import Actor
from casework.accounts import actor_of, add_account
from casework.audit import AuditRow
from casework.case_models import Notice
from casework.cases import case_of_person
from casework.consents import FORMS, PURPOSES, Given, consents_of, withdraw_consent
from casework.models import Account
from casework.notices import notices_of
from casework.people import add_person
from casework.placements import start_placement
from jobs.fitting import OWNERS
from jobs.ledger import enqueue
from jobs.listing import list_jobs
from jobs.program import Program
from jobs.runtime import run_one
from jobs.tasks import TASKS
from resources import clock
from resources.commands import set_availability
from resources.models import Agency

Register = Callable[..., uuid.UUID]
NEED = {"at": {"lon": 139.72, "lat": 35.73}, "needs": {"isolation": 3}, "step": 1}
PLACE = {"lon": 139.721, "lat": 35.731, "accuracy_m": 20.0, "point_level": "point",
         "point_source": "pin"}  # fmt: skip
SUITS = {"needs": ["isolation"], "steps": [1, 2]}


@pytest.fixture
def owner(program: Program) -> Actor:
    """A support worker of an agency."""
    with program.database.writing(by="test") as session:
        session.add(
            Agency(code="east", ja="東", en="East", programmes=[], fields=[], needs=[], meetings=[])
        )
        session.flush()
        account = add_account(
            session, name="worker", password="a long enough password", role="support_worker",
            agency="east", display_name="担当", by="test",
        )  # fmt: skip
        return actor_of(account)


@pytest.fixture
def waits(program: Program, owner: Actor) -> uuid.UUID:
    """Somebody for whom a place is being looked for."""
    return received(program, owner, consent=True)


def received(program: Program, owner: Actor, *, consent: bool) -> uuid.UUID:
    given = Given(PURPOSES, ["east"], "self", date(2026, 11, 1), FORMS[0]) if consent else None
    with program.database.writing(by="test") as session:
        return add_person(
            session, label="Ａ", summary="", need=NEED, agency="east", by=owner, consent=given
        ).id


def fit(program: Program) -> dict[str, object]:
    """Run the job as the clock asks for it; return what it said."""
    from jobs.listing import job_shown

    with program.database.writing(by="test") as session:
        job = enqueue(session, "fit_waiting")
    assert run_one(program, job)
    with program.database.reading() as session:
        shown = job_shown(session, job)
    assert shown is not None
    assert shown.state == "done", shown.facts
    return {"said": shown.said, **shown.facts}


def told(program: Program) -> list[tuple[str, str]]:
    with program.database.reading() as session:
        return [(n.kind, n.about) for n in session.scalars(select(Notice))]


def test_the_owner_hears_once_of_a_new_place_that_fits(
    program: Program, owner: Actor, waits: uuid.UUID, register: Register
) -> None:
    register({"name": "前からある会", **SUITS}, location=PLACE)
    assert fit(program)["said"] == "nothing_to_do"  # what was there before is no news
    place = register({"name": "新しい会", **SUITS}, location=PLACE)
    register({"name": "別の年齢の会", "age_max": 5, **SUITS}, location=PLACE)
    assert fit(program)["told"] >= 1  # type: ignore[operator]
    assert ("place_fits", str(place)) in told(program)
    assert fit(program)["said"] == "nothing_to_do"
    with program.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.by == "job:fit_waiting")).all()
        assert {(r.action, r.purpose, tuple(r.fields)) for r in rows} == {
            ("read", "fit_waiting", ("need",))
        }
        assert [n.kind for n in notices_of(session, actor=owner)] == ["place_fits"] * len(
            told(program)
        )


def test_a_place_that_is_free_again_is_told_and_one_that_filled_is_not(
    program: Program, owner: Actor, waits: uuid.UUID, register: Register
) -> None:
    full = register({"name": "満員の会", **SUITS}, {"availability": "none"}, location=PLACE)
    free = register({"name": "空きの会", **SUITS}, {"availability": "capacity"}, location=PLACE)
    fit(program)
    for offering, status in ((full, "capacity"), (free, "none")):
        with program.database.writing(by="test") as session:
            set_availability(
                session, offering_id=offering, status=status, places=None, said_by="host",
                said_on=clock.today(), by="test",
            )  # fmt: skip
    fit(program)
    assert told(program) == [("place_fits", str(full))]


def test_nothing_is_told_of_whom_the_owner_may_not_see_or_who_has_a_place(
    program: Program, owner: Actor, register: Register
) -> None:
    withdrawn = received(program, owner, consent=True)
    placed = received(program, owner, consent=True)
    received(program, owner, consent=False)  # a case of a 支援会議 leaves no trace
    old = register({"name": "前からある会", **SUITS}, location=PLACE)
    with program.database.writing(by="test") as session:
        opened = case_of_person(session, actor=owner, person_id=withdrawn, purpose="consent")
        for consent in consents_of(session, opened):
            withdraw_consent(session, opened, consent_id=consent.id)
        opened = case_of_person(session, actor=owner, person_id=placed, purpose="plan", write=True)
        start_placement(session, opened, offering_id=old, place="前からある会")
    fit(program)
    register({"name": "新しい会", **SUITS}, location=PLACE)
    assert fit(program)["waiting"] == 0
    assert told(program) == []
    with program.database.reading() as session:
        assert session.scalars(select(Account)).all()


def test_with_many_staff_it_is_done_in_pieces_and_tells_the_same(
    program: Program, owner: Actor, waits: uuid.UUID, register: Register
) -> None:
    fit(program)
    place = register({"name": "新しい会", **SUITS}, location=PLACE)
    with program.database.writing(by="test") as session:
        stored = session.get(Account, owner.account_id)
        same = {c.name: getattr(stored, c.name) for c in Account.__table__.columns}
        for n in range(2 * OWNERS):
            session.add(Account(**{**same, "id": uuid.uuid4(), "name": f"colleague {n}"}))
    assert fit(program) == {"said": "split", "pieces": 3}
    assert told(program) == []  # splitting does none of the work
    with program.database.reading() as session:
        subjects = [j.subject for j in list_jobs(session, 100, kind="fit_some")]
    assert all(len(subject or "") <= 100 for subject in subjects)
    for _ in range(3):
        run_kinds(program, "fit_some")
    assert told(program) == [("place_fits", str(place))]
    with program.database.writing(by="test") as session:  # delivered again it tells nothing twice
        for subject in subjects:
            enqueue(session, "fit_some", subject=subject)
    for _ in range(3):
        run_kinds(program, "fit_some")
    assert told(program) == [("place_fits", str(place))]


def run_kinds(program: Program, kind: str) -> None:
    assert run_one(program, tasks={kind: TASKS[kind]})
