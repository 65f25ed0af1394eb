"""Who was stored before there were cases has one afterwards, and is seen by the same agency."""

import re
import uuid

from sqlalchemy import text

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
    upgrade(database)
    east = Actor(uuid.uuid4(), "sato", "csw", "east")
    with database.writing(by="test") as session:
        seen = cases_seen(session, actor=east)
        assert {o.person.label for o in seen} == {"A", "B"}
        assert [c.form for c in consents_of(session, seen[0])] == ["carried_over"]
        assert cases_seen(session, actor=Actor(uuid.uuid4(), "mori", "csw", "west")) == []
