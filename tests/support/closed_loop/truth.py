"""The hidden truth: the chance that somebody stays at a place. Nothing outside the loop knows it.

It goes by the invented facts, not by what the engine makes of them: by the kind of place more than
anybody would think, by a first visit, by company that is too much for those who withdrew, and by
distance hardly at all.
"""

import math

from closed_loop.people import Person
from closed_loop.town import Place

OF_KIND = {
    "open_space": 1.2, "volunteer": 0.9, "self_help": 0.6, "work_preparation": 0.2, "hiroba": -0.2,
    "children_cafeteria": -0.6, "class": -0.9, "salon": -1.2,
}  # fmt: skip


def chance(person: Person, place: Place, strength: float) -> float:
    """Return the chance that the person is still there after three months, 0 … 1.

    strength : how much the truth says; 0 = staying is a toss-up, and nothing can be learned
    """
    answered = len(set(person.needs) & set(place.needs)) / len(person.needs)
    z = OF_KIND[place.kind]
    z += 1.0 if place.visit_first else -0.6
    z += 1.0 * (answered - 0.5)
    z += 0.6 * bool(set(person.activities) & set(place.activities))
    z -= 1.2 * ("withdrawal" in person.needs and place.group_size > 8)
    z -= 0.2 * math.hypot(person.east_m - place.east_m, person.north_m - place.north_m) / 1000
    return 1.0 / (1.0 + math.exp(-strength * z))
