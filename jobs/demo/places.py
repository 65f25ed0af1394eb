"""Makes the invented catalogue of one ward: rows for hosts, locations, resources and offerings.

Everything follows from the seed and the day that counts as today; ids are uuid5 of seed and key.
"""

import math
import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from geodata.coordinates import LonLat
from jobs.demo.facts import CITY, PREFECTURE, Town, towns
from jobs.demo.kinds import Drawn, Kind, draw, kinds, words
from jobs.demo.rhythms import Rhythm, drawn
from jobs.demo.telling import description
from resources.clock import JAPAN
from resources.vocabulary import default_vocabulary

SOURCE = "demo"
NAMESPACE = uuid.UUID("0f3b9c52-8a3d-5c1e-9a56-1ba500000000")
SPREAD_M = 190.0
"""An invented place lies within this distance of the point of its chome."""

Row = dict[str, Any]


def uuid5_of(seed: int, key: str) -> uuid.UUID:
    """Return the id of "organization/KEY", "resource/KEY" … of a seed."""
    return uuid.uuid5(NAMESPACE, f"{seed}/{key}")


@dataclass
class Catalogue:
    """Rows ready for the tables, in the order in which they must be stored."""

    organizations: list[Row] = field(default_factory=list)
    locations: list[Row] = field(default_factory=list)
    resources: list[Row] = field(default_factory=list)
    offerings: list[Row] = field(default_factory=list)


class Ward:
    """Draws the places of one ward, one after the other."""

    def __init__(self, seed: int, today: date) -> None:
        self.seed = seed
        self.today = today
        self.r = random.Random(f"ibasho demo {seed}")
        self.made = Catalogue()
        self._names: set[str] = set()
        self._hosts: dict[str, list[uuid.UUID]] = {}

    def id_of(self, key: str) -> uuid.UUID:
        return uuid5_of(self.seed, key)

    def stamped(self, entity: str, key: str, days_ago: int) -> Row:
        """Return what every row has: id, source, that it is invented, and its times."""
        at = datetime.combine(self.today, time(10), JAPAN) - timedelta(days=days_ago)
        return {
            "id": self.id_of(f"{entity}/{key}"),
            "invented": True,
            "source": SOURCE,
            "source_key": f"{self.seed}/{entity}/{key}",
            "created_at": at,
            "edited_at": at,
        }

    def place(self, kind: Kind, number: int) -> None:
        """Add one drawn place with its host, location and offerings."""
        r, key = self.r, f"{kind.code}-{number:03d}"
        one = draw(kind, number, r)
        town = r.choice(towns())
        name = self._name(one, town)
        days_ago = r.randint(60, 900)
        host = self._host(kind.host, name)
        status = _status(number, r)
        at = _near(town, r)
        location = self.location(
            key, town, at, r.choice(kind.rooms), one.facts.pop("step_free", None), r
        )
        open_to_all = one.facts.pop("availability_open", False)
        sitting = {f: one.facts.pop(f, None) for f in ("attendance", "min_minutes", "min_per_week")}
        self.made.resources.append(
            {
                **self.stamped("resource", key, days_ago),
                "organization_id": host,
                "kind": kind.code,
                "name": name,
                "description": description(
                    one.opening, {**one.facts, "step_free": location["step_free"]}, at, r
                ),
                "status": status,
                "phone": f"03-0000-{r.randint(0, 9999):04d}" if r.random() < 0.8 else None,
                **one.facts,
            }
        )
        for i in range(_how_many(kind.more, r)):
            self.offering(
                f"{key}-{i}", key, location["id"], drawn(r.choice(one.rhythms), r), sitting,
                self._room(kind, open_to_all), self._verified(kind), number=i,
            )  # fmt: skip

    def location(
        self,
        key: str,
        town: Town,
        at: LonLat | None,
        room: str,
        step_free: bool | None,
        r: random.Random,
        visibility: str | None = None,
    ) -> Row:
        """Add a location: mostly a pin, at times only the point of its chome, or none yet."""
        chance = r.random()
        level, source, accuracy_m = "point", "pin", 20.0
        if at is None or chance < 0.01:
            at, level, source, accuracy_m = None, "", "", 0.0
        elif chance < 0.08 and visibility is None:
            at, level, source, accuracy_m = town.at, "chome", "gazetteer", 180.0
        row = {
            **self.stamped("location", key, r.randint(60, 900)),
            "name": room,
            "address": f"{PREFECTURE}{CITY}{town.name}",
            "prefecture": PREFECTURE,
            "city": CITY,
            "town": town.name,
            "postcode": town.postcode,
            "lon": None if at is None else round(at.lon, 6),
            "lat": None if at is None else round(at.lat, 6),
            "accuracy_m": accuracy_m or None,
            "point_level": level or None,
            "point_source": source or None,
            "district": town.district,
            "step_free": step_free if step_free is not None else r.choice([True, False, None]),
            "visibility": visibility or ("team" if r.random() < 0.02 else "public"),
        }
        self.made.locations.append(row)
        return row

    def offering(
        self,
        key: str,
        resource_key: str,
        location_id: uuid.UUID | None,
        rhythm: Rhythm,
        sitting: Row,
        room: Row,
        verified: Row,
        number: int = 0,
    ) -> None:
        self.made.offerings.append(
            {
                **self.stamped("offering", key, 60),
                "resource_id": self.id_of(f"resource/{resource_key}"),
                "location_id": location_id,
                "label": rhythm.text.split(" ")[0] + "の回" if number else None,
                "schedule": rhythm.schedule,
                "schedule_text": rhythm.text,
                **sitting,
                **room,
                **verified,
            }
        )

    def organization(self, key: str, name: str, **facts: Any) -> uuid.UUID:
        row = {
            **self.stamped("organization", key, self.r.randint(100, 900)),
            "name": name,
            "description": "（架空）デモのための団体です。",
            "email": f"{uuid.uuid5(NAMESPACE, key).hex[:8]}@example.jp",
            **facts,
        }
        self.made.organizations.append(row)
        found: uuid.UUID = row["id"]
        return found

    def _host(self, group: str, resource_name: str) -> uuid.UUID:
        """Return an organisation that runs a place; small groups and firms run one only."""
        known = self._hosts.setdefault(group, [])
        share = {"own": 0.0, "group": 0.35}.get(group, 0.65)
        if known and self.r.random() < share:
            return self.r.choice(known)
        pattern = self.r.choice(words()["org"][group])
        name = pattern.format(name=resource_name, w=self._word())
        cap = self.r.choice([None, 1, 2, 3, 4, 6])
        rests = self.r.random() < 0.03
        made = self.organization(
            f"{group}-{len(known)}",
            name,
            accompanied_cap=cap,
            accompanied_now=None if cap is None else self.r.choice([0, 0, 1, cap // 2, cap]),
            resting_until=self.today + timedelta(days=self.r.randint(10, 60)) if rests else None,
        )
        known.append(made)
        return made

    def _word(self) -> str:
        found: str = self.r.choice(words()["words"])
        return found

    def _name(self, one: Drawn, town: Town) -> str:
        """Return a name that no other place of this ward has."""
        for _ in range(200):
            name = self.r.choice(one.names).format(w=self._word(), t=town.area)
            if "{t}" in one.names[0] and name in self._names:
                name = name.replace("）", f"第{self.r.randint(2, 9)}）")
            if name not in self._names:
                self._names.add(name)
                return name
        raise AssertionError("the demo's list of made-up words is too short")

    def _room(self, kind: Kind, open_to_all: bool) -> Row:
        r = self.r
        statuses = ["capacity"] * 12 + ["waitlist", "waitlist", "assess-first", "assess-first"]
        statuses += ["none", "none", "unknown", "unknown"]
        if kind.code in ("employer", "b_type", "a_type", "transition", "activity_centre"):
            statuses += ["assess-first"] * 5
        status = "capacity" if open_to_all else r.choice(statuses)
        capacity = r.choice([None, 6, 8, 10, 12, 20])
        places = r.randint(1, 6) if status == "capacity" and r.random() < 0.7 else None
        said = status != "unknown"
        return {
            "capacity": capacity,
            "availability": status,
            "places": places if places is None or capacity is None else min(places, capacity),
            "availability_said_on": self._ago(r.randint(0, 120)) if said else None,
            "availability_said_by": r.choice(["host", "host", "staff"]) if said else None,
        }

    def _verified(self, kind: Kind) -> Row:
        """Most entries were confirmed within the term of their kind; some long before, or never."""
        term = default_vocabulary().term("kind", kind.code).facts["term_days"]
        if self.r.random() < 0.06:
            return {"verified_on": None, "verified_by": None}
        days = int(term * self.r.triangular(0.0, 1.8, 0.3))
        return {"verified_on": self._ago(days), "verified_by": self.r.choice(["host", "staff"])}

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def invented_ward(seed: int, today: date) -> Catalogue:
    """Return the drawn part of the demo's catalogue."""
    ward = Ward(seed, today)
    fill(ward)
    return ward.made


def fill(ward: Ward) -> None:
    """Draw every kind's places into a ward."""
    for kind in kinds():
        for number in range(kind.count):
            ward.place(kind, number)


def _status(number: int, r: random.Random) -> str:
    """The first of each kind is always there; of the others a few paused, closed or in review."""
    chance = r.random()
    if number < 2 or chance > 0.05:
        return "published"
    return "paused" if chance < 0.02 else "closed" if chance < 0.035 else "review"


def _how_many(more: float, r: random.Random) -> int:
    return 1 + (r.random() < more) + (r.random() < more / 3)


def _near(town: Town, r: random.Random) -> LonLat:
    """Return a point within `SPREAD_M` of the chome's point, evenly over the disc.

    It lies nearer to this chome's point than to any other's, so town and district agree with it.
    """
    while True:  # ends soon: the ground around the point itself is always its own
        distance_m, angle = SPREAD_M * math.sqrt(r.random()), r.uniform(0, 2 * math.pi)
        at = shifted(town.at, distance_m * math.cos(angle), distance_m * math.sin(angle))
        if nearest_town(at) == town:
            return at


def nearest_town(at: LonLat) -> Town:
    """Return the chome whose point is nearest; on a plane, good for the extent of a ward."""
    narrow = math.cos(math.radians(at.lat))
    return min(
        towns(),
        key=lambda t: ((t.at.lon - at.lon) * narrow) ** 2 + (t.at.lat - at.lat) ** 2,
    )


def shifted(at: LonLat, east_m: float, north_m: float) -> LonLat:
    """Return the point so many metres to the east and north; good for a few kilometres."""
    lat = at.lat + north_m / 111_195.0
    return LonLat(at.lon + east_m / (111_195.0 * math.cos(math.radians(at.lat))), lat)
