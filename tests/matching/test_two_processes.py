"""What one process writes, another suggests in its next request; on both databases."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from matching.need import parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.database import Database
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NEED = {"at": {"lon": 139.7148, "lat": 35.7290}, "walk_minutes": 20, "on": "2026-12-01"}

OTHER_PROCESS = """
import json, sys, uuid
from datetime import date
from resources.commands import register_resource, set_availability
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

url, order = sys.argv[1], json.loads(sys.argv[2])
with Database(url).writing(by="other") as session:
    if "register" in order:
        made = register_resource(
            session, registration=Registration.model_validate(order["register"]),
            vocabulary=default_vocabulary(), by="other",
        )
        print(made.id)
    else:
        set_availability(
            session, offering_id=uuid.UUID(order["full"]), status="none", places=None,
            said_by="host", said_on=date(2026, 11, 24), by="other",
        )
"""


def elsewhere(database: Database, **order: Any) -> str:
    """Do it in a process of its own; return what it printed."""
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    command = [sys.executable, "-c", OTHER_PROCESS, url.render_as_string(hide_password=False)]
    done = subprocess.run([*command, json.dumps(order)], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_place_registered_elsewhere_is_suggested_next_and_a_place_filled_is_not(
    database: Database, store: IndexStore
) -> None:
    need = parse_need(NEED, default_vocabulary())

    def listed() -> list[str]:
        with database.reading() as session:
            answer = suggest_placements(session, store, need, now=NOW)
        return [str(s.place.offering) for s in answer.suggestions]

    registration = {
        "resource": {"name": "架空の居場所", "kind": "open_space"},
        "location": {"lon": 139.7150, "lat": 35.7300},
        "offering": {"availability": "capacity", "places": 2},
    }
    assert listed() == []
    made = elsewhere(database, register=registration)
    assert listed() == [made]
    elsewhere(database, full=made)
    assert listed() == []
