"""Random worlds of cases: teams, consents, names, bans and emergencies in every mixture."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from casework.access import BREAK_GLASS
from casework.case_models import (
    BreakGlass,
    Case,
    CaseAgency,
    CaseMember,
    Consent,
    ConsentAgency,
    Exclusion,
    Person,
)
from casework.people import new_reference

NOW = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
MOMENTS = [NOW - timedelta(days=9), NOW - BREAK_GLASS, NOW - timedelta(minutes=1), NOW, NOW + timedelta(days=9)]  # fmt: skip
AGENCIES = ("east", "west")


def _spans(chance: random.Random) -> tuple[datetime, datetime | None]:
    since = chance.choice(MOMENTS)
    ends = [m for m in MOMENTS if m >= since]
    return since, chance.choice([None, *ends])


def add_case(session: Session, chance: random.Random, accounts: list[uuid.UUID]) -> None:
    person = Person(
        id=uuid.uuid4(), label="A", summary="", need={}, agency=chance.choice(AGENCIES),
        created_at=NOW, edited_at=NOW,
    )  # fmt: skip
    session.add(person)
    session.flush()
    case = Case(
        id=uuid.uuid4(),
        reference=new_reference(),
        person_id=person.id,
        ground=chance.choice(["consent", "consent", "meeting"]),
        state="plan",
        opened_on=date(2026, 9, 1),
    )
    session.add(case)
    session.flush()
    for _ in range(chance.randint(0, 3)):
        since, until = _spans(chance)
        agency = chance.choice(AGENCIES)
        session.add(
            CaseAgency(case_id=case.id, agency=agency, since=since, until=until, added_by="t")
        )
    for _ in range(chance.randint(0, 3)):
        session.add(
            Consent(
                case_id=case.id,
                purpose=chance.choice(["support", "support", "referral"]),
                given_by="self",
                given_on=date(2026, 9, 1),
                form="oral",
                recorded_by="t",
                recorded_at=NOW,
                withdrawn_at=chance.choice([None, None, NOW]),
                agencies=[
                    ConsentAgency(agency=a)
                    for a in chance.sample(AGENCIES, chance.randint(1, len(AGENCIES)))
                ],
            )
        )
    for _ in range(chance.randint(0, 2)):
        since, until = _spans(chance)
        session.add(
            CaseMember(
                case_id=case.id, account_id=chance.choice(accounts), pledged_on=date(2026, 9, 1),
                since=since, until=until, added_by="t",
            )
        )  # fmt: skip
    if chance.random() < 0.3:
        ban = (
            {"account_id": chance.choice(accounts)}
            if chance.random() < 0.5
            else {"agency": chance.choice(AGENCIES)}
        )
        session.add(Exclusion(case_id=case.id, reason="x", made_by="t", made_at=NOW, **ban))
    if chance.random() < 0.4:
        at = chance.choice(MOMENTS)
        session.add(
            BreakGlass(case_id=case.id, account_id=chance.choice(accounts), reason="x", at=at)
        )
