"""A world with a hidden truth: people stay more where it suits them, and where nobody knew why.

Only tests and benchmarks see it. The truth is a chance of staying that the criteria tell partly
(nearness less than one would think, a first visit more), and the kind of place another part.
"""

import math
import random
from datetime import date, timedelta

from matching.learning import CODES, Outcome
from matching.schemes import default_weighing

KINDS = ("salon", "open_space", "volunteer", "work_preparation", "class", "activity_centre")
GROUPS = ("under 40", "40 to 64", "65 and over")
TRUTH = {"needs": 1.0, "first_contact": 2.5, "atmosphere": 2.0, "nearness": 0.2, "wishes": 1.2}
KIND_TRUTH = {"open_space": 0.7, "volunteer": 0.6, "salon": -0.8, "class": -0.5}


def chance_of_staying(kind: str, values: dict[str, float], strength: float) -> float:
    """Return the hidden truth; without strength everybody stays with one chance in two."""
    told = sum(weight * (values.get(code, 0.5) - 0.5) for code, weight in TRUTH.items())
    return 1.0 / (1.0 + math.exp(-strength * 2.0 * (told + KIND_TRUTH.get(kind, 0.0))))


def outcomes(n: int, *, seed: int = 1, strength: float = 1.0) -> list[Outcome]:
    """Return placements over two years, in order of time.

    strength : how much the truth says; 0 = staying is a toss-up, and nothing can be learned
    """
    r = random.Random(seed)
    weights = default_weighing().schemes["standard"].weights
    made = []
    for i in range(n):
        kind = r.choice(KINDS)
        values = {code: r.random() for code in CODES if r.random() < 0.9}
        whole = sum(weights[code] for code in values)
        score = sum(weights[code] * value for code, value in values.items()) / whole
        accepted = r.random() < 0.7
        stayed = r.random() < chance_of_staying(kind, values, strength) if accepted else None
        made.append(
            Outcome(
                date(2024, 1, 1) + timedelta(days=i * 730 // n),
                kind,
                values,
                round(score, 4),
                r.choice(GROUPS),
                r.randint(1, 5),
                accepted,
                stayed,
            )
        )
    return made
