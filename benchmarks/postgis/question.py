"""A question's numbers as the query takes them."""

import math
from typing import Any

import numpy as np
from psycopg.types.numeric import Int8

from benchmarks.postgis.criteria import WEIGHTS
from geodata.coordinates import EARTH_RADIUS_M, LonLat
from matching.ask import Ask
from matching.codebook import CIRCLES, Codebook
from matching.columns import NEVER, Array
from matching.encoding import LOW_HALF, day_number
from matching.municipalities import _LINE, block_of
from matching.schemes import UNIT, Scheme
from matching.suggest import served_for
from matching.terms import NEED_BITS, NOT_ASKED, TERMS, terms_of
from matching.text import asked_weights
from matching.times import days_of_hours

ROUND = 1.001
"""By so much larger are boxes, for the edges of two boxes and of two circles aren't quite alike."""

_OF_KINDS = (
    "term_days", "usual_needs", "first_needs", "usual_audience", "participation", "accompanies",
    "required", "need_weights", "circle_needs",
)  # fmt: skip


def numbers_of(ask: Ask, codebook: Codebook, scheme: Scheme, idf: Array) -> dict[str, Any]:
    """Return a question's numbers by their names in the query."""
    terms = terms_of(ask, codebook)[0]
    found: dict[str, Any] = {
        name: float(terms[name]) if TERMS[name].kind == "f" else signed(terms[name])
        for name in TERMS.names or ()
        if name not in _OF_KINDS
    }
    found |= _needs(terms) | _circles(codebook) | _places(ask) | _sessions(ask) | _safety(ask)
    step = int(terms["step"])
    found |= {
        "next_step": signed(1 << (step + 1)),
        "this_step": signed(1 << max(step, 0)),
        "step_below": signed(1 << (step - 1) if step > 0 else 0),
        "not_asked": signed(NOT_ASKED),
        "earth_m": EARTH_RADIUS_M,
        "minimum": signed(round(scheme.minimum_score * UNIT)),
        "per_host": signed(scheme.per_host),
        "per_kind": signed(scheme.per_kind),
    }
    if ask.wish:
        features, weights = asked_weights(ask.wish, idf)
        found |= {"features": features.tolist(), "weights": weights.tolist()}
    return found


def spans_of(ask: Ask) -> tuple[Array, Array]:
    """Return the days of a person's hours and the hours, those for sessions past midnight last."""
    days, hours = zip(*days_of_hours(ask), strict=True)
    return np.concatenate(days), np.concatenate(hours)


def signed(number: Any) -> Int8:
    """Return the same sixty-four bits as PostgreSQL's bigint has them."""
    bits = int(number) & LOW_HALF
    return Int8(bits - (1 << 64) if bits >> 63 else bits)


def _circles(codebook: Codebook) -> dict[str, Any]:
    bits = codebook.bits("audience")
    found: dict[str, Any] = {}
    for k, code in enumerate(CIRCLES):
        found[f"circle_{k}"] = signed(1 << bits[code])
        found[f"circle_needs_{k}"] = signed(codebook.circle_needs[bits[code]])
    return found


def _needs(terms: Array) -> dict[str, Any]:
    weights = terms["need_weights"]
    matters = max(float(weights.max()) - 1.0, 1.0)

    def bits(chosen: Array) -> Int8:
        return signed(sum(1 << bit for bit in range(NEED_BITS) if chosen[bit]))

    found = {f"needs_{w}": bits(weights == w) for w in WEIGHTS}
    heaviest = bits((weights > 0) & (weights == weights.max()))
    return found | {
        "needs_that_matter": bits(weights >= matters),
        "heaviest_needs": heaviest,
        "guessed_needs": signed(terms["guessed_needs"]),
    }


def _places(ask: Ask) -> dict[str, Any]:
    reach = ask.reach_m(by_streets=False)
    assert reach is not None  # each of these questions says how far
    block = block_of(ask.origin)
    found: dict[str, Any] = {
        "lon": ask.origin.lon,
        "lat": ask.origin.lat,
        "blocks": [block + line + column for line in (-_LINE, 0, _LINE) for column in (-1, 0, 1)],
    }
    for name, metres in (("near", reach), ("served", served_for(ask).within_m)):
        west, south, east, north = box(ask.origin, metres)
        found |= {
            f"{name}_west": west, f"{name}_south": south,
            f"{name}_east": east, f"{name}_north": north,
        }  # fmt: skip
    return found


def box(middle: LonLat, metres: float) -> tuple[float, float, float, float]:
    """Return west, south, east and north, degrees, of all that lies within so many metres."""
    d_lat = math.degrees(metres * ROUND / EARTH_RADIUS_M)
    d_lon = d_lat / math.cos(math.radians(abs(middle.lat) + d_lat))
    return middle.lon - d_lon, middle.lat - d_lat, middle.lon + d_lon, middle.lat + d_lat


def _sessions(ask: Ask) -> dict[str, Any]:
    wanted, hours = spans_of(ask)
    found: dict[str, Any] = {"from_minute": signed(ask.from_minute)}
    for k, (days, (start, end)) in enumerate(zip(wanted, hours, strict=True)):
        found |= {f"days_{k}": signed(days), f"from_{k}": signed(start), f"to_{k}": signed(end)}
    return found


def _safety(ask: Ask) -> dict[str, Any]:
    areas, aside = ask.need.safety.exclude_areas, ask.need.set_aside
    return {
        "excluded_hosts": [signed(h) for h in ask.excluded_hosts],
        "excluded_resources": [signed(r) for r in ask.excluded_resources],
        "area_lon": [a.lon for a in areas],
        "area_lat": [a.lat for a in areas],
        "area_m": [a.radius_m for a in areas],
        "aside_resource": [None if a.resource is None else signed(a.resource.int) for a in aside],
        "aside_host": [
            None if a.organization is None else signed(a.organization.int) for a in aside
        ],
        "aside_day": [signed(NEVER if a.until is None else day_number(a.until)) for a in aside],
    }
