"""From verdicts and criteria to what an order goes by: scores and confidence."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.columns import AVAILABILITIES
from matching.criteria import CRITERIA, Named, fresh, relevant, value_of
from matching.encoding import LOW_HALF
from matching.learned import LEARNED, NOTHING, Learned, chance
from matching.reach import would_be_fetched
from matching.rules import Judged
from matching.schemes import UNIT, Scheme
from matching.sight import Sight
from matching.terms import NEUTRAL
from matching.track_record import share

_CRITERIA = len(CRITERIA)
_UNKNOWN = AVAILABILITIES.index("unknown")


@dataclass(frozen=True)
class Scores:
    """How well n rows fit, in whole ten-thousandths; and how sure that is, in hundredths.

    Rows that weren't weighed have 0 everywhere.

    contributions : (n, criteria); a row's score is their sum
    merit : score × (½ + ½ confidence), as a whole number: what the order goes by
    relevant : whether it answers what matters, see `criteria.relevant`
    hubs : whether it stands on too many lists; its merit is less then, by a tenth as
        a rule: it stays first only where it is better by more than that
    """

    criteria: tuple[Named, ...]
    contributions: NDArray[np.int16]
    total: NDArray[np.int64]
    confidence: NDArray[np.int64]
    merit: NDArray[np.int64]
    relevant: NDArray[np.bool_]
    hubs: NDArray[np.bool_]

    def enough(self, scheme: Scheme) -> NDArray[np.bool_]:
        """Tell which rows answer what matters and reach the scheme's minimum."""
        return self.relevant & (self.total >= round(scheme.minimum_score * UNIT))


def score(
    sight: Sight,
    judged: Judged,
    scheme: Scheme,
    chosen: NDArray[np.int64],
    hubs: Collection[uuid.UUID] = (),
    learned: Learned | None = None,
) -> Scores:
    """Weigh some rows by the criteria that the need gives something to judge.

    Their weights add up to one; where something was learned, they leave its share to it. `chosen`
    rises.
    """
    weight = scheme.weights.get
    used = [(k, c) for k, c in enumerate(CRITERIA) if weight(c.code) and c.applies(sight.ask)]
    criteria: tuple[Named, ...] = tuple(c for _, c in used)
    whole = sum(scheme.weights[c.code] for c in criteria)
    shares = np.array([scheme.weights[c.code] / whole for c in criteria], np.float64)
    model = NOTHING
    if learned is not None:
        model = learned.numbers(sight.codebook.kinds)
        criteria, shares = (*criteria, LEARNED), shares * (1.0 - learned.share)
    words = sight.ask.wish
    if words:
        sight.looks["alike"][chosen] = sight.rows.likeness(words, chosen)
    n = len(sight.rows)
    contributions = np.zeros((n, len(criteria)), np.int16)
    total, sure, merit = np.zeros((3, n), np.int64)
    answers = np.zeros(n, np.bool_)
    _weigh(
        np.array([k for k, _ in used], np.int64), shares, model, chosen,
        sight.rows.records, sight.looks, sight.terms,
        judged.unknowns, judged.unsure_access, len(judged.rules), contributions, total, sure, merit,
        answers,
    )  # fmt: skip
    known = _are(hubs, sight.rows.records)
    merit[known] -= merit[known] * sight.ask.thresholds.hub_less_percent // 100
    return Scores(criteria, contributions, total, sure, merit, answers, known)


def _are(hubs: Collection[uuid.UUID], records: Any) -> NDArray[np.bool_]:
    if not hubs:
        return np.zeros(len(records), np.bool_)
    return np.isin(records["id_low"], np.array([h.int & LOW_HALF for h in hubs], np.uint64))


@compiled
def _weigh(
    numbers: NDArray[np.int64],
    shares: NDArray[np.float64],
    model: NDArray[np.float64],
    chosen: NDArray[np.int64],
    records: Any,
    looks: Any,
    terms: Any,
    unknowns: NDArray[np.int8],
    unsure_access: NDArray[np.bool_],
    rules: int,
    contributions: NDArray[np.int16],
    total: NDArray[np.int64],
    sure: NDArray[np.int64],
    merit: NDArray[np.int64],
    answers: NDArray[np.bool_],
) -> None:
    values = np.full(_CRITERIA, NEUTRAL)  # what isn't asked stays there
    for i in chosen:
        p, look, a = records[i], looks[i], terms[0]
        parts = contributions[i]
        for k in range(len(numbers)):
            value = value_of(numbers[k], p, look, a)
            values[numbers[k]] = value
            parts[k] = np.int64(np.rint(value * shares[k] * UNIT))
            total[i] += parts[k]
        if len(model):
            likely = chance(values, p["kind"], model)
            parts[-1] = np.int64(np.rint(likely * model[0] * UNIT))
            total[i] += parts[-1]
        if total[i] > UNIT:  # rounded up everywhere: nothing fits better than wholly
            parts[parts.argmax()] -= total[i] - UNIT
            total[i] = UNIT
        sure[i] = np.int64(
            np.rint(100.0 * confidence(p, look, a, unknowns[i], unsure_access[i], rules))
        )
        merit[i] = total[i] * (100 + sure[i])
        answers[i] = relevant(p, look, a)


@compiled
def confidence(p: Any, look: Any, a: Any, unknowns: int, unsure_access: bool, rules: int) -> float:
    """Return how complete and how fresh the evidence on a place is, 0 … 1.

    As a rule 0.4 × share of the rules whose verdict is known + 0.4 × freshness of the verification
    by the term of the kind + 0.2 × freshness of what was said about free places; and then, by how
    often sessions took place and answers came (see `track_record.share`), up to a half and a
    quarter of what is missing to 1 more, or of itself less. Half of all that, as a rule, where some
    access that the person can't do without isn't known; and, where it would have to come to fetch
    them, by how likely it does: surely from next door, half as sure from so many metres away, and
    hardly from the other end of the town.
    """
    complete = 1.0 - unknowns / max(rules, 1)
    verified = fresh(p["verified_day"], a["day_number"], a["term_days"][p["kind"]])
    said = 0.0
    if p["availability"] != _UNKNOWN:
        said = fresh(p["said_day"], a["day_number"], a["room_half_days"])
    sure = a["sure_known"] * complete + a["sure_verified"] * verified + a["sure_room"] * said
    term = a["term_days"][p["kind"]]
    moved = a["of_sessions"] * (2.0 * share(p["sessions_seen"], a["day_number"], term) - 1.0)
    moved += a["of_answers"] * (2.0 * share(p["host_answers"], a["day_number"], term) - 1.0)
    # A part of what is missing to certainty, or of what is there: nothing gets surer than sure.
    sure += moved * ((1.0 - sure) if moved > 0.0 else sure)
    if unsure_access:
        sure *= a["unsure_access"]
    if would_be_fetched(p, look, a):
        sure /= 1.0 + (look["distance_m"] / a["ride_half_m"]) ** 3
    return float(sure)
