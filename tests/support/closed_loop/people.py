"""The invented people who come: what they need, what limits them, whom they must be kept from."""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from closed_loop.town import ACTIVITIES, DAYS, NEEDS, Place, point


@dataclass(frozen=True)
class Person:
    """Somebody invented.

    free : day → from and to, in minutes from midnight; empty = at any time
    kept_from : metres east and north of a point, and how far around it
    """

    age: int
    gender: str
    east_m: float
    north_m: float
    walk_minutes: float
    free: dict[str, tuple[int, int]]
    needs: dict[str, int]
    activities: tuple[str, ...]
    step: int
    noise: str | None
    group_size: int | None
    conversation: str | None
    max_yen: int | None
    step_free: bool
    not_host: Place | None
    not_place: Place | None
    kept_from: tuple[float, float, float] | None
    protected: bool
    no_children: bool
    no_alcohol: bool

    def need(self, on: date, place_ids: dict[int, Any]) -> dict[str, Any]:
        """Return the question as staff would put it; place_ids : number → resource's id."""
        limits = {
            "gender": self.gender, "noise": self.noise, "group_size": self.group_size,
            "conversation": self.conversation, "max_yen": self.max_yen, "languages": ["ja"],
            "step_free": self.step_free or None,
        }  # fmt: skip
        safety: dict[str, Any] = {
            "protected": self.protected,
            "no_children_present": self.no_children,
            "no_alcohol": self.no_alcohol,
        }
        if self.not_host:
            safety["exclude_organizations"] = [str(self.not_host.host.id)]
        if self.not_place:
            safety["exclude_resources"] = [str(place_ids[self.not_place.number])]
        if self.kept_from:
            east, north, radius = self.kept_from
            safety["exclude_areas"] = [{**point(east, north), "radius_m": radius}]
        return {
            "at": point(self.east_m, self.north_m), "on": on.isoformat(), "age": self.age,
            "walk_minutes": self.walk_minutes, "needs": self.needs, "step": self.step,
            "wishes": {"activities": list(self.activities)},
            "limits": {name: value for name, value in limits.items() if value is not None},
            "windows": [
                {"day": day, "from": _clock(start), "to": _clock(end)}
                for day, (start, end) in self.free.items()
            ],
            "safety": safety,
        }  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def arrived(r: random.Random, town: list[Place]) -> Person:
    """Return somebody who came in."""
    free = {}
    if r.random() < 0.6:
        for day in r.sample(DAYS, r.randint(2, 5)):
            start = r.choice([9, 9, 12, 14]) * 60
            free[day] = (start, start + r.choice([180, 300, 480]))
    near = r.choice(town)
    return Person(
        age=r.choice([16, 19, 24, 33, 41, 52, 60, 68, 77]),
        gender=r.choice(["female", "male"]),
        east_m=r.gauss(0, 500),
        north_m=r.gauss(0, 500),
        walk_minutes=r.choice([15, 20, 30]),
        free=free,
        needs={code: r.randint(2, 3) for code in r.sample(NEEDS, r.randint(1, 3))},
        activities=tuple(r.sample(ACTIVITIES, r.randint(0, 2))),
        step=r.choice([1, 1, 2, 3]),
        noise="low" if r.random() < 0.2 else None,
        group_size=10 if r.random() < 0.2 else None,
        conversation="optional" if r.random() < 0.3 else None,
        max_yen=r.choice([0, 300]) if r.random() < 0.3 else None,
        step_free=r.random() < 0.15,
        not_host=near if r.random() < 0.15 else None,
        not_place=r.choice(town) if r.random() < 0.15 else None,
        kept_from=(near.east_m, near.north_m, 400.0) if r.random() < 0.1 else None,
        protected=r.random() < 0.1,
        no_children=r.random() < 0.05,
        no_alcohol=r.random() < 0.1,
    )
