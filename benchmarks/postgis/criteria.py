"""Each criterion of the engine in SQL, 0 … 1, and what confidence is made of.

Names as in `benchmarks.postgis.rules`; besides, `alike` is the likeness of the texts and
`verified` how fresh the verification is.
"""

from matching.ask import Ask
from matching.codebook import CIRCLES
from matching.columns import AVAILABILITIES
from matching.criteria import (
    CRITERIA,
    OFTEN_ENOUGH,
    WEEKS,
    WEEKS_AHEAD,
)
from matching.terms import ESSENTIAL, NEUTRAL, NOT_ASKED
from resources.track_record import LATEST


def ones(bits: str) -> str:
    """Return how many bits are set."""
    return f"bit_count(({bits})::bit(64))"


def halved(amount: str, term: str) -> str:
    """Return 2 ** (−amount / term)."""
    return f"power(2.0::float8, -({amount}) / {term})"


def fresh(day: str, term: str) -> str:
    """Return how fresh a day is, see `matching.criteria.fresh`."""
    age = f"greatest(%(day_number)s - {day}, 0)::float8"
    return f"CASE WHEN {day} < 0 THEN 0.0::float8 ELSE {halved(age, term)} END"


def _yes_no(flag: str) -> str:
    return f"CASE WHEN {flag} < 0 THEN {NEUTRAL}::float8 ELSE {flag}::float8 END"


def _calmer(level: str, wanted: str) -> str:
    return (
        f"CASE WHEN {level} < 0 THEN {NEUTRAL} WHEN {level} = 0 THEN 1.0"
        f" WHEN {wanted} = 0 THEN CASE WHEN {level} = 1 THEN 0.4 ELSE 0.0 END"
        f" WHEN {level} = 1 THEN 0.85 WHEN {wanted} = 2 THEN 0.7 ELSE 0.2 END::float8"
    )


WEIGHTS = (1, 2, 3)
"""What a need can weigh, see `matching.need.Weight`; the bits of those are `needs_1` …"""

_CIRCLE = (
    "(CASE WHEN o.needs_stated = 1 OR o.audience & %(anyone)s <> 0 THEN 0::bigint ELSE "
    + " | ".join(
        f"CASE WHEN o.audience & %(circle_{k})s <> 0 THEN %(circle_needs_{k})s ELSE 0 END"
        for k in range(len(CIRCLES))
    )
    + " END)"
)
"""The needs of the people whom a circle is for that says nothing of needs."""

_ANSWERED = f"(o.needs | {_CIRCLE})"
_GUESSED = f"(CASE WHEN o.needs_stated = 1 THEN 0::bigint ELSE o.needs & ~{_CIRCLE} END)"
_SURE = f"(CASE WHEN o.needs_stated = 1 THEN o.needs ELSE {_CIRCLE} END)"


def _covered(needs: str) -> str:
    first = f"CASE WHEN o.first_needs = 0 THEN {needs} ELSE {needs} & o.first_needs END"
    besides = f"CASE WHEN o.first_needs = 0 THEN 0::bigint ELSE {needs} & ~o.first_needs END"
    return f"({_weighed(first)} + %(other_needs)s * {_weighed(besides)})"


def _weighed(needs: str) -> str:
    sums = (f"{w} * {ones(f'({needs}) & %(needs_{w})s')}" for w in WEIGHTS)
    return f"({' + '.join(sums)})::float8"


_NEEDS = (
    f"({_covered(_SURE)} + %(usual)s * {_covered(_GUESSED)})"
    f" * CASE WHEN %(needs_{int(ESSENTIAL)})s <> 0 AND {_ANSWERED} & %(needs_{int(ESSENTIAL)})s = 0"
    " AND o.activities & %(activities)s = 0"
    " THEN %(beside)s ELSE 1.0 END"
    " / %(need_total)s"
)
_ACTIVITIES = (
    f"CASE WHEN o.activities = 0 THEN {NEUTRAL}::float8"
    f" ELSE {ones('o.activities & %(activities)s')}::float8 / %(activities_wished)s END"
)
_MINUTES = "o.walk_m / %(speed_m_s)s / 60.0::float8"
_NEARNESS = f"coalesce({halved(_MINUTES, '%(near_half_minutes)s')}, {NEUTRAL})"
_TIME = (
    f"CASE WHEN o.schedule_known <> 1 THEN {NEUTRAL}::float8 ELSE least(1.0::float8,"
    f" {ones(f'o.fitting & {int(WEEKS_AHEAD)}')}::float8"
    f" / CASE WHEN %(sessions_per_week)s > 0 THEN {WEEKS} * %(sessions_per_week)s"
    f" ELSE {OFTEN_ENOUGH} END) END"
)
_STEP = (
    f"CASE WHEN o.steps = 0 THEN {NEUTRAL}"
    " WHEN o.steps & %(next_step)s <> 0 THEN 1.0"
    " WHEN o.steps & %(this_step)s <> 0 THEN 0.8"
    " WHEN o.steps & %(step_below)s <> 0 THEN 0.5 ELSE 0.0 END::float8"
)
_FIRST_CONTACT = (
    f"%(visit_share)s * ({_yes_no('o.visit_first')})"
    f" + (1.0::float8 - %(visit_share)s) * ({_yes_no('o.accompaniment')})"
)
_COST = (
    f"CASE WHEN o.fee_yen < 0 THEN {NEUTRAL}::float8"
    f" WHEN %(max_yen)s = {NOT_ASKED} THEN {halved('o.fee_yen', '%(fee_half_yen)s')}"
    " ELSE greatest(0.0::float8, 1.0 - 0.5::float8 * o.fee_yen / greatest(%(max_yen)s, 1)) END"
)
_ROOM_OF_HOST = (
    "CASE WHEN o.accompanies = 0 THEN 1.0::float8"
    f" WHEN o.host_cap < 0 OR o.host_now < 0 THEN {NEUTRAL}::float8 ELSE least(greatest("
    "(o.host_cap - o.host_now)::float8 / greatest(o.host_cap, 1), 0.0), 1.0) END"
)
_EXPERIENCE = " + ".join(
    [
        f"{NEUTRAL}::float8",
        *(
            f"CASE WHEN {n} > 0 THEN 0.25::float8 * {n} / ({n} + %(experience_half)s) ELSE 0.0 END"
            for n in ("o.host_accompanied", "o.host_stayed")
        ),
    ]
)
_ANSWERS = (
    f"CASE WHEN o.host_answer_days < 0 THEN {NEUTRAL}::float8"
    f" ELSE {halved('o.host_answer_days::float8', '%(answer_half_days)s')} END"
)
_HOST = (
    f"%(host_room)s * ({_ROOM_OF_HOST}) + %(host_experience)s * ({_EXPERIENCE})"
    f" + %(host_answers)s * ({_ANSWERS})"
)
_GROUP = (
    f"CASE WHEN o.group_size < 0 THEN {NEUTRAL}::float8"
    " ELSE least(1.0::float8, %(group_size)s::float8 / greatest(o.group_size, 1)) END"
)


def _from_home(nearness: str) -> str:
    return f"CASE WHEN o.online = 1 THEN 1.0::float8 ELSE {nearness} END"


def values(ask: Ask) -> dict[str, str]:
    """Return how each criterion that a need may ask for is worked out."""
    limits = ask.limits
    wished = [_ACTIVITIES] if ask.activities else []
    wished += [_yes_no("o.online")] if ask.home_wished else []
    wished += ["sqrt(o.alike)"] if ask.wish else []
    asked = [
        found
        for limit, found in (
            (limits.noise, _calmer("o.noise", "%(noise)s")),
            (limits.conversation, _calmer("o.conversation", "%(conversation)s")),
            (limits.group_size, _GROUP),
        )
        if limit is not None
    ]
    found = {
        "needs": _NEEDS,
        "wishes": _mean(wished),
        "nearness": _from_home(_NEARNESS) if ask.home_wished else _NEARNESS,
        "time": _TIME,
        "atmosphere": _mean(asked),
        "step": _STEP,
        "first_contact": _FIRST_CONTACT,
        "cost": _COST,
        "freshness": "o.verified",
        "host": _HOST,
    }
    # A criterion that the engine has and this doesn't would make the sides unlike.
    assert set(found) == {c.code for c in CRITERIA}
    return found


def _mean(parts: list[str]) -> str:
    return f"({' + '.join(f'({p})' for p in parts)}) / {len(parts)}::float8" if parts else "0"


def _share(words: str) -> str:
    """Return how large a share of yes is to be expected, see `matching.track_record.share`."""
    yes, no = [], []
    for k in range(1, LATEST + 1):
        word, day = f"{words}[{k}]", f"({words}[{k}] >> 1)"
        counted = fresh(day, "o.term_days")
        yes.append(f"CASE WHEN {word} >= 0 AND {word} & 1 = 1 THEN {counted} ELSE 0.0 END")
        no.append(
            f"CASE WHEN {word} >= 0 AND {word} & 1 = 0 AND {day} <= %(day_number)s"
            f" THEN {counted} ELSE 0.0 END"
        )
    some, others = " + ".join(yes), " + ".join(no)
    return f"({some} + 1.0) / ({some} + {others} + 2.0)"


def moved(part: str, words: str) -> str:
    """Return how far a track record moves confidence; not at all where there is none."""
    return (
        f"CASE WHEN {words} IS NULL THEN 0.0::float8"
        f" ELSE %({part})s * (2.0 * ({_share(words)}) - 1.0) END"
    )


MOVED = f"{moved('of_sessions', 'o.sessions_seen')} + {moved('of_answers', 'o.host_answers')}"

SAID = (
    f"CASE WHEN o.availability = {AVAILABILITIES.index('unknown')} THEN 0.0::float8"
    f" ELSE {fresh('o.said_day', '%(room_half_days)s')} END"
)

SURE = (
    "%(sure_known)s * (1.0 - {unknowns}::float8 / greatest({rules}, 1))"
    " + %(sure_verified)s * o.verified + %(sure_room)s * o.said"
)

FETCHED = (
    "CASE WHEN o.transport = 1 AND (o.walk_m > %(walk_limit_m)s OR o.distance_m > %(radius_m)s)"
    " THEN 1.0 / (1.0 + power(o.distance_m / %(ride_half_m)s, 3)) ELSE 1.0 END"
)

RELEVANT = (
    "(%(need_total)s = 0 OR o.activities & %(activities)s <> 0 OR o.alike >= %(alike_enough)s"
    " OR CASE WHEN o.needs_stated = 1"
    " THEN o.needs & %(needs_that_matter)s <> 0 OR o.usual_needs & %(heaviest_needs)s <> 0"
    f" ELSE %(guessed_needs)s = 0 OR {_ANSWERED} & %(guessed_needs)s <> 0 END)"
)
