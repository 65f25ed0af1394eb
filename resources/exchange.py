"""The whole catalogue as JSON Lines, out and in, without loss.

The first line says what the file is; every other line is one row of one table. The form is
described by schemas/catalogue.schema.json.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.catalogue_rows import unusable
from resources.changes import plain
from resources.editing import TOGETHER
from resources.exchange_rows import Named
from resources.exchange_values import NotHeld, held
from resources.import_report import FileReport, Outcome, Told
from resources.lists_usable import lists_unusable
from resources.merged import Merge, NotSame
from resources.models import (
    Agency,
    AgencyLink,
    Base,
    District,
    Location,
    Offering,
    Organization,
    Resource,
    TaxonomyTerm,
)
from resources.moments import Moment
from resources.sources.rows import BadFile
from resources.strict_json import NotJson, checked, parsed_once
from resources.terms import read_vocabulary
from resources.vocabulary import Vocabulary, default_vocabulary
from resources.witnessed import HostAsked, SessionSeen

FORMAT = 1

# In an order in which each row finds those it refers to.
TABLES: dict[str, type[Base]] = {
    "taxonomy_term": TaxonomyTerm,
    "district": District,
    "agency": Agency,
    "agency_link": AgencyLink,
    "organization": Organization,
    "resource": Resource,
    "location": Location,
    "offering": Offering,
    "session_seen": SessionSeen,
    "host_asked": HostAsked,
    "merge": Merge,
    "not_same": NotSame,
}

OURS = ("version",)
"""Columns that count the writes of one database, and mean nothing in another."""

LISTS = "taxonomy_term"

BATCH = 500

Line = tuple[int, str, dict[str, Any]]
"""A row with the number of its line and its table."""


def _columns(table: type[Base]) -> list[Any]:
    return [c for c in inspect(table).columns if c.key not in OURS]


def _keys(table: type[Base]) -> list[Any]:
    return list(inspect(table).primary_key)


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(tz=UTC).isoformat()
    return plain(value)


def export_catalogue(session: Session, out: TextIO) -> int:
    """Write every row of the catalogue, in a fixed order; return how many there are."""
    out.write(_line({"type": "catalogue", "format": FORMAT}) + "\n")
    count = 0
    for name, table in TABLES.items():
        columns = _columns(table)
        statement = select(*columns).order_by(*_keys(table)).execution_options(yield_per=5_000)
        for row in session.execute(statement):
            facts = {c.key: _out(v) for c, v in zip(columns, row, strict=True)}
            out.write(_line({"type": name, **facts}) + "\n")
            count += 1
    return count


def import_catalogue(
    session: Session, lines: Iterable[str], *, by: str, name: str = "catalogue"
) -> FileReport:
    """Bring a written catalogue in: rows are added, or changed where they differ.

    Rows that the file doesn't name stay. A moment that an added row doesn't say is now.
    A line that can't be used refuses the whole file. Raises `BadFile` with the line's number.
    """
    changes.acting(session, by=by)
    report = FileReport(name)
    lists: Vocabulary | None = read_vocabulary(session) or default_vocabulary()
    last_term = 0
    named = Named(session)
    for batch in _batches(_read(lines)):
        if batch[0][1] == LISTS:
            lists, last_term = None, batch[-1][0]
        elif lists is None:
            lists = _new_lists(session, last_term)
        _take_in(session, batch, report, lists or default_vocabulary(), named)
    if lists is None:
        _new_lists(session, last_term)
    return report


def _batches(rows: Iterable[Line]) -> Iterator[list[Line]]:
    """Give the rows in runs of one table each, none too long."""
    batch: list[Line] = []
    for row in rows:
        if batch and (batch[0][1] != row[1] or len(batch) >= BATCH):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _new_lists(session: Session, line: int) -> Vocabulary:
    """Return the closed lists that the file leaves; raise `BadFile` where they can't be used."""
    lists = read_vocabulary(session) or default_vocabulary()
    wrong = lists_unusable(lists, session.scalars(select(TaxonomyTerm)))
    if wrong is not None:
        raise _bad(line, *wrong)
    return lists


def _read(lines: Iterable[str]) -> Iterator[Line]:
    first = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        data = checked(parsed_once(line))
        if isinstance(data, NotJson):
            raise BadFile(f"{number} 行目: {data.ja}", f"Line {number}: {data.en}")
        if not isinstance(data, dict):
            raise _bad(number, "オブジェクトではありません", "is not an object")
        kind = data.pop("type", None)
        if first:
            form = data.get("format")
            if kind != "catalogue" or form != FORMAT or isinstance(form, bool):
                raise BadFile(
                    f"カタログではありません。1 行目は type catalogue、format {FORMAT} です。",
                    f"This is no catalogue; its first line has type catalogue, format {FORMAT}.",
                )
            first = False
            continue
        if not isinstance(kind, str) or kind not in TABLES:
            raise _bad(
                number, f"type が決められたもの（{'、'.join(TABLES)}）ではありません",
                f"has an unknown type (known: {', '.join(TABLES)})",
            )  # fmt: skip
        yield number, kind, data
    if first:
        raise BadFile(
            "ファイルが空です。カタログのファイルを指定してください。",
            "The file is empty; give a catalogue file.",
        )


def _bad(line: int, ja: str, en: str) -> BadFile:
    return BadFile(
        f"{line} 行目: {ja}。直してからもう一度読み込んでください。",
        f"Line {line} {en}; correct it and import again.",
    )


def _take_in(
    session: Session, batch: list[Line], report: FileReport, lists: Vocabulary, named: Named
) -> None:
    kind = batch[0][1]
    table, now = TABLES[kind], clock.now()
    columns = {c.key: c for c in _columns(table)}
    keys = [c.key for c in _keys(table)]
    moments = [k for k, c in columns.items() if isinstance(c.type, Moment) and not c.nullable]
    rows = [(n, _values(n, facts, columns)) for n, _, facts in batch]
    for number, values in rows:
        if any(values.get(k) is None for k in keys):
            raise _bad(number, "キーがありません", "has no key")
    known = _known(session, table, keys, [v for _, v in rows])
    for number, values in rows:
        report.rows += 1
        identity = tuple(values[k] for k in keys)
        stored = known.get(identity)
        beside = {} if stored is None else {n: getattr(stored, n) for n in TOGETHER.get(kind, ())}
        useless = unusable(kind, {**beside, **values}, lists)
        if useless is not None:
            raise _bad(number, *useless)
        if stored is None:
            values.update({k: now for k in moments if k not in values})
            _check_complete(number, values, columns)
            stored = table(**values)
            session.add(stored)
            known[identity] = stored
            report.tell(Told(number, "added", _name(table, values)))
            continue
        differing = {k: v for k, v in values.items() if getattr(stored, k) != v}
        for key, value in differing.items():
            setattr(stored, key, value)
        if differing and "edited_at" in moments and "edited_at" not in values:
            stored.edited_at = now
        fields = tuple((table.__tablename__, key) for key in differing)
        outcome: Outcome = "changed" if differing else "unchanged"
        report.tell(Told(number, outcome, _name(table, values), fields))
    wrong = named.problem(table, rows)
    if wrong is not None:
        raise _bad(*wrong)
    try:
        session.flush()
    except DBAPIError:
        first, last = rows[0][0], rows[-1][0]
        raise BadFile(
            f"{first}～{last} 行目: ほかの行と矛盾する行があります。直して読み込み直してください。",
            f"Lines {first}–{last}: a row contradicts another; correct it, import again.",
        ) from None


def _name(table: type[Base], values: dict[str, Any]) -> str | None:
    """Return what a row is called; a location's own name may tell where a hidden place is."""
    name = None if table is Location else values.get("name") or values.get("ja")
    return name if isinstance(name, str) else None


def _known(
    session: Session, table: type[Base], keys: list[str], rows: list[dict[str, Any]]
) -> dict[tuple[Any, ...], Any]:
    first = getattr(table, keys[0])
    wanted = {row[keys[0]] for row in rows}
    found = session.scalars(select(table).where(first.in_(wanted)))
    return {tuple(getattr(r, k) for k in keys): r for r in found}


def _values(number: int, facts: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(columns) - set(OURS))
    if unknown:
        raise _bad(
            number, f"{unknown[0]} という項目はありません", f"has an unknown field {unknown[0]}"
        )
    out = {}
    for key, value in facts.items():
        if key in OURS:
            continue
        try:
            out[key] = held(value, columns[key])
        except NotHeld as error:
            raise _bad(
                number, f"{key} の値が正しくありません{error.ja}",
                f"has a bad value in {key}{error.en}",
            ) from None  # fmt: skip
    return out


def _check_complete(number: int, values: dict[str, Any], columns: dict[str, Any]) -> None:
    for key, column in columns.items():
        missing = values.get(key) is None
        if missing and not column.nullable and column.default is None:
            raise _bad(number, f"{key} がありません", f"has no {key}")
