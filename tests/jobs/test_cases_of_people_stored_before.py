"""Who was stored before there were cases has one afterwards, and is seen by the same agency."""

import re
import uuid

from sqlalchemy import Connection, text

from casework.access import Actor
from casework.cases import cases_seen
from casework.consents import consents_of
from jobs.schema import FOLDER, downgrade, upgrade
from resources.database import Database
from resources.models import Base


def before_cases() -> str:
    """Return the schema on which the one with cases builds."""
    (path,) = (FOLDER / "versions").glob("r*_cases.py")
    found = re.search(r'down_revision = "(\d+)"', path.read_text(encoding="utf-8"))
    assert found
    return found[1]


def name_somebody_for(connection: Connection, person: str) -> None:
    """Store an account that was named for a person, as the schema before had it."""
    account = uuid.uuid4().hex
    connection.execute(
        text(
            "INSERT INTO account (id, name, display_name, password_hash, role, language, active, "
            "demo, version, created_at, edited_at) VALUES (:id, :name, 'e', '', 'csw', 'ja', true, "
            "false, 1, '2026-10-01 00:00:00', '2026-10-01 00:00:00')"
        ),
        {"id": account, "name": f"named-{account}"},
    )
    connection.execute(
        text(
            "INSERT INTO person_name (person_id, account_id, named_by, named_at) "
            "VALUES (:person, :account, 'x', '2026-10-01 00:00:00')"
        ),
        {"person": person, "account": account},
    )


def test_the_upgrade_gives_everybody_a_case_that_their_agency_sees(database: Database) -> None:
    Base.metadata.drop_all(database.engine)
    upgrade(database)
    downgrade(database, before_cases())
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO agency (code, ja, en, programmes, fields, needs, meetings, invented) "
                "VALUES ('east', 'e', 'e', '[]', '[]', '[]', '[]', true)"
            )
        )
        for label in ("A", "B"):
            key = uuid.uuid4().hex
            connection.execute(
                text(
                    "INSERT INTO person (id, label, summary, need, agency, invented, version, "
                    "created_at, edited_at) VALUES (:id, :label, '', '{}', 'east', false, 1, "
                    "'2026-10-01 00:00:00', '2026-10-01 00:00:00')"
                ),
                {"id": key, "label": label},
            )
            name_somebody_for(connection, key)
    upgrade(database)
    east = Actor(uuid.uuid4(), "sato", "csw", "east")
    with database.writing(by="test") as session:
        seen = cases_seen(session, actor=east)
        assert {o.person.label for o in seen} == {"A", "B"}
        assert [c.form for c in consents_of(session, seen[0])] == ["carried_over"]
        assert cases_seen(session, actor=Actor(uuid.uuid4(), "mori", "csw", "west")) == []
