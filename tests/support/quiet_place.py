"""A quiet place that is fully known and fits nearly everybody, and a question that finds it."""

from datetime import UTC, date, datetime
from typing import Any

from matching.need import Need, parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.database import Database
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Japan
AT = {"lon": 139.7148, "lat": 35.7290}
TUESDAYS = {
    "rules": [
        {"days": ["tue"], "nth": [], "month_days": [], "from": "13:00", "to": "15:00",
         "holidays": "closed"}
    ],
    "closed": [],
}  # fmt: skip


def need(**more: Any) -> Need:
    return parse_need({"at": AT, "on": "2026-12-01", **more}, default_vocabulary())


def place(kind: str = "open_space", metres_north: float = 300, **more: Any) -> dict[str, Any]:
    """Return the parts of a place that is fully known and fits nearly everybody."""
    resource: dict[str, Any] = {
        "name": "静かな居場所",
        "kind": kind,
        "audience": ["anyone"],
        "age_min": 15,
        "age_max": 64,
        "gender": "any",
        "languages": ["ja"],
        "requirements": [],
        "needs": ["withdrawal", "isolation"],
        "activities": ["reading", "quiet"],
        "steps": [1, 2],
        "noise": "low",
        "group_size": 3,
        "conversation": "none",
        "staff_present": True,
        "visit_first": True,
        "accompaniment": True,
        "fee_yen": 0,
        "description": "話さなくてもよく、本を読んで静かに過ごせます",
    }
    location = {
        "lon": AT["lon"],
        "lat": AT["lat"] + metres_north / 111_195,
        "step_free": True,
        "address": "豊島区南大塚三丁目",
    }
    offering: dict[str, Any] = {
        "schedule": TUESDAYS,
        "attendance": "drop_in",
        "availability": "capacity",
        "places": 2,
        "availability_said_on": date(2026, 11, 20),
        "availability_said_by": "host",
        "verified_on": date(2026, 11, 20),
        "verified_by": "host",
    }
    for part, extra in more.items():
        {"resource": resource, "location": location, "offering": offering}[part].update(extra)
    return {
        "organization": {"name": "架空の会"},
        "resource": resource,
        "location": location,
        "offering": offering,
    }


def suggested(database: Database, store: IndexStore, asked: Need, **more: Any) -> Any:
    with database.reading() as session:
        return suggest_placements(session, store, asked, now=NOW, **more)
