"""The invented people of the demo, with the question that each one's need puts to the engine."""

import tomllib
import uuid
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.cases import holds_people
from casework.consents import FORMS, PURPOSES, Given
from casework.models import Account
from casework.people import add_person
from jobs.demo.facts import towns
from jobs.demo.places import uuid5_of
from resources import clock

TEAMS: dict[int | None, tuple[str, ...]] = {
    2: ("csw", "fukushi_somu"),
    3: ("csw",),
    7: ("fukushi_somu",),
}
"""Agencies that work on a vignette's case besides the one that received the person."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody invented: a letter, a sentence or two, an agency, and a need."""

    label: str
    summary: str
    agency: str
    town: str
    need: dict[str, Any]
    vignette: int | None


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    text = files("jobs.demo").joinpath("people.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["person"])


def label_of(number: int) -> str:
    """Return Ａさん, Ｂさん … Ｚさん, ＡＡさん, ＡＢさん …"""
    first, second = divmod(number, 26)
    letters = (chr(ord("Ａ") + first - 1) if first else "") + chr(ord("Ａ") + second)
    return f"{letters}さん"


def demo_people(seed: int) -> list[DemoPerson]:
    """Return the people; the places that one must keep away from are those of this seed."""
    return [_person(entry, i, seed) for i, entry in enumerate(_entries())]


def _person(entry: dict[str, Any], number: int, seed: int) -> DemoPerson:
    points = {town.name: town.at for town in towns()}
    at = points[entry["town"]]
    need: dict[str, Any] = {"at": {"lon": at.lon, "lat": at.lat}}
    names = ("walk_minutes", "speed_m_s", "radius_m", "age", "needs", "wishes", "step", "limits")
    need |= {name: entry[name] for name in names if name in entry}
    if "windows" in entry:
        need["windows"] = [window for text in entry["windows"] for window in _windows(text)]
    safety = dict(entry.get("safety", {}))
    for field, entity in (("organizations", "organization"), ("resources", "resource")):
        if f"exclude_{field}" in safety:
            keys = safety[f"exclude_{field}"]
            safety[f"exclude_{field}"] = [str(uuid5_of(seed, f"{entity}/{k}")) for k in keys]
    if "exclude_areas" in safety:
        safety["exclude_areas"] = [
            {"lon": points[town].lon, "lat": points[town].lat, "radius_m": radius_m}
            for town, radius_m in safety["exclude_areas"]
        ]
    if safety:
        need["safety"] = safety
    return DemoPerson(
        label=label_of(number),
        summary=entry["summary"],
        agency=entry["agency"],
        town=entry["town"],
        need=need,
        vignette=entry.get("vignette"),
    )


def _windows(text: str) -> list[dict[str, str]]:
    """Return the windows of "mon,wed 13:00-17:00", one for each day."""
    days, hours = text.split()
    start, end = hours.split("-")
    return [{"day": d, "from": start.zfill(5), "to": end.zfill(5)} for d in days.split(",")]


def add_demo_people(session: Session, *, seed: int, by: str) -> int:
    """Store the people if nobody invented is stored yet; return how many were.

    The demo's own account of an agency, where there is one, owns the cases of that agency.
    """
    if holds_people(session, invented=True):
        return 0
    owners: dict[str | None, uuid.UUID] = {
        account.agency: account.id
        for account in session.scalars(select(Account).where(Account.demo, Account.active))
        if account.role != "agency_manager"
    }
    people = demo_people(seed)
    for person in people:
        team = [person.agency, *TEAMS.get(person.vignette, ())]
        add_person(
            session,
            label=person.label,
            summary=person.summary,
            need=person.need,
            agency=person.agency,
            by=by,
            consent=Given(PURPOSES, team, "self", clock.today(), FORMS[0]),
            invented=True,
            owner_id=owners.get(person.agency),
        )
    return len(people)
