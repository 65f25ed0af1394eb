"""`ibasho keys rotate` on a real database: all is sealed with the new key, also after a kill."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from door import add_staff
from sqlalchemy import insert, text
from terminal import Ibasho

from casework.access import Actor
from casework.cases import case_of_person, rows_of
from casework.consents import Given
from casework.identities import identity_of, store_identity
from casework.people import add_person
from casework.placement_models import PlanItem
from casework.plans import add_plan_item
from casework.sealed_fields import CannotOpen, KeyRing, seal
from casework.sealed_words import RING
from jobs.keys import RING_FILE, key_ring
from jobs.program import Program, open_program
from jobs.settings import read_settings
from resources import clock

ROOT = Path(__file__).parents[2]
NAME, WORDS = "架空 花子", "母が入院している"
MANY = 1200
"""More than two transactions' worth of one column."""

KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from pathlib import Path
ring = Path(os.environ["IBASHO_HOME"]) / "keys" / "ring.json"
commits = 0

@event.listens_for(Engine, "commit")
def about_to_commit(_connection):
    global commits
    commits += '"2"' in ring.read_text()
    if commits == 2:
        os.kill(os.getpid(), signal.SIGKILL)

sys.argv = ["ibasho", "keys", "rotate"]
from api.cli import main
main()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """An installation with a person, a name, and a long plan."""
    if request.param == "postgresql":
        monkeypatch.setenv("IBASHO_DATABASE_URL", request.getfixturevalue("bare_postgres_url"))
    program = open_program(read_settings())
    ring = program.ring()
    east = Actor(add_staff(program, "csw", name="sato"), "sato", "csw", "east")
    with program.database.writing(by="test") as session:
        agreed = Given(["support"], ["east"], "self", clock.today(), "written")
        person = add_person(
            session, label="A", summary=WORDS, need={"age": 34}, agency="east", by=east,
            consent=agreed,
        )  # fmt: skip
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)
        add_plan_item(session, case, what=WORDS, agency="east", due_on=clock.today())
        store_identity(session, case, ring, {"name": NAME})
        ids = [uuid.uuid4() for _ in range(MANY)]
        session.execute(
            insert(PlanItem.__table__),  # type: ignore[arg-type]
            [
                {
                    "id": i, "case_id": case.case.id, "agency": "east", "due_on": clock.today(),
                    "made_by": "test", "what": seal(ring, ("plan_item", "what", i.hex), WORDS),
                }
                for i in ids
            ],
        )  # fmt: skip
    yield program
    program.close()


def readable_with(program: Program, ring: KeyRing) -> None:
    """Everything opens with these keys alone, through the door."""
    with program.database.writing(by="test") as session:
        session.info[RING] = lambda: ring
        person_id, account_id = session.execute(
            text("SELECT p.id, c.owner_id FROM person p JOIN support_case c ON c.person_id = p.id")
        ).one()
        east = Actor(uuid.UUID(str(account_id)), "sato", "csw", "east")
        case = case_of_person(
            session, actor=east, person_id=uuid.UUID(str(person_id)), purpose="plan"
        )
        assert (case.person.summary, case.person.need) == (WORDS, {"age": 34})
        assert identity_of(session, case, ring) == {"name": NAME}
        assert {item.what for item in rows_of(session, case, PlanItem)} == {WORDS}


def numbers(program: Program) -> set[str]:
    with program.database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT what FROM plan_item UNION ALL SELECT sealed FROM person_identity")
        )
        return {str(value).split(":")[0] for (value,) in rows}


def test_after_a_rotation_the_old_key_is_needed_no_more(kept: Program, ibasho: Ibasho) -> None:
    readable_with(kept, key_ring(kept.settings))
    done = ibasho("keys", "rotate", "--format", "json")
    assert done.code == 0
    assert done.json == {"key": 2, "sealed_again": MANY + 5, "fresh": True}
    ring = key_ring(kept.settings)
    readable_with(kept, KeyRing({2: ring.keys[2]}, ring.index))
    with pytest.raises(CannotOpen):
        readable_with(kept, KeyRing({1: ring.keys[1]}, ring.index))
    assert "Key 3 was made" in ibasho("keys", "rotate").out


def test_one_that_was_killed_halfway_is_readable_and_is_finished_by_the_next(
    kept: Program, ibasho: Ibasho
) -> None:
    environment = {
        **{k: v for k, v in os.environ.items() if k.startswith(("IBASHO_", "PATH", "LANG"))},
        "PYTHONPATH": str(ROOT),
    }
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert numbers(kept) == {"1", "2"}
    readable_with(kept, key_ring(kept.settings))
    done = ibasho("keys", "rotate", "--format", "json").json
    assert (done["key"], done["fresh"]) == (2, False)
    assert 0 < done["sealed_again"] < MANY
    ring = key_ring(kept.settings)
    assert sorted(ring.keys) == [1, 2]
    readable_with(kept, KeyRing({2: ring.keys[2]}, ring.index))


def test_with_the_wrong_keys_it_says_so_and_changes_nothing(kept: Program, ibasho: Ibasho) -> None:
    file = kept.settings.home / RING_FILE
    right = file.read_text(encoding="utf-8")
    wrong = json.loads(right)
    wrong["keys"]["1"] = wrong["index"]
    file.write_text(json.dumps(wrong), encoding="utf-8")
    refused = ibasho("keys", "rotate")
    assert refused.code == 2
    assert len(refused.err.strip().splitlines()) == 1
    assert "ring.json" in refused.err
    assert WORDS not in refused.err
    assert numbers(kept) == {"1"}
    assert list(json.loads(file.read_text(encoding="utf-8"))["keys"]) == ["1"]
    file.write_text("{", encoding="utf-8")
    refused = ibasho("keys", "rotate")
    assert refused.code == 2
    assert len(refused.err.strip().splitlines()) == 1
    file.write_text(right, encoding="utf-8")
    assert ibasho("keys", "rotate").code == 0
