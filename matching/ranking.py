"""From verdicts and criteria to an order: scores, confidence, and a list with variety."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import EARTH_RADIUS_M, LonLat, straight_m
from matching.criteria import CRITERIA, Criterion, fresh
from matching.rules import Judged
from matching.schemes import UNIT, Scheme
from matching.sight import Sight

AVAILABILITY_TERM_DAYS = 30.0
"""Days after which what was said about free places counts half."""

SOME = 32
"""Rows that are looked at in one go; the first few usually do."""

SAME_PLACE_M = 300.0
"""Entries of one name so close together are one place, listed by more than one file."""

SAME_LAT = 1.01 * math.degrees(SAME_PLACE_M / EARTH_RADIUS_M)


@dataclass(frozen=True)
class Scores:
    """How well n rows fit, in whole ten-thousandths; and how sure that is, in hundredths.

    contributions : (criteria, n); a row's score is their sum
    """

    criteria: tuple[Criterion, ...]
    contributions: NDArray[np.int64]
    total: NDArray[np.int64]
    confidence: NDArray[np.int64]

    def merit(self) -> NDArray[np.int64]:
        """Return score × (½ + ½ confidence), as a whole number: what the order goes by."""
        return self.total * (100 + self.confidence)


def score(sight: Sight, judged: Judged, scheme: Scheme) -> Scores:
    """Weigh the criteria that the need gives something to judge; their weights add up to one."""
    used = tuple(c for c in CRITERIA if scheme.weights.get(c.code, 0) > 0 and c.applies(sight.ask))
    whole = sum(scheme.weights[c.code] for c in used)
    shares = np.array([[scheme.weights[c.code] / whole] for c in used])
    values = np.empty((len(used), len(sight.rows)), np.float64)
    for i, criterion in enumerate(used):
        values[i] = criterion.value(sight)
    contributions = np.rint(values * shares * UNIT).astype(np.int64)
    return Scores(used, contributions, contributions.sum(axis=0), confidence(sight, judged))


def confidence(sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return how complete and how fresh the evidence is, in hundredths.

    0.4 × share of the rules whose verdict is known + 0.4 × freshness of the verification by the
    term of the kind + 0.2 × freshness of what was said about free places.
    """
    complete = 1.0 - judged.unknowns / max(len(judged.rules), 1)
    today = sight.ask.day_number
    term = sight.codebook.term_days[sight.rows["kind"]]
    verified = fresh(sight.rows["verified_day"], today, term)
    said = np.where(
        sight.rows["availability"] == 0,
        0.0,
        fresh(sight.rows["said_day"], today, AVAILABILITY_TERM_DAYS),
    )
    return np.rint(100.0 * (0.4 * complete + 0.4 * verified + 0.2 * said)).astype(np.int64)


def metres(distance_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole metres; a large number where the distance isn't known."""
    known = np.isfinite(distance_m)
    return np.where(known, np.rint(np.where(known, distance_m, 0)), 1_000_000_000).astype(np.int64)


def in_order(rows: NDArray[np.int64], sight: Sight, merit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return row numbers by falling merit, ties by distance, then by id."""
    high, low = sight.rows.ids
    away = metres(sight.distance_m[rows])
    return rows[np.lexsort((low[rows], high[rows], away, -merit[rows]))]


def one_of_each(ordered: NDArray[np.int64], sight: Sight) -> Iterator[int]:
    """Yield row numbers in order, each place once.

    A place is met again as another offering of the same resource, or as the entry of another
    source: one with the same name within `SAME_PLACE_M`.
    """
    resources: set[int] = set()
    named: dict[int, list[LonLat]] = {}
    names = ("resource", "name", "lon", "lat")
    for start in range(0, len(ordered), SOME):
        some = ordered[start : start + SOME]
        facts = (sight.rows[name][some].tolist() for name in names)
        for i, resource, name, lon, lat in zip(some.tolist(), *facts, strict=True):
            if resource in resources:
                continue
            resources.add(resource)
            point = LonLat(lon, lat)
            known = named.get(name)
            if known is None:
                named[name] = [point]
            elif _is_among(known, point):
                continue
            else:
                known.append(point)
            yield i


def _is_among(known: list[LonLat], point: LonLat) -> bool:
    for other in known:
        # Most of one name lie far apart, which a glance at the latitudes tells.
        near = abs(point.lat - other.lat) < SAME_LAT
        if near and straight_m(point, other) <= SAME_PLACE_M:
            return True
    return False


def diverse(ordered: NDArray[np.int64], sight: Sight, scheme: Scheme, limit: int) -> list[int]:
    """Pick at most `limit` rows in order: one offering a place, few of one host or kind.

    Those that were passed over for their host or kind fill the list up where it would stay short.
    """
    picked: list[int] = []
    passed_over: list[int] = []
    hosts: Counter[int] = Counter()
    kinds: Counter[int] = Counter()
    host, kind = sight.rows["host"], sight.rows["kind"]
    for i in one_of_each(ordered, sight):
        if len(picked) == limit:
            break
        h, k = host.item(i), kind.item(i)
        if (h and hosts[h] >= scheme.per_host) or kinds[k] >= scheme.per_kind:
            passed_over.append(i)
            continue
        hosts[h] += 1
        kinds[k] += 1
        picked.append(i)
    return picked + passed_over[: limit - len(picked)]
