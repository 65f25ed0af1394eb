"""A ward of invented people for the load: 300 staff, 1,500 offerings, 5,000 cases, places to take.

The sizes are those of the design's aim (300 staff, 1,500 resources, 5,000 cases).
"""

import os
import random
import subprocess
import sys
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from casework.accounts import add_account
from casework.case_models import Case, Person
from casework.consents import FORMS, PURPOSES, Given
from casework.models import Account
from casework.people import add_person
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.program import open_program
from jobs.settings import read_settings
from resources import clock
from resources.booking import open_places
from resources.models import Offering, Resource

STAFF = 300
CASES = 5_000
OFFERINGS = 1_500
SEEN = 300
"""So many of each are asked for, again and again, as a day's work does."""

AGENCY = "kurashi_shigoto"
ROLES = {
    "support_worker": (0.6, AGENCY),
    "csw": (0.25, "csw"),
    "coordinator": (0.15, "coordinator_d2"),
}


@dataclass(frozen=True)
class Ward:
    """What there is to ask for, as ids in words; people with their cases."""

    people: list[str]
    cases: list[str]
    offerings: list[str]
    resources: list[str]
    allotments: list[str]


def prepare(environment: dict[str, str], *, offerings: int = OFFERINGS, cases: int = CASES) -> Ward:
    """Fill the catalogue, the accounts and the cases of an empty installation."""
    command = [sys.executable, "-m", "api.cli", "demo", "--offerings", str(offerings)]
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    program = open_program(read_settings(environment))
    chance = random.Random(5)
    with program.database.writing(by="benchmark") as session:
        staff: dict[str, list[uuid.UUID]] = {}
        for role, (share, agency) in ROLES.items():
            for n in range(int(STAFF * share)):
                account = add_account(
                    session, name=f"{role}{n}", password=DEMO_PASSWORD, role=role, agency=agency,
                    display_name=f"{role} {n}", by="benchmark", demo=True,
                )  # fmt: skip
                staff.setdefault(role, []).append(account.id)
        known = list(session.scalars(select(Person)))
        for n in range(cases - len(known)):
            like = known[n % len(known)]
            consent = Given(PURPOSES, [AGENCY], "self", clock.today(), FORMS[0])
            add_person(
                session, label=f"見本{n}", summary=like.summary, need=like.need, agency=AGENCY,
                by="benchmark", consent=consent, invented=True,
                owner_id=chance.choice(staff["support_worker"]),
            )  # fmt: skip
    with program.database.writing(by="benchmark") as session:
        asked = list(session.scalars(select(Offering.id).limit(SEEN)))
        today = clock.today()
        allotments = [
            open_places(
                session, offering_id=offering, first_on=today, last_on=today + timedelta(days=90),
                starts="", capacity=10_000, by="benchmark",
            ).id
            for offering in asked[:100]
        ]  # fmt: skip
        rows = session.execute(
            select(Person.id, Case.id)
            .join(Case, Case.person_id == Person.id)
            .where(Person.agency == AGENCY, Account.id == Case.owner_id)
            .where(Account.name.like("support_worker%"))
            .limit(SEEN)
        ).all()
        resources = list(session.scalars(select(Resource.id).limit(SEEN)))
    program.close()
    return Ward(
        [str(p) for p, _ in rows], [str(c) for _, c in rows], [str(i) for i in asked],
        [str(i) for i in resources], [str(i) for i in allotments],
    )  # fmt: skip
