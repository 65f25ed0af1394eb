"""Adds the places that are written one by one, and puts the demo's whole catalogue together."""

import random
import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from jobs.demo.facts import towns
from jobs.demo.places import Catalogue, Row, Ward, fill, shifted
from jobs.demo.rhythms import rhythm
from jobs.demo.telling import INVENTED

KNOWN: dict[str, Any] = {
    "gender": "any", "languages": ["ja"], "requirements": [], "smoking": False, "alcohol": False,
    "animals": False, "online": False, "pays": False, "transport": False, "noise": "low",
    "conversation": "optional", "staff_present": True, "visit_first": True, "accompaniment": True,
    "fee_yen": 0, "with_child": False, "children_present": False, "child_safe": False,
    "confirms_participants": True, "publishes_members": False,
}  # fmt: skip
"""What a written place says where it says nothing else: everything is known."""


def demo_catalogue(seed: int, today: date) -> Catalogue:
    """Return the demo ward's catalogue: drawn places and written ones."""
    ward = Ward(seed, today)
    fill(ward)
    for entry in _entries():
        _write(ward, entry)
    return ward.made


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    text = files("jobs.demo").joinpath("written.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["place"])


def _write(ward: Ward, entry: dict[str, Any]) -> None:
    key, visibility = entry["key"], entry.get("visibility")
    r = random.Random(f"ibasho demo {ward.seed} {key}")
    facts: Row = {**KNOWN, **entry["facts"]}
    facts |= dict.fromkeys(entry.get("unknown", ()))
    step_free = facts.pop("step_free", True)
    host = ward.organization(
        key, f"{entry['name'].split(' ')[-1]}の会", accompanied_cap=4, accompanied_now=1
    )
    location_id = _location(ward, entry, step_free, visibility, r)
    ward.made.resources.append(
        {
            **ward.stamped("resource", key, 200),
            "organization_id": host,
            "kind": entry["kind"],
            "name": entry["name"],
            "description": INVENTED + entry["text"],
            "status": "published",
            "phone": None if visibility == "hidden" else f"03-0000-{r.randint(0, 9999):04d}",
            **facts,
        }
    )
    sitting = {"attendance": "drop_in", "min_minutes": 30, "min_per_week": 0}
    for i, text in enumerate(entry["rhythms"]):
        days, hours, *closing = text.split()
        ward.offering(
            f"{key}-{i}",
            key,
            location_id,
            rhythm(days.split(","), hours, closing),
            {**sitting, **entry.get("sitting", {})},
            _room(ward, r),
            {"verified_on": ward.today - timedelta(days=r.randint(2, 25)), "verified_by": "staff"},
            number=i,
        )


def _location(
    ward: Ward, entry: dict[str, Any], step_free: bool, visibility: str | None, r: random.Random
) -> Any:
    town = {t.name: t for t in towns()}[entry["town"]]
    at = shifted(town.at, *entry.get("offset", (0, 0)))
    row = ward.location(entry["key"], town, at, entry["room"] or "", step_free, r, visibility)
    if visibility == "hidden":  # nothing is kept that could give the place away
        row |= dict.fromkeys(
            ("name", "address", "town", "postcode", "lon", "lat", "accuracy_m", "point_level",
             "point_source", "district")
        )  # fmt: skip
    else:
        row |= {"lon": round(at.lon, 6), "lat": round(at.lat, 6), "accuracy_m": 20.0}
        row |= {"point_level": "point", "point_source": "pin"}
        row["visibility"] = visibility or "public"
    return row["id"]


def _room(ward: Ward, r: random.Random) -> Row:
    return {
        "capacity": 6,
        "availability": "capacity",
        "places": r.randint(1, 3),
        "availability_said_on": ward.today - timedelta(days=r.randint(1, 20)),
        "availability_said_by": "host",
    }
