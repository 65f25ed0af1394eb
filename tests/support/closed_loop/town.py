"""The invented town: places with rules, and how each is registered."""

import math
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MIDDLE = (139.7148, 35.7290)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = (
    "salon", "open_space", "volunteer", "work_preparation", "class", "hiroba", "self_help",
    "children_cafeteria",
)  # fmt: skip
NEEDS = (
    "isolation", "withdrawal", "mental_health", "no_role", "life_rhythm", "job_search", "poverty",
    "grief",
)  # fmt: skip
ACTIVITIES = ("reading", "cooking", "gardening", "crafts", "exercise", "music")
HOSTS = 12
BEFORE = date(2025, 4, 1)
"""The town was registered on this day."""

_M_PER_DEGREE = 111_195.0


def point(east_m: float, north_m: float) -> dict[str, float]:
    """Return degrees of a point so many metres from the middle of the town."""
    lon = MIDDLE[0] + east_m / (_M_PER_DEGREE * math.cos(math.radians(MIDDLE[1])))
    return {"lon": lon, "lat": MIDDLE[1] + north_m / _M_PER_DEGREE}


@dataclass(frozen=True)
class Host:
    """Who runs places; resting_until : takes on nobody up to this day."""

    id: uuid.UUID
    resting_until: date | None


@dataclass(frozen=True)
class Place:
    """A place: where it is, whom it takes, when it is open; seats : how many it can accompany.

    opens, closes : minutes from midnight; alcohol, children_present … : None = nobody said
    """

    number: int
    kind: str
    host: Host
    east_m: float
    north_m: float
    age_min: int
    age_max: int
    gender: str
    days: tuple[str, ...]
    opens: int
    closes: int
    seats: int
    steps: tuple[int, ...]
    noise: str
    group_size: int
    conversation: str
    fee_yen: int
    needs: tuple[str, ...]
    activities: tuple[str, ...]
    step_free: bool
    visit_first: bool
    accompaniment: bool
    alcohol: bool | None
    children_present: bool | None
    child_safe: bool | None
    confirms_participants: bool | None
    publishes_members: bool | None

    def registration(self) -> Mapping[str, Any]:
        """Return what a coordinator would fill in."""
        shared = (
            "kind", "age_min", "age_max", "gender", "noise", "group_size", "conversation",
            "fee_yen", "visit_first", "accompaniment", "alcohol", "children_present", "child_safe",
            "confirms_participants", "publishes_members",
        )  # fmt: skip
        rule = {"days": list(self.days), "nth": [], "month_days": [], "from": _clock(self.opens),
                "to": _clock(self.closes), "holidays": "open"}  # fmt: skip
        return {
            "organization": {"id": self.host.id},
            "resource": {
                "name": f"架空の場{self.number}", "steps": list(self.steps), "audience": ["anyone"],
                "needs": list(self.needs), "activities": list(self.activities),
                "languages": ["ja"], "requirements": [], "staff_present": True, "smoking": False,
                "animals": False, "online": False, "transport": False, "pays": False,
                **{name: getattr(self, name) for name in shared},
            },
            "location": {
                **point(self.east_m, self.north_m), "accuracy_m": 0.0,
                "step_free": self.step_free, "address": "架空の町",
            },
            "offering": {
                "schedule": {"rules": [rule], "closed": []}, "attendance": "drop_in",
                "min_minutes": 30, "min_per_week": 0, "availability": "capacity",
                "places": self.seats, "availability_said_on": BEFORE,
                "availability_said_by": "host", "verified_on": BEFORE, "verified_by": "staff",
            },
        }  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def town(r: random.Random, places: int) -> list[Place]:
    """Return an invented town. A third of its hosts rest for some months at one time or other."""
    hosts = [
        Host(uuid.UUID(int=r.getrandbits(128)), date(2025, 8, 31) if i % 4 == 0 else None)
        for i in range(HOSTS)
    ]
    return [_place(r, n, r.choice(hosts)) for n in range(places)]


def _place(r: random.Random, number: int, host: Host) -> Place:
    opens = r.choice([9, 10, 13, 15, 18]) * 60
    low = r.choice([0, 15, 18, 18, 40, 65])
    unsaid = (True, False, False, None)
    return Place(
        number=number,
        kind=r.choice(KINDS),
        host=host,
        east_m=r.gauss(0, 700),
        north_m=r.gauss(0, 700),
        age_min=low,
        age_max=120 if r.random() < 0.5 else low + r.choice([15, 30, 50]),
        gender=r.choice(["any"] * 6 + ["female", "male"]),
        days=tuple(sorted(r.sample(DAYS, r.randint(1, 4)), key=DAYS.index)),
        opens=opens,
        closes=opens + r.choice([60, 120, 240]),
        seats=r.randint(2, 8),
        steps=tuple(range(1, r.choice([2, 3, 4, 5, 6]))),
        noise=r.choice(["low", "low", "medium", "high"]),
        group_size=r.choice([3, 6, 10, 25]),
        conversation=r.choice(["none", "optional", "optional", "expected"]),
        fee_yen=r.choice([0, 0, 0, 100, 300, 1000]),
        needs=tuple(r.sample(NEEDS, r.randint(2, 5))),
        activities=tuple(r.sample(ACTIVITIES, r.randint(1, 3))),
        step_free=r.random() < 0.6,
        visit_first=r.random() < 0.5,
        accompaniment=r.random() < 0.5,
        alcohol=r.choice(unsaid),
        children_present=r.choice(unsaid),
        child_safe=r.choice((True, True, False, None)),
        confirms_participants=r.choice((True, True, False, None)),
        publishes_members=r.choice(unsaid),
    )
