"""Times a case's page, and what of it is opening the texts that stand sealed.

One case with many entries in its plan and many steps; the page is asked for through the whole
application, and the same values are then opened alone.

    python -m benchmarks.sealed_words --texts 200
"""

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from casework import sessions
from casework.access import Actor
from casework.accounts import add_account
from casework.cases import case_of_person
from casework.consents import Given
from casework.people import add_person
from casework.placement_models import PlanItem
from casework.plans import add_plan_item
from casework.sealed_fields import unseal
from jobs.program import Program, open_program
from jobs.settings import Settings
from resources import clock
from resources.models import Agency

OUT = Path(__file__).parent / "out"
WORDS = "母の通院に付き添い、帰りに見学した。本人は静かな場所を好む。" * 3


def filled(program: Program, texts: int) -> tuple[uuid.UUID, str]:
    """Make one case with so many texts; return its id and a session's cookie."""
    with program.database.writing(by="benchmark") as session:
        session.add(
            Agency(
                code="east", ja="見本", en="sample", programmes=[], fields=[], needs=[],
                meetings=[], invented=True,
            )
        )  # fmt: skip
        session.flush()
        account = add_account(
            session, name="sato", password=uuid.uuid4().hex, role="csw", agency="east",
            display_name="見本の職員", by="benchmark",
        )  # fmt: skip
        east = Actor(account.id, "sato", "csw", "east")
        consent = Given(["support"], ["east"], "self", clock.today(), "written")
        person = add_person(
            session, label="Ａさん", summary=WORDS, need={"age": 34}, agency="east", by=east,
            consent=consent, invented=True,
        )  # fmt: skip
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)
        for _ in range(texts):
            add_plan_item(session, case, what=WORDS, agency="east", due_on=clock.today())
        cookie = sessions.sign_in(session, account_id=account.id, source="benchmark", hours=1)
        return case.case.id, cookie


def median_ms(do: Callable[[], object], times: int = 30) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=200)
    texts = parser.parse_args().texts
    with tempfile.TemporaryDirectory() as folder:
        program = open_program(Settings(home=Path(folder)))
        case_id, cookie = filled(program, texts)
        client = TestClient(create_app(program.settings, program), cookies={"ibasho": cookie})
        page_ms = median_ms(lambda: client.get(f"/cases/{case_id}").raise_for_status())
        with program.database.reading() as session:
            rows = session.execute(select(PlanItem.id, PlanItem.what_sealed)).all()
        ring = program.ring()
        opening_ms = median_ms(
            lambda: [unseal(ring, ("plan_item", "what", i.hex), kept) for i, kept in rows]
        )
        program.close()
    line = (
        f"{texts} texts: a case's page {page_ms:.1f} ms, of which opening them {opening_ms:.1f} ms "
        f"(ratio {page_ms / (page_ms - opening_ms):.2f} to a page that opens nothing)"
    )
    OUT.mkdir(exist_ok=True)
    (OUT / "sealed_words.txt").write_text(line + "\n", encoding="utf-8")
    print(line)


if __name__ == "__main__":
    main()
