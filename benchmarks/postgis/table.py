"""The rows of a built index as PostgreSQL tables, laid out and indexed for these questions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import psycopg

from geodata.coordinates import EARTH_RADIUS_M
from matching.codebook import Codebook
from matching.columns import COLUMNS, Array, Columns
from matching.index import Index
from matching.rows import eve_of

Connection = psycopg.Connection[Any]

AT_ONCE = 100_000
"""Rows that are put into PostgreSQL's own form at once."""

NOT_NEEDED = ("shown_at", "shown_bytes")
"""Where the words that are shown stand; no rule and no criterion looks at them."""

_TYPES = {  # of NumPy: how PostgreSQL calls it, and how its binary form is written
    "u8": ("bigint", ">i8"),  # sixty-four bits, whatever they mean
    "i8": ("bigint", ">i8"),
    "u4": ("bigint", ">i8"),
    "i4": ("integer", ">i4"),
    "u2": ("integer", ">i4"),
    "i2": ("smallint", ">i2"),
    "u1": ("smallint", ">i2"),
    "i1": ("smallint", ">i2"),
    "f8": ("double precision", ">f8"),
    "f4": ("double precision", ">f8"),  # as the engine reckons with it
}

_OFFERINGS = """
CREATE TABLE offerings AS
SELECT
  {columns},
  (lpad(to_hex(id_high), 16, '0') || lpad(to_hex(id_low), 16, '0'))::uuid AS id,
  {words},
  CASE WHEN lon <> 'NaN' THEN ST_SetSRID(ST_MakePoint(lon, lat), 4326) END AS point,
  -- Where it may lie, as far as its point is known.
  CASE WHEN lon <> 'NaN' THEN ST_MakeEnvelope(
    lon - degrees(accuracy_m / {radius}) / cos(radians(lat)),
    lat - degrees(accuracy_m / {radius}),
    lon + degrees(accuracy_m / {radius}) / cos(radians(lat)),
    lat + degrees(accuracy_m / {radius}), 4326) END AS area,
  transport = 1 OR online = 1 AS reaches_out,
  lon = 'NaN' AND NOT EXISTS (
    SELECT FROM presence p WHERE p.municipality = loaded.municipality) AS of_nowhere,
  starts, ends, held, shortest,
  -- What is known of a kind, in each of its rows: a join would cost more than the bytes.
  participation, accompanies, required, term_days, usual_needs, first_needs, usual_audience
FROM loaded
JOIN kinds USING (kind)
LEFT JOIN (
  SELECT number, array_agg(slot_start ORDER BY slot) AS starts, array_agg(slot_end ORDER BY slot)
    AS ends, array_agg(held ORDER BY slot) AS held, min(slot_end - slot_start) AS shortest
  FROM slots GROUP BY number
) s USING (number)
ORDER BY number  -- the grid's: what lies together is stored together
"""

_INDEXES = (
    "ALTER TABLE offerings ADD PRIMARY KEY (number)",
    "CREATE INDEX ON offerings USING gist (area)",
    "CREATE INDEX ON offerings USING gist (area) WHERE reaches_out",
    "CREATE INDEX ON offerings (number) WHERE online = 1",
    "CREATE INDEX ON offerings (municipality) WHERE point IS NULL",
    "CREATE INDEX ON offerings (number) WHERE of_nowhere",
    "ALTER TABLE presence ADD PRIMARY KEY (block, municipality)",
    "ALTER TABLE texts ADD PRIMARY KEY (text)",
)


def load(connection: Connection, index: Index, codebook: Codebook, day: date) -> None:
    """Make the tables of an index, with the sessions of the weeks from a day.

    That the days are worked out beforehand, for one day, is in favour of the query: the engine
    works them out for whatever day is asked for.
    """
    assert index.overlay is None  # a home that nobody has changed
    columns = index.base.columns
    _load_rows(connection, columns)
    _load_slots(connection, index, day)
    _load_presence(connection, index)
    _load_kinds(connection, codebook)
    connection.execute("ANALYZE loaded, slots, presence, kinds")
    connection.execute(_offerings())
    connection.execute("DROP TABLE loaded, slots, kinds")
    _load_texts(connection, columns.texts)
    for statement in _INDEXES:
        connection.execute(statement)
    for table in ("offerings", "presence", "texts"):
        connection.execute(f"VACUUM (ANALYZE, FREEZE) {table}")
    connection.execute(
        "SELECT pg_prewarm(oid) FROM pg_class"
        " WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
    )


def _offerings() -> str:
    several = {name: int(kind[0]) for name, kind in COLUMNS.items() if kind[0].isdigit()}
    single = [n for n in COLUMNS if n not in (*NOT_NEEDED, *several, "id_high", "id_low")]
    words = []
    for name, n in several.items():
        parts = ", ".join(f"{name}_{k + 1}" for k in range(n))
        words.append(f"CASE WHEN greatest({parts}) >= 0 THEN ARRAY[{parts}] END AS {name}")
    return _OFFERINGS.format(
        columns=", ".join(["number", *single]), words=", ".join(words), radius=EARTH_RADIUS_M,
    )  # fmt: skip


def _load_rows(connection: Connection, columns: Columns) -> None:
    taken: list[tuple[str, str, Array]] = [("number", "i4", np.arange(len(columns)))]
    for name, kind in COLUMNS.items():
        if name in NOT_NEEDED:
            continue
        if kind[0].isdigit():  # a few numbers side by side
            for k in range(int(kind[0])):
                taken.append((f"{name}_{k + 1}", kind[1:], columns[name][:, k]))
        else:
            taken.append((name, kind, columns[name]))
    _copy(connection, "loaded", taken)


def _load_slots(connection: Connection, index: Index, day: date) -> None:
    columns = index.base.columns
    held, _ = index.base.masks(eve_of(day)).of(columns.slots["slot_selector"])
    n = np.diff(columns.pointer)
    _copy(
        connection,
        "slots",
        [
            ("slot", "i4", np.arange(len(columns.slots))),
            ("number", "i4", np.repeat(np.arange(len(columns)), n)),
            ("slot_start", "i2", columns.slots["slot_start"]),
            ("slot_end", "i2", columns.slots["slot_end"]),
            ("held", "u8", held),
        ],
    )


def _load_kinds(connection: Connection, codebook: Codebook) -> None:
    _copy(
        connection,
        "kinds",
        [
            ("kind", "i2", np.arange(len(codebook.kinds))),
            ("participation", "i2", codebook.participation),
            ("accompanies", "i2", codebook.accompanies),
            ("required", "i8", np.array(codebook.required, np.int64)),
            ("term_days", "f8", codebook.term_days),
            ("usual_needs", "u8", np.array(codebook.usual_needs, np.uint64)),
            ("first_needs", "u8", np.array(codebook.first_needs, np.uint64)),
            ("usual_audience", "i8", np.array(codebook.usual_audience, np.int64)),
        ],
    )


def _load_presence(connection: Connection, index: Index) -> None:
    """Where each municipality has places: tells which places without a point may be near."""
    pairs = np.array([*index.base.presence], dtype=object).reshape(-1, 2)
    _copy(
        connection,
        "presence",
        [
            ("block", "i8", pairs[:, 0].astype(np.int64)),
            ("municipality", "u8", pairs[:, 1].astype(np.uint64)),
        ],
    )


def _load_texts(connection: Connection, texts: dict[str, Array]) -> None:
    counts = np.diff(texts["text_pointer"])
    _copy(
        connection,
        "text_features",
        [
            ("text", "i4", np.repeat(np.arange(len(counts)), counts)),
            ("feature", "i4", texts["text_index"]),
            ("weight", "f4", texts["text_value"]),
        ],
    )
    connection.execute(
        "CREATE TABLE texts AS SELECT text, array_agg(feature ORDER BY feature) AS features,"
        " array_agg(weight ORDER BY feature) AS weights FROM text_features GROUP BY text"
    )
    connection.execute("DROP TABLE text_features")


def _copy(connection: Connection, table: str, taken: list[tuple[str, str, Array]]) -> None:
    """Make a table of some columns, with COPY in its binary form."""
    declared = ", ".join(f"{name} {_TYPES[kind][0]} NOT NULL" for name, kind, _ in taken)
    connection.execute(f"CREATE UNLOGGED TABLE {table} ({declared})")
    with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for block in _blocks(taken):
            copy.write(block)
        copy.write(b"\xff\xff")


def _blocks(taken: list[tuple[str, str, Array]]) -> Iterator[bytes]:
    """Return rows as COPY takes them: how many fields, and each with its length before it."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind, _ in taken:
        fields += [(f"length of {name}", ">i4"), (name, _TYPES[kind][1])]
    for start in range(0, len(taken[0][2]), AT_ONCE):
        n = min(AT_ONCE, len(taken[0][2]) - start)
        block = np.empty(n, np.dtype(fields))
        block["fields"] = len(taken)
        for name, kind, values in taken:
            block[f"length of {name}"] = np.dtype(_TYPES[kind][1]).itemsize
            some = values[start : start + n]
            block[name] = some.view(np.int64) if kind == "u8" else some
        yield block.tobytes()
