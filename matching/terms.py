"""A question in plain numbers, as the loops over places take it."""

import math
import struct
from functools import lru_cache
from typing import Any

import numpy as np

from matching.ask import Ask
from matching.codebook import WIDTHS, Codebook
from matching.columns import CONVERSATIONS, GENDERS, NOISES, Array

NOT_ASKED = -1
"""A limit that the person doesn't set."""

NEUTRAL = 0.5
"""What a criterion gives for what isn't known."""

OTHER_GENDER = len(GENDERS)
"""Neither of those that a place may be for."""

NEED_BITS = WIDTHS["need"]

ESSENTIAL = 3.0
"""What a need weighs without which nothing is answered that matters most."""

_WHOLE = (
    "day_number",
    "transport",
    "online",
    "age",
    "gender",  # number in `GENDERS`, OTHER_GENDER, or NOT_ASKED where it isn't stated
    "audience_yes",
    "audience_maybe",
    "perhaps_parent",  # bit of parents, for someone who may be one
    "narrowing_audience",  # bits that say which of its kind's people a place is for
    "narrowed_audience",  # bits of circles, which they narrow in places of any kind
    "anyone",  # bit of the audience that is everybody
    "languages",
    "easy_language",  # bit of easy Japanese, for someone who would have to try it
    "step",
    "near_steps",  # bits of the rungs near enough to where the person stands
    "minutes",
    "sessions_per_week",
    "max_yen",
    "noise",
    "conversation",
    "group_size",
    "holds_known",
    "holds",  # bits of the requirements that the person meets
    "heavy_work",  # bits of activities
    "lighter_work",
    "alcohol_asked",  # what isn't known of alcohol is asked
    "activities_wished",  # how many
    "home_wished",
    "text_wished",
)

TERMS = np.dtype(
    [
        ("activities", "u8"),
        # Bits of the needs: that weigh anything, that are essential, that no place may pass by
        # (see `criteria.relevant`), that weigh most, and those if some kind usually answers each
        ("needs", "u8"),
        ("essential_needs", "u8"),
        ("needs_that_matter", "u8"),
        ("heaviest_needs", "u8"),
        ("guessed_needs", "u8"),
        *((name, "i8") for name in _WHOLE),
        ("walk_limit_m", "f8"),  # on foot; infinite where there is no limit
        ("radius_m", "f8"),  # straight; infinite where there is no limit
        ("served_m", "f8"),  # how far out a place with transport, or online, counts
        ("speed_m_s", "f8"),
        # Numbers of the municipality, see `schemes.Thresholds`
        ("near_half_minutes", "f8"),
        ("fee_half_yen", "f8"),
        ("usual", "f8"),
        ("room_half_days", "f8"),
        ("sure_known", "f8"),
        ("sure_verified", "f8"),
        ("sure_room", "f8"),
        ("of_sessions", "f8"),
        ("of_answers", "f8"),
        ("beside", "f8"),
        ("other_needs", "f8"),
        ("alike_enough", "f8"),
        ("visit_share", "f8"),
        ("host_room", "f8"),
        ("host_experience", "f8"),
        ("host_answers", "f8"),
        ("experience_half", "f8"),
        ("answer_half_days", "f8"),
        ("unsure_access", "f8"),
        ("ride_half_m", "f8"),
        ("need_total", "f8"),
        ("need_weights", "f8", NEED_BITS),  # 0 where it isn't one of the person's needs
        # Of each kind, see `Codebook`
        ("term_days", "f8", WIDTHS["kind"]),
        ("usual_needs", "u8", WIDTHS["kind"]),
        ("first_needs", "u8", WIDTHS["kind"]),
        ("participation", "u1", WIDTHS["kind"]),
        ("accompanies", "u1", WIDTHS["kind"]),
        ("required", "i8", WIDTHS["kind"]),
        ("usual_audience", "i8", WIDTHS["kind"]),
        ("circle_needs", "u8", WIDTHS["audience"]),  # of each audience, see `Codebook`
    ]
)
"""What rules and criteria know of a question; whole numbers are NOT_ASKED where nothing is."""

_FIRST = struct.Struct(f"=6Q{len(_WHOLE)}q{25 + NEED_BITS}d")
"""What differs from question to question. Setting a record field by field takes ten times as long.
"""


def terms_of(ask: Ask, codebook: Codebook) -> Array:
    """Return a question's terms, (1,) of `TERMS`."""
    need, limits = ask.need, ask.limits
    weights = [0.0] * NEED_BITS
    for bit, weight in ask.needs:
        weights[bit] = weight
    heaviest = max(weights)
    weighing_most = _as_heavy(ask, heaviest)
    first = _FIRST.pack(
        ask.activities,
        _as_heavy(ask, 1),
        _as_heavy(ask, ESSENTIAL),
        _as_heavy(ask, max(heaviest - 1.0, 1.0)),
        weighing_most,
        0 if weighing_most & ~codebook.needs_of_kinds else weighing_most,
        ask.day_number,
        ask.would_ride,
        ask.from_home,
        _number(need.age),
        OTHER_GENDER if limits.gender == "other" else _place(limits.gender, GENDERS),
        ask.audiences.yes,
        ask.audiences.maybe,
        ask.audiences.perhaps_parent,
        ask.audiences.narrowing,
        ask.audiences.narrowed,
        1 << codebook.bits("audience")["anyone"],
        ask.languages,
        ask.easy_language,
        _number(need.step),
        _near_steps(need.step, ask.thresholds.step_gap_rungs),
        _number(limits.minutes),
        _number(limits.sessions_per_week),
        _number(limits.max_yen),
        _place(limits.noise, NOISES),
        _place(limits.conversation, CONVERSATIONS),
        _number(limits.group_size),
        ask.holds is not None and not limits.holds_open,
        ask.holds or 0,
        ask.heavy_work,
        ask.lighter_work,
        ask.no_alcohol_known,
        ask.activities.bit_count(),
        ask.home_wished,
        bool(ask.wish),
        _limit(ask.walk_limit_m),
        _limit(need.radius_m),
        ask.served_m,
        need.speed_m_s,
        ask.thresholds.near_half_minutes,
        ask.thresholds.fee_half_yen,
        ask.thresholds.usual_percent / 100,
        ask.thresholds.room_half_days,
        *ask.thresholds.sure_shares,
        ask.thresholds.sessions_percent / 100,
        ask.thresholds.answers_percent / 100,
        ask.thresholds.beside_percent / 100,
        ask.thresholds.other_needs_percent / 100,
        ask.thresholds.alike_percent / 100,
        ask.thresholds.visit_percent / 100,
        *ask.thresholds.host_shares,
        ask.thresholds.experience_half_people,
        ask.thresholds.answer_half_days,
        ask.thresholds.unsure_access_percent / 100,
        ask.thresholds.ride_half_m,
        sum(weights),
        *weights,
    )
    return np.frombuffer(first + _of_lists(codebook), TERMS)


@lru_cache(maxsize=8)
def _of_lists(codebook: Codebook) -> bytes:
    """Return the end of the terms, which stays the same from question to question."""
    facts = (
        (codebook.term_days, np.float64, "kind"),
        (codebook.usual_needs, np.uint64, "kind"),
        (codebook.first_needs, np.uint64, "kind"),
        (codebook.participation, np.uint8, "kind"),
        (codebook.accompanies, np.uint8, "kind"),
        (codebook.required, np.int64, "kind"),
        (codebook.usual_audience, np.int64, "kind"),
        (codebook.circle_needs, np.uint64, "audience"),
    )
    return b"".join(_of_each(axis, fact, dtype) for fact, dtype, axis in facts)


def _of_each(axis: str, fact: Any, dtype: Any) -> bytes:
    column = np.zeros(WIDTHS[axis], dtype)
    column[: len(fact)] = fact
    return column.tobytes()


def _as_heavy(ask: Ask, least: float) -> int:
    """Return the bits of the needs that weigh no less than so much."""
    return sum(1 << bit for bit, weight in ask.needs if weight >= least)


def _near_steps(step: int | None, gap: int) -> int:
    """Return the bits of the rungs that are at most `gap` away from where the person stands."""
    if step is None:
        return 0
    return (((1 << 2 * gap + 1) - 1) << step) >> gap


def _number(value: int | None) -> int:
    return NOT_ASKED if value is None else value


def _limit(value: float | None) -> float:
    return math.inf if value is None else value


def _place(code: str | None, order: tuple[str, ...]) -> int:
    return order.index(code) if code in order else NOT_ASKED
