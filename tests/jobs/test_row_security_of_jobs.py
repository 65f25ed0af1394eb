"""Jobs, copies and migrations do their work as a role that row-level security holds."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from plain_role import ROLE, serving
from sqlalchemy import func, select, text, update
from sqlalchemy.engine import make_url

from casework.accounts import actor_of, add_account
from casework.case_models import Notice, Person
from casework.cases import case_of_person
from casework.consents import PURPOSES, Given
from casework.people import add_person
from casework.placement_models import Placement
from casework.placements import start_placement
from jobs.backup.making import make_backup
from jobs.backup.opening import open_backup
from jobs.backup.restoring import restore_backup
from jobs.keys import give_keys
from jobs.ledger import enqueue
from jobs.program import open_program
from jobs.runtime import run_one
from jobs.schema import upgrade
from jobs.settings import Settings
from resources import clock
from resources.database import Database
from resources.models import Agency


def _fill(owner: Database) -> uuid.UUID:
    """Store somebody with an overdue step."""
    with owner.writing(by="test") as session:
        session.add(
            Agency(code="east", ja="東", en="East", programmes=[], fields=[], needs=[], meetings=[])
        )
        session.flush()
        account = add_account(
            session, name="worker", password="a long enough password", role="support_worker",
            agency="east", display_name="担当", by="test",
        )  # fmt: skip
        actor = actor_of(account)
        given = Given(PURPOSES, ["east"], "self", clock.today(), "written")
        person = add_person(
            session, label="Ａ", summary="", need={}, agency="east", by=actor, consent=given
        )
        case = case_of_person(session, actor=actor, person_id=person.id, purpose="plan", write=True)
        start_placement(session, case, offering_id=uuid.uuid4(), place="見本の会")
        late = clock.today() - timedelta(days=1)
        session.execute(update(Placement).values(next_on=late))
    return person.id


def _count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_jobs_copies_and_restores_see_all_where_a_request_sees_nothing(
    bare_postgres_url: str, tmp_path: Path, new_postgres_url: Callable[[], str]
) -> None:
    owner = Database(bare_postgres_url)
    give_keys(owner, Settings(home=tmp_path / "home"))
    upgrade(owner)
    _fill(owner)
    served = serving(owner)
    plain = served.engine.url.render_as_string(hide_password=False)
    program = open_program(Settings(home=tmp_path / "home", database_url=plain))
    assert _count(served, Person) == 0
    for kind in ("tell_stalled", "fit_waiting"):
        with served.writing(by="test") as session:
            job = enqueue(session, kind)
        assert run_one(program, job)
    assert _count(owner, Notice) == 1  # the owner of the step was told
    copy = tmp_path / "copy.ibasho"
    make_backup(served, program.settings, copy)

    empty = new_postgres_url()
    name = make_url(empty).database
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO {ROLE}'))
    target = make_url(empty).set(username=ROLE).render_as_string(hide_password=False)
    settings = replace(program.settings, home=tmp_path / "new", database_url=target)
    with open_backup(copy) as backup:
        assert {t.name: t.rows for t in backup.manifest.tables}["person"] == 1
        restore_backup(backup, settings)
    superuser, plainly = Database(empty), Database(target)
    assert (_count(superuser, Person), _count(superuser, Notice)) == (1, 1)
    assert _count(plainly, Person) == 0  # it owns the tables, and is under their rules
    for opened in (superuser, plainly, served, owner):
        opened.close()
    program.close()
