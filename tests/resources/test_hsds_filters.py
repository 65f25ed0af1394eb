"""Every filter of the read API, alone and together, finds what a plain walk through all finds."""

import math
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from oracle import catalogues

from geodata.coordinates import LonLat, straight_m
from resources.commands import register_resource
from resources.database import Database
from resources.hsds.filters import Filters, UnknownPostcode
from resources.hsds.ids import taxonomy_id, term_id
from resources.hsds.lists import Asked, What, load_places, load_services
from resources.hsds.taxonomies import codes_of
from resources.models import Offering, Organization
from resources.open_log import follow
from resources.open_rows import Opened
from resources.queries import Entry, _entries
from resources.registration import Registration
from resources.schedules import from_json, next_sessions

TODAY = date(2026, 11, 24)
PLACES = 90
QUESTIONS = 70
POSTCODES = ["170-0005", "1700013", "171-0022"]
VOCABULARY = catalogues.VOCABULARY


@pytest.fixture
def filled(database: Database) -> Database:
    r = random.Random(11)
    hosts = [uuid.UUID(int=n) for n in range(1, 9)]
    now = datetime.now(UTC)
    with database.writing(by="test") as session:
        session.add_all(
            Organization(id=h, name=f"会{h.int}", created_at=now, edited_at=now) for h in hosts
        )
    for _ in range(6):  # so that they changed at different moments
        with database.writing(by="test") as session:
            for _ in range(PLACES // 6):
                parts = catalogues.registration(r, hosts, TODAY)
                parts["location"]["postcode"] = r.choice([None, *POSTCODES])
                if r.random() < 0.1:
                    del parts["location"]
                made = register_resource(
                    session,
                    registration=Registration.model_validate(parts),
                    vocabulary=VOCABULARY,
                    by="test",
                )
                if r.random() < 0.3:  # a second one of the same resource, elsewhere
                    more = catalogues.registration(r, hosts, TODAY)
                    other = register_resource(
                        session,
                        registration=Registration.model_validate(more),
                        vocabulary=VOCABULARY,
                        by="test",
                    )
                    other.resource_id = made.resource_id
    with database.writing(by="test") as session:
        follow(session)
    return database


def is_open(entry: Entry, entries: list[Entry]) -> bool:
    o, place = entry.offering, entry.location
    others = [e for e in entries if e.resource.id == entry.resource.id and e.location]
    if place is None and any(e.location.visibility != "public" for e in others if e.location):
        return False
    return (
        entry.resource.status == "published"
        and o.verified_on is not None
        and (place is None or place.visibility == "public")
    )


def fits(
    f: Filters, entry: Entry, opened: list[Entry], changed: dict[uuid.UUID, datetime], what: What
) -> bool:
    """The filters once more, without SQL and without haste."""
    o, r, place, host = entry.offering, entry.resource, entry.location, entry.organization
    words = [r.name, r.name_kana, r.alias, r.description, host and host.name,
             place and place.name, place and place.address]  # fmt: skip
    if what == "organization":
        words = [host and host.name, host and host.name_kana, host and host.description]
    for word in (f.search or "").split():
        if not any(word.lower() in (text or "").lower() for text in words):
            return False
    classes = {*codes_of(r, VOCABULARY), ("availability", o.availability)}
    if f.taxonomy_term_id and f.taxonomy_term_id not in {term_id(*c) for c in classes}:
        return False
    if f.taxonomy_id and f.taxonomy_id not in {taxonomy_id(axis) for axis, _ in classes}:
        return False
    if what == "organization":
        return True
    if f.organization_id and r.organization_id != f.organization_id:
        return False
    if f.modified_after is not None:
        same = [e for e in opened if e.resource.id == r.id] if what == "service" else [entry]
        if not any(changed[e.offering.id] >= f.modified_after for e in same):
            return False
    if f.has_capacity is True and (o.availability != "capacity" or o.places == 0):
        return False
    if f.has_capacity is False and o.availability not in ("none", "waitlist"):
        return False
    if f.open_on is not None and not takes_place(o, f.open_on):
        return False
    if f.near is not None and f.radius_m is not None and not apart_m(f.near, entry) <= f.radius_m:
        return False
    return f.postcode is None or from_postcode(f, entry, opened)


def apart_m(origin: LonLat, entry: Entry) -> float:
    place = entry.location
    if place is None or place.lon is None or place.lat is None:
        return math.nan
    return straight_m(origin, LonLat(place.lon, place.lat))


def takes_place(offering: Offering, day: date) -> bool:
    if offering.schedule is None or (offering.ends_on is not None and offering.ends_on < day):
        return False
    before = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    sessions = next_sessions(from_json(offering.schedule), before, days=5)
    return any(s.start.date() == day and not s.uncertain for s in sessions)


def from_postcode(f: Filters, entry: Entry, opened: list[Entry]) -> bool:
    digits = str(f.postcode).replace("-", "")
    there = [
        e.location for e in opened
        if e.location and (e.location.postcode or "").replace("-", "") == digits
    ]  # fmt: skip
    points = [(p.lon, p.lat) for p in there if p.lon is not None and p.lat is not None]
    cities = [p.city for p in there if p.city]
    limited = "residence" in (entry.resource.requirements or [])
    own = entry.location.city if entry.location else None
    if limited and own is not None and own != min(cities, default=None):
        return False
    if f.proximity_m is None:
        return True
    middle = LonLat(
        sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    )
    return apart_m(middle, entry) <= f.proximity_m


def question(r: random.Random, moments: list[datetime]) -> Filters:
    def sometimes(value: Any, share: float = 0.15) -> Any:
        return value if r.random() < share else None

    axis = r.choice(["kind", "need", "language", "step", "noise", "availability", "requirement"])
    near = LonLat(139.7148 + r.gauss(0, 0.01), 35.7290 + r.gauss(0, 0.01))
    postcode = sometimes(r.choice(POSTCODES))
    return Filters(
        search=sometimes(r.choice(["場所1", "本 静か", "会3", "%", "_", "豊島区", "畑"])),
        taxonomy_term_id=sometimes(term_id(axis, r.choice(VOCABULARY.codes(axis)[:6])), 0.3),
        taxonomy_id=sometimes(taxonomy_id(axis)),
        organization_id=sometimes(uuid.UUID(int=r.randint(1, 9))),
        modified_after=sometimes(r.choice(moments)),
        postcode=postcode,
        proximity_m=sometimes(r.choice([500.0, 3000.0, 80_000.0]), 0.7) if postcode else None,
        near=near,
        radius_m=sometimes(r.choice([300.0, 1200.0, 60_000.0]), 0.3),
        open_on=sometimes(TODAY + timedelta(days=r.randint(-30, 60)), 0.25),
        has_capacity=sometimes(r.random() < 0.5, 0.3),
        sort=r.choice(["id", "name", "modified", "distance"]),
    )


def keys(what: What, entries: list[Entry]) -> set[uuid.UUID]:
    if what == "place":
        return {e.offering.id for e in entries}
    if what == "service":
        return {e.resource.id for e in entries}
    return {e.organization.id for e in entries if e.organization}


def test_filters_find_what_a_plain_walk_finds(filled: Database) -> None:
    r = random.Random(5)
    with filled.reading() as session:
        entries = _entries(session)
        opened = [e for e in entries if is_open(e, entries)]
        changed = {o.offering_id: o.at for o in session.query(Opened)}
        assert len(opened) > PLACES / 3
        found_something = 0
        for _ in range(QUESTIONS):
            filters = question(r, sorted(changed.values()))
            what: What = r.choice(["service", "place", "place", "organization"])
            if what == "organization" and filters.sort not in ("id", "name"):
                continue
            asked = Asked(session, what, filters, VOCABULARY)
            wanted = keys(what, [e for e in opened if fits(filters, e, opened, changed, what)])
            listed = []
            for offset in range(0, len(wanted) + 7, 7):
                page = asked.page(session, offset=offset, limit=7)
                assert page.total == len(wanted), filters
                listed += page.ids
            assert len(listed) == len(wanted)
            assert set(listed) == wanted, filters
            streamed: list[uuid.UUID] = []
            while run := asked.after(session, streamed[-1] if streamed else None, 5):
                streamed += run
            assert streamed == sorted(wanted, key=str)
            if filters.sort == "id":
                assert listed == streamed
            elif filters.sort == "distance" and what == "place":
                by_id = {e.offering.id: e for e in opened}
                apart = [apart_m(filters.near or LonLat(0, 0), by_id[i]) for i in listed]
                known = [a for a in apart if not math.isnan(a)]
                assert apart[: len(known)] == pytest.approx(sorted(known), rel=1e-4)
            elif filters.sort == "modified" and what == "place":
                assert [changed[i] for i in listed] == sorted(
                    (changed[i] for i in listed), reverse=True
                )
            found_something += bool(wanted)
        assert found_something > QUESTIONS / 4


def test_what_is_loaded_is_what_was_found(filled: Database) -> None:
    with filled.reading() as session:
        services = Asked(session, "service", Filters(), VOCABULARY).after(session, None, 1000)
        assert [s.resource.id for s in load_services(session, services)] == services
        places = Asked(session, "place", Filters(), VOCABULARY).after(session, None, 1000)
        assert [p.offering.id for _, p in load_places(session, places)] == places


def test_a_postcode_of_a_place_that_is_not_open_is_unknown(filled: Database) -> None:
    with filled.writing(by="test") as session:
        for entry in _entries(session):
            if entry.location and entry.location.postcode == POSTCODES[0]:
                entry.location.visibility = "hidden"
    with filled.reading() as session, pytest.raises(UnknownPostcode):
        Asked(session, "place", Filters(postcode=POSTCODES[0]), VOCABULARY)
