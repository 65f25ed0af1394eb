"""The one query: all rules, all criteria, confidence, order, and variety; the ten that are shown.

It works its way from many rows to few, as the engine does: an index on where places may lie, rules
on columns, the way, sessions, what isn't known, criteria, order. `OFFSET 0` keeps PostgreSQL from
working out the same expression again in each place where it is used.
"""

from benchmarks.postgis.criteria import FETCHED, MOVED, RELEVANT, SAID, SURE, fresh, values
from benchmarks.postgis.question import spans_of
from benchmarks.postgis.rules import not_failed, stage_of, unknown
from geodata.straight import DETOUR
from matching.ask import Ask
from matching.columns import ATTENDANCES, FAR
from matching.criteria import CRITERIA
from matching.rules import RULES
from matching.schemes import UNIT, Scheme
from matching.suggest import served_for
from matching.times import ALL_DAYS
from matching.variety import SAME_LAT, SAME_PLACE_M

LIMIT = 10

_ORIGIN = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
_DISTANCE = f"ST_DistanceSphere(o.point, {_ORIGIN}, %(earth_m)s)"
_LATER_DAYS = int(ALL_DAYS) & ~2


def query_for(ask: Ask, scheme: Scheme) -> str:
    """Return the query for all questions that ask the same rules and criteria as this one."""
    rows = _attended(_walked(_near(ask)), ask)
    rows = _valued(_judged(rows, ask), ask, scheme)
    return _shown(_ranked(_weighed(rows, ask, scheme), ask, scheme), ask, scheme)


def rules_of(ask: Ask) -> list[str]:
    return [rule.code for rule in RULES if rule.applies(ask)]


def criteria_of(ask: Ask, scheme: Scheme) -> list[str]:
    return [c.code for c in CRITERIA if scheme.weights.get(c.code) and c.applies(ask)]


def shares_of(ask: Ask, scheme: Scheme) -> dict[str, float]:
    """Return the numbers `share_…` of the query: the weights of its criteria, adding up to one."""
    used = criteria_of(ask, scheme)
    whole = sum(scheme.weights[code] for code in used)
    return {f"share_{code}": scheme.weights[code] / whole for code in used}


def _where(ask: Ask, stage: str) -> str:
    asked = [rule for rule in RULES if rule.applies(ask) and stage_of(rule) == stage]
    return " AND\n  ".join(not_failed(rule) for rule in asked) or "true"


def _box(name: str) -> str:
    edges = ", ".join(f"%({name}_{edge})s" for edge in ("west", "south", "east", "north"))
    return f"ST_MakeEnvelope({edges}, 4326)"


def _near(ask: Ask) -> str:
    """Rows that may be within reach and fail no rule that looks at columns only."""
    placed = f"area && {_box('near')}"
    if served_for(ask).within_m:
        placed += f" OR reaches_out AND area && {_box('served')}"
    towns = "SELECT municipality FROM presence WHERE block = ANY(%(blocks)s::int8[])"
    town = f"municipality = ANY(ARRAY({towns}))"
    if served_for(ask).anywhere:
        placed += " OR online = 1 AND point IS NOT NULL"
        town += " OR online = 1 AND NOT of_nowhere"
    return f"""
SELECT o.*, {_DISTANCE} AS distance_m
FROM (
  SELECT * FROM offerings WHERE {placed}
  UNION ALL
  SELECT * FROM offerings WHERE point IS NULL AND ({town})
  UNION ALL
  SELECT * FROM offerings WHERE of_nowhere
) o
WHERE
  {_where(ask, "columns")}
OFFSET 0"""


def _walked(near: str) -> str:
    return f"SELECT o.*, round(o.distance_m) * {DETOUR} AS walk_m FROM ({near}) o OFFSET 0"


def _attended(walked: str, ask: Ask) -> str:
    """Rows in reach, with the days of the sessions that the person can attend."""
    wanted, _ = spans_of(ask)
    whole = f"o.attendance = {ATTENDANCES.index('whole')}"
    stay = (
        f"CASE WHEN {whole} THEN s.ends - s.starts"
        f" ELSE least(s.ends - s.starts,"
        f" greatest({ask.thresholds.shortest_stay_minutes}, o.min_minutes)) END"
    )
    days = (
        "s.held & CASE WHEN %(from_minute)s > s.starts"
        f" AND s.ends - %(from_minute)s < {stay} THEN {_LATER_DAYS} ELSE {int(ALL_DAYS)} END"
        " & CASE WHEN o.ends_day < 0 THEN -1"
        " ELSE ~((-1)::int8 << least(greatest(o.ends_day - %(day_number)s + 2, 0), 63)::int) END"
    )
    come = (
        "-1::int8"
        if not len(wanted)
        else " | ".join(
            f"CASE WHEN least(s.ends, %(to_{k})s) - greatest(s.starts, %(from_{k})s) < {stay}"
            " THEN 0"
            f" WHEN least(s.ends, %(to_{k})s)"
            f" - greatest(s.starts, %(from_{k})s, %(from_minute)s) < {stay}"
            f" THEN %(days_{k})s & {_LATER_DAYS} ELSE %(days_{k})s END"
            for k in range(len(wanted))
        )
    )
    short = f"({whole} AND s.short)"
    return f"""
SELECT o.*, CASE WHEN {short} THEN s.short_fitting ELSE s.fitting END AS fitting,
  CASE WHEN {whole} THEN greatest(o.min_minutes, CASE WHEN s.short THEN s.shortest_ahead
      ELSE coalesce(s.shortest_fitting, s.shortest_ahead, o.shortest, -1) END)
    WHEN o.min_minutes >= 0 THEN o.min_minutes
    WHEN o.attendance = {ATTENDANCES.index("drop_in")} THEN 0 ELSE -1 END AS shortest_stay
FROM ({walked}) o CROSS JOIN LATERAL (
  SELECT coalesce(bit_or(f.days & f.come), 0) AS fitting,
    coalesce(bit_or(f.days & f.come) FILTER (WHERE f.length <= %(minutes)s), 0) AS short_fitting,
    coalesce(bool_or(f.days <> 0 AND f.length <= %(minutes)s), false) AS short,
    min(f.length) FILTER (WHERE f.days & f.come <> 0) AS shortest_fitting,
    min(f.length) FILTER (WHERE f.days <> 0) AS shortest_ahead
  FROM (
    SELECT {days} AS days, {come} AS come, s.ends - s.starts AS length
    FROM unnest(o.starts, o.ends, o.held) s(starts, ends, held)
  ) f
) s
WHERE
  {_where(ask, "way")}
OFFSET 0"""


def _judged(attended: str, ask: Ask) -> str:
    """Rows that fail no rule; bit k of `unknowns` tells that the kth rule isn't known."""
    asked = [rule for rule in RULES if rule.applies(ask)]
    unknowns = " | ".join(
        f"CASE WHEN {unknown(rule)} THEN {1 << k} ELSE 0 END"
        for k, rule in enumerate(asked)
        if unknown(rule) not in ("false", "NOT (true)")
    )
    alike = "0.0::float8"
    if ask.wish:
        # Few features of a text are asked for: those in common (`&`, sorted) are found first.
        alike = (
            "(SELECT least(coalesce(sum("
            "(%(weights)s::float8[])[idx(%(features)s::int[], f)] * t.weights[idx(t.features, f)]"
            "), 0.0), 1.0) FROM texts t, unnest(t.features & %(features)s::int[]) f"
            " WHERE t.text = o.text)"
        )
    return f"""
SELECT o.*, {alike} AS alike, ({unknowns})::int8 AS unknowns,
  {fresh("o.verified_day", "o.term_days")} AS verified, {SAID} AS said
FROM ({attended}) o
WHERE
  {_where(ask, "sessions")}
OFFSET 0"""


def _valued(judged: str, ask: Ask, scheme: Scheme) -> str:
    """What each criterion contributes, in ten-thousandths, and what confidence is made of."""
    how = values(ask)
    contributions = ",\n  ".join(
        f"(({how[code]}) * %(share_{code})s * {UNIT})::int AS c_{code}"
        for code in criteria_of(ask, scheme)
    )
    sure = SURE.format(unknowns="bit_count(o.unknowns::bit(64))", rules=len(rules_of(ask)))
    fetched = FETCHED if ask.would_ride else "1.0::float8"
    return f"""
SELECT o.id, o.resource, o.host, o.kind, o.name, o.point, o.unknowns,
  coalesce(round(o.distance_m)::int8, {FAR}) AS metres,
  {contributions},
  {sure} AS sure, {MOVED} AS moved, {fetched} AS fetched
FROM ({judged}) o
WHERE {RELEVANT}
OFFSET 0"""


def _weighed(valued: str, ask: Ask, scheme: Scheme) -> str:
    total = " + ".join(f"o.c_{code}" for code in criteria_of(ask, scheme))
    asked = [rule for rule in RULES if rule.applies(ask)]
    access = sum(1 << k for k, rule in enumerate(asked) if rule.access(ask))
    return f"""
SELECT o.*, {total} AS total,
  (100.0::float8 * (sure + moved * CASE WHEN moved > 0 THEN 1.0 - sure ELSE sure END)
    * CASE WHEN o.unknowns & {access} <> 0 THEN %(unsure_access)s ELSE 1.0 END
    * fetched)::int
    AS confidence
FROM ({valued}) o
OFFSET 0"""


def _ranked(weighed: str, ask: Ask, scheme: Scheme) -> str:
    """Rows in order, the first of each resource, with the points of those of its name before."""
    columns = ", ".join(f"c_{code}" for code in criteria_of(ask, scheme))
    return f"""
SELECT *, array_agg(point) OVER (
  PARTITION BY name ORDER BY nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS namesakes
FROM (
  SELECT *, row_number() OVER (PARTITION BY resource ORDER BY nth) AS of_resource
  FROM (
    SELECT id, resource, host, kind, name, point, unknowns, confidence,
      {columns},
      least(total, {UNIT}) AS score, greatest(total - {UNIT}, 0) AS excess,
      row_number() OVER (
        ORDER BY least(total, {UNIT}) * (100 + confidence) DESC, metres, id) AS nth
    FROM ({weighed}) o
    WHERE least(total, {UNIT}) >= %(minimum)s
  ) o
) o
WHERE of_resource = 1"""


def _shown(ranked: str, ask: Ask, scheme: Scheme) -> str:
    """Each place once, few of one host or kind; what was passed over fills up a short list."""
    used = criteria_of(ask, scheme)
    most = f"greatest({', '.join(f'f.c_{code}' for code in used)})"
    contributions = ", ".join(f"f.c_{code}" for code in used)
    unknowns = ", ".join(f"f.unknowns >> {k} & 1 = 1" for k in range(len(rules_of(ask))))
    return f"""
WITH RECURSIVE places AS MATERIALIZED (
  SELECT * FROM ({ranked}) r
  WHERE namesakes IS NULL OR NOT EXISTS (
    SELECT FROM unnest(namesakes) e(point)
    WHERE abs(ST_Y(e.point) - ST_Y(r.point)) < {SAME_LAT}
      AND ST_DistanceSphere(e.point, r.point, %(earth_m)s) <= {SAME_PLACE_M})
), picked AS (
  SELECT 0 AS n, 0::int8 AS nth, '{{}}'::int8[] AS hosts, '{{}}'::int2[] AS kinds
  UNION ALL
  SELECT p.n + 1, f.nth, p.hosts || f.host, p.kinds || f.kind
  FROM picked p CROSS JOIN LATERAL (
    SELECT nth, host, kind FROM places f
    WHERE f.nth > p.nth
      AND (f.host = 0 OR cardinality(array_positions(p.hosts, f.host)) < %(per_host)s)
      AND cardinality(array_positions(p.kinds, f.kind)) < %(per_kind)s
    ORDER BY f.nth LIMIT 1
  ) f
  WHERE p.n < {LIMIT}
)
SELECT f.id, f.score, f.confidence, ARRAY[{contributions}] AS contributions,
  f.excess, array_position(ARRAY[{contributions}], {most}) AS most,
  ARRAY[{unknowns}] AS unknowns
FROM places f LEFT JOIN picked p USING (nth)
ORDER BY coalesce(p.n, {LIMIT} + f.nth)
LIMIT {LIMIT}"""
