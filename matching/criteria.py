"""Criteria that say how well a place fits: each gives 0 … 1 for each row. Pure functions.

What isn't known gives `NEUTRAL`: it neither helps nor harms the score, it lowers the confidence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.ask import DETOUR, Ask
from matching.columns import CONVERSATIONS, NOISES
from matching.sentences import Sentence, sentence
from matching.sight import Sight
from matching.times import FOUR_WEEKS

NEUTRAL = 0.5

USUAL = 0.6
"""How much a need counts as answered where only the kind of place usually answers it."""

HALF_MINUTES = 15.0
"""Minutes on foot at which nearness has fallen to one half."""

HALF_YEN = 500.0
"""Yen a time at which the criterion of cost has fallen to one half, where no limit is given."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Criterion:
    """One way in which a place fits well.

    applies : whether a need gives it anything to judge; where not, its weight is left out
    value : (n,) float64 in 0 … 1, monotone in what it measures
    """

    code: str
    applies: Callable[[Ask], bool]
    value: Callable[[Sight], Values]

    @property
    def words(self) -> Sentence:
        return sentence(f"criterion.{self.code}")


def _always(_ask: Ask) -> bool:
    return True


def _yes_no(flags: NDArray[Any]) -> Values:
    """Return 1 for yes, 0 for no, NEUTRAL for not known."""
    return np.where(flags < 0, NEUTRAL, flags).astype(np.float64)


def _needs(s: Sight) -> Values:
    """Share of the needs answered, by their weights 1 (mentioned) … 3 (essential)."""
    answered, stated = s.rows["needs"], s.rows["needs_stated"] == 1
    strength = np.where(stated, 1.0, USUAL)
    covered = np.zeros(len(s.rows), np.float64)
    for bit, weight in s.ask.needs:
        covered += weight * ((answered >> np.uint64(bit)) & np.uint64(1))
    return covered * strength / sum(weight for _, weight in s.ask.needs)


def _wishes(s: Sight) -> Values:
    """Mean of the share of wished activities on offer, and the likeness of the free text."""
    parts = []
    if s.ask.activities:
        offered = s.rows["activities"]
        shared = np.bitwise_count(offered & np.uint64(s.ask.activities))
        share = shared / s.ask.activities.bit_count()
        parts.append(np.where(offered == 0, NEUTRAL * share.dtype.type(1), share))
    if s.ask.need.wishes.text:
        alike = s.rows.likeness(s.ask.need.wishes.text)
        # Cosines of short texts are small; the square root spreads them without reordering.
        parts.append(np.sqrt(alike))
    return np.asarray(sum(parts) / len(parts), np.float64)


def _nearness(s: Sight) -> Values:
    """Halves with every `HALF_MINUTES` on foot: 2 ** (−minutes / 15)."""
    minutes = np.rint(s.distance_m) * DETOUR / s.ask.need.speed_m_s / 60.0
    return np.where(np.isnan(minutes), NEUTRAL, np.exp2(-minutes / HALF_MINUTES))


def _time(s: Sight) -> Values:
    """Sessions that fit in the next four weeks against those wished for (one a week)."""
    wished = 4.0 * (s.ask.limits.sessions_per_week or 1)
    fitting = np.bitwise_count(s.times.fitting & FOUR_WEEKS)
    share = np.minimum(1.0, fitting / wished)
    return np.where(s.rows["schedule_known"] == 1, share, NEUTRAL)


def _atmosphere(s: Sight) -> Values:
    """Mean over noise, size of group and conversation, of those that the person limits."""
    limits, parts = s.ask.limits, []
    if limits.noise is not None:
        parts.append(_calmer(s.rows["noise"], NOISES.index(limits.noise)))
    if limits.conversation is not None:
        wanted = CONVERSATIONS.index(limits.conversation)
        parts.append(_calmer(s.rows["conversation"], wanted))
    if limits.group_size is not None:
        size = s.rows["group_size"].astype(np.float64)
        fits = np.minimum(1.0, limits.group_size / np.maximum(size, 1.0))
        parts.append(np.where(size < 0, NEUTRAL, fits))
    return np.asarray(sum(parts) / len(parts), np.float64)


def _calmer(level: NDArray[Any], wanted: int) -> Values:
    """Return 1 at the calmest, a little less at the limit itself, falling beyond it."""
    steps = np.array([1.0, 0.85, 0.7]) if wanted == 2 else np.array([1.0, 0.85, 0.2])
    if wanted == 0:
        steps = np.array([1.0, 0.4, 0.0])
    return np.where(level < 0, NEUTRAL, steps[np.maximum(level, 0).astype(np.int64)])


def _step(s: Sight) -> Values:
    """The next rung up is best, then where the person stands, then the one below."""
    here = s.ask.need.step
    assert here is not None
    steps = s.rows["steps"]
    value = np.zeros(len(s.rows), np.float64)
    for rung, worth in ((here - 1, 0.5), (here, 0.8), (here + 1, 1.0)):
        if 0 <= rung <= 5:
            value = np.where((steps >> np.uint8(rung)) & np.uint8(1), worth, value)
    return np.where(steps == 0, NEUTRAL, value)


def _first_contact(s: Sight) -> Values:
    """A visit before joining counts 0.6, somebody who can come along 0.4."""
    return 0.6 * _yes_no(s.rows["visit_first"]) + 0.4 * _yes_no(s.rows["accompaniment"])


def _cost(s: Sight) -> Values:
    """Free is 1; at the person's limit 1/2; without a limit it halves with every `HALF_YEN`."""
    fee = s.rows["fee_yen"].astype(np.float64)
    most = s.ask.limits.max_yen
    if most is None:
        value = np.exp2(-np.maximum(fee, 0.0) / HALF_YEN)
    else:
        value = np.clip(1.0 - 0.5 * fee / max(most, 1), 0.0, 1.0)
    return np.where(fee < 0, NEUTRAL, value)


def fresh(day: NDArray[Any], today: int, term_days: Values | float) -> Values:
    """Return 2 ** (−age / term): 1 on the day itself, 1/2 when the term is over, 0 if never."""
    age = np.maximum(today - day.astype(np.float64), 0.0)
    return np.where(day < 0, 0.0, np.exp2(-age / term_days))


def _freshness(s: Sight) -> Values:
    """How recently a person or the host confirmed the entry, by the term of its kind."""
    term = s.codebook.term_days[s.rows["kind"]]
    return fresh(s.rows["verified_day"], s.ask.day_number, term)


def _host(s: Sight) -> Values:
    """Share of the host's room for accompanying people that is free."""
    cap, now = s.rows["host_cap"].astype(np.float64), s.rows["host_now"].astype(np.float64)
    free = np.clip((cap - now) / np.maximum(cap, 1.0), 0.0, 1.0)
    return np.where((cap < 0) | (now < 0), NEUTRAL, free)


def _wants_atmosphere(ask: Ask) -> bool:
    limits = ask.limits
    return any(x is not None for x in (limits.noise, limits.conversation, limits.group_size))


CRITERIA: tuple[Criterion, ...] = (
    Criterion("needs", lambda a: bool(a.needs), _needs),
    Criterion("wishes", lambda a: bool(a.activities or a.need.wishes.text), _wishes),
    Criterion("nearness", _always, _nearness),
    Criterion("time", _always, _time),
    Criterion("atmosphere", _wants_atmosphere, _atmosphere),
    Criterion("step", lambda a: a.need.step is not None, _step),
    Criterion("first_contact", _always, _first_contact),
    Criterion("cost", _always, _cost),
    Criterion("freshness", _always, _freshness),
    Criterion("host", _always, _host),
)
