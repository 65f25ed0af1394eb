"""Which rules a pair breaks, read off the invented facts one by one; no line of the engine's.

What nobody said breaks a rule of safety, and no other.
"""

import math
from datetime import date

from closed_loop.people import Person
from closed_loop.town import Place

NOISES = ("low", "medium", "high")
TALK = ("none", "optional", "expected")
DETOUR, M_A_MINUTE = 1.3, 66.0
SLACK = 1.01
"""The town is reckoned as flat here."""


def broken(person: Person, place: Place, *, on: date, left: int) -> list[str]:
    """Return the rules that would be broken if the person were sent there on a day.

    left : seats that are free
    """
    away = math.hypot(person.east_m - place.east_m, person.north_m - place.north_m)
    found = {
        "age": not place.age_min <= person.age <= place.age_max,
        "gender": place.gender not in ("any", person.gender),
        "reach": away * DETOUR > person.walk_minutes * M_A_MINUTE * SLACK,
        "hours": not _can_come(person, place),
        "full": left < 1,
        "rest": place.host.resting_until is not None and place.host.resting_until >= on,
        "steps": all(abs(s - person.step) > 1 for s in place.steps),
        "noise": person.noise is not None
        and NOISES.index(place.noise) > NOISES.index(person.noise),
        "group": person.group_size is not None and place.group_size > person.group_size,
        "talk": person.conversation is not None
        and TALK.index(place.conversation) > TALK.index(person.conversation),
        "fee": person.max_yen is not None and place.fee_yen > person.max_yen,
        "step_free": person.step_free and not place.step_free,
        "sober": person.age < 20 and place.alcohol is True,
        "not_host": person.not_host is not None and person.not_host.host == place.host,
        "not_place": person.not_place is not None and person.not_place.number == place.number,
        "kept_from": _inside(person.kept_from, place),
        "protected": person.protected
        and not (place.confirms_participants is True and place.publishes_members is False),
        "no_children": person.no_children and place.children_present is not False,
        "no_alcohol": person.no_alcohol and place.alcohol is not False,
        "child_safe": person.age < 18 and place.child_safe is not True,
    }
    return [rule for rule, is_broken in found.items() if is_broken]


def _can_come(person: Person, place: Place) -> bool:
    """Tell whether half an hour of some session lies in the person's hours."""
    if not person.free:
        return True
    for day in place.days:
        start, end = person.free.get(day, (0, 0))
        if min(end, place.closes) - max(start, place.opens) >= 30:
            return True
    return False


def _inside(area: tuple[float, float, float] | None, place: Place) -> bool:
    if area is None:
        return False
    east, north, radius = area
    return math.hypot(place.east_m - east, place.north_m - north) * SLACK < radius
