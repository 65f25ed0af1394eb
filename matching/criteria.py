"""Criteria that say how well a place fits: each gives 0 … 1 for one place. Pure functions.

What isn't known gives `NEUTRAL`: it neither helps nor harms the score, it lowers the confidence.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.compiled import compiled
from matching.ask import Ask
from matching.host_merit import answers_of_host, experience_of_host, room_of_host
from matching.sentences import Sentence, sentence
from matching.terms import NEUTRAL, NOT_ASKED

WEEKS = 4
"""How far ahead the sessions that fit are counted."""

OFTEN_ENOUGH = 2
"""Sessions in those weeks, where no number is wished: circles of the bereaved, of carers or of
parents meet twice a month nearly everywhere, and are none the worse for it."""

WEEKS_AHEAD = np.uint64(((1 << 7 * WEEKS) - 1) << 1)
"""Their days: bit 1 is the day asked for, as in `rows.Slots`."""

_ONE = np.uint64(1)

Value = Callable[[Any, Any, Any], float]
"""Weighs one place: its record (`columns.RECORD`), what is seen of it for this question
(`columns.LOOK`) and the question's terms (`terms.TERMS`) give 0 … 1."""


@dataclass(frozen=True)
class Named:
    """What a score is made of, by its code and in words."""

    code: str

    @property
    def words(self) -> Sentence:
        return sentence(f"criterion.{self.code}")


@dataclass(frozen=True)
class Criterion(Named):
    """One way in which a place fits well.

    applies : whether a need gives it anything to judge; where not, its weight is left out
    value : 0 … 1, monotone in what it measures
    """

    applies: Callable[[Ask], bool]
    value: Value


def _always(_ask: Ask) -> bool:
    return True


@compiled
def _ones(bits: np.uint64) -> int:
    """Return how many bits are set."""
    left, found = bits, 0
    while left:
        left &= left - _ONE
        found += 1
    return found


@compiled
def _lowest(bits: np.uint64) -> int:
    """Return the number of the lowest bit that is set."""
    return _ones(~bits & (bits - _ONE))


@compiled
def _yes_no(flag: int) -> float:
    """Return 1 for yes, 0 for no, NEUTRAL for not known."""
    return NEUTRAL if flag < 0 else float(flag)


@compiled
def _weighed(bits: np.uint64, a: Any) -> float:
    """Return what the person's needs weigh together that are set."""
    left, found = bits, 0.0
    while left:
        found += a["need_weights"][_lowest(left)]
        left &= left - _ONE
    return found


@compiled
def _of_circle(p: Any, a: Any) -> np.uint64:
    """Return the needs of the people whom a circle is for that says nothing of needs."""
    found = np.uint64(0)
    left = np.uint64(p["audience"])
    if p["needs_stated"] == 1 or left & np.uint64(a["anyone"]):
        return found
    while left:
        found |= a["circle_needs"][_lowest(left)]
        left &= left - _ONE
    return found


@compiled
def _answered(p: Any, a: Any, circle: np.uint64) -> np.uint64:
    """Return the needs that a place says it answers; of one that doesn't say, what is guessed.

    What its kind usually answers is of the question, so that other lists can be tried.
    """
    if p["needs_stated"] == 1:
        return np.uint64(p["needs"])
    return np.uint64(a["usual_needs"][p["kind"]]) | circle


@compiled
def _covered(bits: np.uint64, first: np.uint64, a: Any) -> float:
    """Return what needs weigh, those less that the kind isn't there for first of all."""
    besides = bits & ~first if first else bits & ~bits
    return _weighed(bits & ~besides, a) + float(a["other_needs"]) * _weighed(besides, a)


@compiled
def needs(p: Any, _look: Any, a: Any) -> float:
    """Share of the needs answered, by their weights 1 (mentioned) … 3 (essential).

    A need that the kind isn't there for first of all counts a little less: one who is lonely is
    sent to a salon before a cleaning team that is good for loneliness, too. What only the kind
    usually answers counts in part.

    Half of it, as a rule, where some need is essential and the place answers none of those: two
    needs that are important, 2 each, would outweigh the essential one otherwise. Not so where it
    offers something that the person wishes to do: then it isn't beside the point.
    """
    circle, first = np.uint64(_of_circle(p, a)), a["first_needs"][p["kind"]]
    here = np.uint64(_answered(p, a, circle)) & a["needs"]
    guessed = here & ~here if p["needs_stated"] == 1 else here & ~circle
    covered = _covered(here & ~guessed, first, a) + a["usual"] * _covered(guessed, first, a)
    essential = a["essential_needs"]
    if essential and not (here & essential or p["activities"] & a["activities"]):
        covered *= a["beside"]
    return float(covered / a["need_total"])


@compiled
def wishes(p: Any, look: Any, a: Any) -> float:
    """Mean of the share of wished activities on offer, of being joined from home, where that is
    wished, and of the likeness of the free text.
    """
    found, parts = 0.0, 0
    if a["home_wished"]:
        parts += 1
        found += _yes_no(p["online"])
    if a["activities_wished"]:
        parts += 1
        offered = p["activities"]
        shared = _ones(offered & a["activities"]) / a["activities_wished"]
        found += shared if offered else NEUTRAL
    if a["text_wished"]:
        parts += 1
        # Cosines of short texts are small; the square root spreads them without reordering.
        found += math.sqrt(look["alike"])
    return found / parts


@compiled
def nearness(p: Any, look: Any, a: Any) -> float:
    """Halves with every so many minutes on foot: 2 ** (−minutes / 15), where nobody chose else.

    What is joined from home by who would rather do that has no way at all.
    """
    if a["home_wished"] and p["online"] == 1:
        return 1.0
    if math.isnan(look["walk_m"]):
        return NEUTRAL
    minutes = look["walk_m"] / a["speed_m_s"] / 60.0
    return float(np.exp2(-minutes / a["near_half_minutes"]))


@compiled
def sessions_wished(per_week: int) -> float:
    """Return how many sessions in the weeks ahead are as many as one wishes for.

    per_week : as was said; less than 1 = not said
    """
    return float(WEEKS * per_week if per_week > 0 else OFTEN_ENOUGH)


@compiled
def time(p: Any, look: Any, a: Any) -> float:
    """Sessions that fit in the weeks ahead against those wished for."""
    if p["schedule_known"] != 1:
        return NEUTRAL
    wished = sessions_wished(a["sessions_per_week"])
    return min(1.0, _ones(look["fitting"] & WEEKS_AHEAD) / wished)


@compiled
def atmosphere(p: Any, _look: Any, a: Any) -> float:
    """Mean over noise, size of group and conversation, of those that the person limits."""
    found, parts = 0.0, 0
    if a["noise"] != NOT_ASKED:
        parts += 1
        found += _calmer(p["noise"], a["noise"])
    if a["conversation"] != NOT_ASKED:
        parts += 1
        found += _calmer(p["conversation"], a["conversation"])
    if a["group_size"] != NOT_ASKED:
        parts += 1
        size = p["group_size"]
        found += NEUTRAL if size < 0 else min(1.0, a["group_size"] / max(size, 1))
    return found / parts


@compiled
def _calmer(level: int, wanted: int) -> float:
    """Return 1 at the calmest, a little less at the limit itself, falling beyond it."""
    if level < 0:
        return NEUTRAL
    if level == 0:
        return 1.0
    if wanted == 0:
        return 0.4 if level == 1 else 0.0
    if level == 1:
        return 0.85
    return 0.7 if wanted == 2 else 0.2


@compiled
def step(p: Any, _look: Any, a: Any) -> float:
    """The next rung up is best, then where the person stands, then the one below."""
    steps = p["steps"]
    if steps == 0:
        return NEUTRAL
    if (steps >> (a["step"] + 1)) & 1:
        return 1.0
    if (steps >> a["step"]) & 1:
        return 0.8
    return 0.5 if a["step"] > 0 and (steps >> (a["step"] - 1)) & 1 else 0.0


@compiled
def first_contact(p: Any, _look: Any, a: Any) -> float:
    """A visit before joining counts 0.6, as a rule, somebody who can come along the rest."""
    visit = a["visit_share"]
    return float(visit * _yes_no(p["visit_first"]) + (1.0 - visit) * _yes_no(p["accompaniment"]))


@compiled
def cost(p: Any, _look: Any, a: Any) -> float:
    """Free is 1; at the person's limit 1/2; without one it halves with every so many yen (500)."""
    fee = p["fee_yen"]
    if fee < 0:
        return NEUTRAL
    if a["max_yen"] == NOT_ASKED:
        return float(np.exp2(-fee / a["fee_half_yen"]))
    return float(max(0.0, 1.0 - 0.5 * fee / max(a["max_yen"], 1)))


@compiled
def fresh(day: int, today: int, term_days: float) -> float:
    """Return 2 ** (−age / term): 1 on the day itself, 1/2 when the term is over, 0 if never."""
    if day < 0:
        return 0.0
    return float(np.exp2(-float(max(today - day, 0)) / term_days))


@compiled
def freshness(p: Any, _look: Any, a: Any) -> float:
    """How recently a person or the host confirmed the entry, by the term of its kind."""
    return fresh(p["verified_day"], a["day_number"], a["term_days"][p["kind"]])


@compiled
def host(p: Any, look: Any, a: Any) -> float:
    """Room for one more counts 0.6, as a rule, experience and the time to an answer 0.2 each."""
    came, stayed = p["host_accompanied"], p["host_stayed"]
    return float(
        a["host_room"] * room_of_host(p, look, a)
        + a["host_experience"] * experience_of_host(came, stayed, a["experience_half"])
        + a["host_answers"] * answers_of_host(p["host_answer_days"], a["answer_half_days"])
    )


@compiled
def relevant(p: Any, look: Any, a: Any) -> bool:
    """Tell whether a place answers what matters, or offers what is wished.

    What matters are the needs that weigh no less than one below the heaviest, of those that a place
    says it answers; what its kind usually answers is a guess, and must be the heaviest. A place
    that says nothing of needs is held to the guess, as far as kinds let one guess; whom it is for
    tells besides (the needs of a circle are those of its people).
    """
    if a["need_total"] == 0:
        return True
    if (p["activities"] & a["activities"]) != 0 or look["alike"] >= a["alike_enough"]:
        return True
    if p["needs_stated"] != 1:
        told = np.uint64(_answered(p, a, np.uint64(_of_circle(p, a))))
        return bool(told & a["guessed_needs"]) or a["guessed_needs"] == 0
    usual = a["usual_needs"][p["kind"]]
    return bool(p["needs"] & a["needs_that_matter"]) or bool(usual & a["heaviest_needs"])


def _wants_atmosphere(ask: Ask) -> bool:
    limits = ask.limits
    return any(x is not None for x in (limits.noise, limits.conversation, limits.group_size))


CRITERIA: tuple[Criterion, ...] = (
    Criterion("needs", lambda a: bool(a.needs), needs),
    Criterion("wishes", lambda a: bool(a.activities or a.home_wished or a.wish), wishes),
    Criterion("nearness", _always, nearness),
    Criterion("time", _always, time),
    Criterion("atmosphere", _wants_atmosphere, atmosphere),
    Criterion("step", lambda a: a.need.step is not None, step),
    Criterion("first_contact", _always, first_contact),
    Criterion("cost", _always, cost),
    Criterion("freshness", _always, freshness),
    Criterion("host", _always, host),
)


@compiled
def value_of(k: int, p: Any, look: Any, a: Any) -> float:
    """Return how well one place fits by CRITERIA[k], by that criterion's own `value`."""
    if k == 0:
        return needs(p, look, a)
    if k == 1:
        return wishes(p, look, a)
    if k == 2:
        return nearness(p, look, a)
    if k == 3:
        return time(p, look, a)
    if k == 4:
        return atmosphere(p, look, a)
    if k == 5:
        return step(p, look, a)
    if k == 6:
        return first_contact(p, look, a)
    if k == 7:
        return cost(p, look, a)
    if k == 8:
        return freshness(p, look, a)
    if k == 9:
        return host(p, look, a)
    raise ValueError("no such criterion")
