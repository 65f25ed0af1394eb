"""What a community social worker sees, standing in a doorway: what is near and open."""

import random
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from oracle import catalogues
from oracle.reference import DETOUR, away_m

from geodata.coordinates import LonLat
from matching.nearby import NearbyQuestion, nearby_places
from matching.store import IndexStore
from resources import schedules
from resources.clock import JAPAN
from resources.commands import register_resource
from resources.database import Database
from resources.queries import _entries
from resources.registration import Registration

HERE = LonLat(139.7148, 35.7290)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


def salon(
    schedule: dict[str, Any] | None, metres_north: float = 200, **facts: Any
) -> dict[str, Any]:
    return {
        "resource": {"name": "サロン", "kind": "salon", **facts.pop("resource", {})},
        "location": {
            "lon": HERE.lon,
            "lat": HERE.lat + metres_north / 111_195,
            **facts.pop("location", {}),
        },
        "offering": {"schedule": schedule, **facts.pop("offering", {})},
    }


def hours(start: str, end: str, **more: Any) -> dict[str, Any]:
    rule = {"days": [], "nth": [], "month_days": [], "from": start, "to": end, "holidays": "open"}
    return {"rules": [{**rule, **more}], "closed": []}


def found(database: Database, store: IndexStore, when: datetime, **more: Any) -> Any:
    with database.reading() as session:
        return nearby_places(session, store, NearbyQuestion(at=HERE, when=when, **more))


def test_what_closes_before_half_an_hour_is_left_is_not_open(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("10:00", "15:00")))  # 200 m, four minutes on foot
    assert found(database, store, at("2026-12-01T14:26")).places[0].open == "open"
    answer = found(database, store, at("2026-12-01T14:27"))
    assert not answer.places
    assert answer.removed_by == {"closed": 1}
    assert found(database, store, at("2026-12-01T09:56")).places
    assert not found(database, store, at("2026-12-01T09:55")).places


def test_a_place_open_past_midnight_is_open_after_midnight(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("20:00", "26:00", days=["mon"])))
    place = found(database, store, at("2026-12-01T00:30")).places[0]  # the night after Monday
    assert place.open_until == at("2026-12-01T02:00")
    assert not found(database, store, at("2026-12-02T00:30")).places


def test_on_a_public_holiday_of_which_nothing_is_said_it_is_uncertain(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("10:00", "15:00", holidays=None)))
    assert found(database, store, at("2026-11-23T11:00")).places[0].open == "uncertain"
    assert found(database, store, at("2026-11-24T11:00")).places[0].open == "open"


def test_places_with_unknown_hours_come_last_and_say_so(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(None, metres_north=50))
    register(**salon(hours("10:00", "15:00"), metres_north=600))
    states = [p.open for p in found(database, store, at("2026-12-01T11:00")).places]
    assert states == ["open", "unknown"]


def test_hidden_full_and_unplaced_places_and_those_nobody_gathers_in_are_not_shown(
    database: Database, store: IndexStore, register: Any
) -> None:
    all_day = hours("00:00", "24:00")
    register(**salon(all_day, location={"visibility": "hidden"}))
    register(**salon(all_day, location={"lon": None, "lat": None}))
    register(**salon(all_day, resource={"kind": "employer"}))
    register(**salon(all_day, resource={"status": "paused"}))
    register(**salon(all_day, offering={"availability": "none"}))
    answer = found(database, store, at("2026-12-01T11:00"))
    assert not answer.places
    assert answer.removed_by == {"places": 1}


@pytest.mark.parametrize("seed", [7, 8])
def test_nearby_is_that_of_a_plain_walk_through_all_offerings(
    database: Database, store: IndexStore, hosts: list[uuid.UUID], seed: int
) -> None:
    r = random.Random(seed)
    with database.writing(by="test") as session:
        for _ in range(240):
            parts = catalogues.registration(r, hosts, date(2026, 11, 24))
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    shown = 0
    with database.reading() as session:
        entries = _entries(session)
        for _ in range(40):
            when = at("2026-11-22T00:00") + timedelta(minutes=r.randrange(60 * 24 * 20))
            here = LonLat(HERE.lon + r.gauss(0, 0.004), HERE.lat + r.gauss(0, 0.004))
            minutes = r.choice([10, 20, 40])
            question = NearbyQuestion(at=here, walk_minutes=minutes, when=when, limit=500)
            answer = nearby_places(session, store, question)
            plain = _plain(entries, here, when, minutes)
            assert [(p.place.offering, p.open) for p in answer.places] == plain
            shown += len(plain)
    assert shown > 50


def _plain(
    entries: Any, here: LonLat, when: datetime, minutes: float
) -> list[tuple[uuid.UUID, str]]:
    out = []
    for e in entries:
        o, kind, p = e.offering, e.resource.kind, e.location
        if e.resource.status != "published" or p.lon is None or p.visibility == "hidden":
            continue
        if not catalogues.VOCABULARY.term("kind", kind).facts["gathering"]:
            continue
        if o.ends_on and o.ends_on < when.date():
            continue
        if o.availability == "none" or (o.availability == "capacity" and o.places == 0):
            continue
        away = away_m(here.lon, here.lat, p.lon, p.lat)
        if away > minutes * 60 * 1.1 / DETOUR:
            continue
        walk = -int(-(round(away) * DETOUR / 1.1 / 60) // 1)
        state = "unknown" if o.schedule is None else None
        if o.schedule is not None:
            arrival = when + timedelta(minutes=walk)
            schedule = schedules.from_json(o.schedule)
            sessions = schedules.next_sessions(schedule, when - timedelta(days=2), days=5)
            fits = [
                s
                for s in sessions
                if s.start <= arrival and s.end - arrival >= timedelta(minutes=30)
            ]
            if fits:
                state = "open" if any(not s.uncertain for s in fits) else "uncertain"
        if state:
            out.append((state != "open", walk, round(away), o.id.int, o.id, state))
    return [(x[4], x[5]) for x in sorted(out)]
