"""Municipal open data: what each row of a table says of a place, and nothing it doesn't say."""

import re
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

from resources import clock, schedules
from resources.days import DAYS
from resources.schedule_columns import Columns, parse_columns, words_of_columns
from resources.sources import hours
from resources.sources.cells import (
    age_of,
    composed,
    count_of,
    entry_of,
    key_of,
    kind_said,
    own_kind,
    point_of,
    url_of,
)
from resources.sources.dates import day_of
from resources.sources.headers import Header, find_header, layouts, names_a_column
from resources.sources.reasons import BadRow
from resources.sources.rows import BadFile, Row, is_storable
from resources.sources.tables import MOST_BYTES, read_sheets

Said = Callable[[str], str]
"""What a row says by meaning, without the blanks around it."""

_BLANK = " \t\r\n\u3000"
_BEYOND = ("entry", "verified_on")
"""Meanings of which nothing is kept with a row, and that say something of its entry."""

LONGEST = {"name": 300, "kana": 300, "alias": 300, "address": 500, "organization": 300}


@dataclass(slots=True)  # freezing would take most of the time to make one
class Named:
    """Which row it is, of one that can be taken in: what is read of it without what it says.

    entry, verified_on : what a file of our own says besides
    """

    line: int
    name: str
    key: str
    entry: uuid.UUID | None
    verified_on: date | None


@dataclass(slots=True)
class Place(Named):
    """What a row says: fields of the tables of the same names."""

    organization: str | None
    corporate_number: str | None
    resource: dict[str, Any]
    location: dict[str, Any]
    offering: dict[str, Any]
    original: dict[str, str]  # the row by header


@dataclass(frozen=True)
class Table:
    """A table of places that was recognised."""

    source: str
    layout: str
    header: Header
    rows: list[Row]
    file_kind: str | None


def read_table(path: Path, *, max_bytes: int = MOST_BYTES, encoding: str | None = None) -> Table:
    """Read a file and recognise its layout. Raises `BadFile`."""
    rows, header = _with_header(read_sheets(path, max_bytes=max_bytes, encoding=encoding))
    numbered = {i for i, name in enumerate(header.names) if name.strip() == "#property"}
    data = [
        r
        for r in rows
        if r.line > header.line
        and any(c.strip() for i, c in enumerate(r.cells) if i not in numbered and c[:1] != "←")
    ]
    if not data:
        raise BadFile(
            "見出しだけで、施設の行がありません。行を加えてください。",
            "There is a header and no row; add rows.",
        )
    stem = dataset_name(path.name)
    kind = next((n["kind"] for n in layouts()["named"] if n["part"] in stem), None)
    code = _municipality(header, data)
    return Table(f"opendata:{code}:{stem}", header.layout, header, data, kind)


def _with_header(sheets: list[list[Row]]) -> tuple[list[Row], Header]:
    """Return the first sheet that has a header; a cover sheet may stand before it."""
    first: BadFile | None = None
    for rows in sheets:
        try:
            return rows, find_header(rows)
        except BadFile as error:
            first = first or error
    assert first is not None, "there is at least one sheet"
    raise first


def dataset_name(file_name: str) -> str:
    """Return what a file is called without codes, dates and counters before and after."""
    stem = unicodedata.normalize("NFKC", file_name).lower().rsplit(".", 1)[0]
    stem = re.sub(r"^\d{5,6}_", "", stem)
    return re.sub(r"([-_ (]+\d+\)?)+$", "", stem)[:80] or "table"


def _municipality(header: Header, rows: list[Row]) -> str:
    column = header.columns.get("municipality")
    if column is None:
        return "unknown"
    for row in rows:
        value = row.cells[column].strip() if column < len(row.cells) else ""
        if re.fullmatch(r"\d{5,6}", value):
            return value
    return "unknown"


class Reader:
    """Reads the rows of one table; what many rows say alike is read once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._header = table.header
        self._columns = table.header.columns
        self._width = len(table.header.names)
        self._kept_as = [name for _, name in table.header.kept]
        self._kept = _of_columns([i for i, _ in table.header.kept])
        self._beyond = [self._columns[m] for m in _BEYOND if m in self._columns]
        self._hours: dict[Any, tuple[dict[str, Any] | None, str | None]] = {}

    def named(self, row: Row) -> Named:
        """Return which row it is, having made sure that it can be taken in. Raises `BadRow`."""
        if not is_storable("".join(row.cells)):
            raise BadRow("unstorable")
        if any(c.strip() for c in row.cells[len(self._header.names) :]):
            raise BadRow("too_many_cells")
        said = self._said(row)
        name = self._name(said)
        if not name:
            raise BadRow("no_name")
        if names_a_column(name):
            raise BadRow("header_again")
        point_of(said("lon"), said("lat"))
        for meaning in ("organization", "kana", "alias", "address"):
            self._bounded(meaning, said(meaning))
        entry = entry_of(said("entry"))
        verified_on = day_of(said("verified_on"))
        return Named(
            row.line,
            name,
            f"catalogue:{entry}" if entry else key_of(said("id"), name, said("address")),
            entry,
            None if verified_on is None or verified_on > clock.today() else verified_on,
        )

    def named_as(self, key: str, row: Row) -> Named:
        """Return which row it is, of one that said all that it says when it was taken in before."""
        name = composed(_at(row, self._columns["name"]))
        return Named(row.line, " ".join(name.split()), key, None, None)

    def is_kept_whole(self, row: Row) -> bool:
        """Tell whether a row says nothing beyond what is kept of it."""
        header = self._header
        if not header.keeps_all or len(row.cells) > len(header.names):
            return False
        return not any(_at(row, i).strip(_BLANK) for i in self._beyond)

    def original(self, row: Row) -> dict[str, str]:
        """Return the whole row by header, so that nothing of the file is lost."""
        cells = row.cells
        # A row may end before its empty cells; the columns tell the layout all the same.
        if (missing := self._width - len(cells)) > 0:
            cells += ("",) * missing
        return dict(zip(self._kept_as, self._kept(cells), strict=True))

    def host(self, row: Row) -> tuple[str | None, str | None]:
        """Return who runs the place, and their corporate number, as far as the row says."""
        return self._host(self._said(row))

    def place(self, row: Row, named: Named) -> Place:
        """Return what a row says that can be taken in."""
        cell = self._said(row)
        lon, lat = point_of(cell("lon"), cell("lat"))
        organization, number = self._host(cell)
        resource = {
            "name": named.name,
            "kind": own_kind(cell("entry_kind"))
            or kind_said(self._header, self.table.file_kind, cell("type"), named.name),
            "name_kana": cell("kana") or None,
            "alias": cell("alias") or None,
            "description": cell("description") or None,
            "phone": cell("phone")[:100] or None,
            "email": cell("email")[:300] or None,
            "url": url_of(cell("url")),
            "contact_note": cell("note") or None,
            "age_min": age_of(cell("age")),
        }
        postcode = cell("postcode")
        location = {
            "name": None,
            "address": cell("address") or None,
            "prefecture": cell("prefecture")[:10] or None,
            "city": cell("city")[:40] or None,
            "building": cell("building")[:200] or None,
            "postcode": postcode if re.fullmatch(r"\d{3}-?\d{4}", postcode) else None,
            "accessibility": cell("accessibility") or None,
            "lon": lon,
            "lat": lat,
            "point_level": None if lon is None else "point",
            "point_source": None if lon is None else "file",
        }
        schedule, words = self._schedule(row, cell)
        return Place(
            *(named.line, named.name, named.key, named.entry, named.verified_on),
            organization,
            number,
            resource,
            location,
            {
                "schedule": schedule,
                "schedule_text": words,
                "capacity": count_of(cell("capacity")),
                "ends_on": day_of(cell("last_on")),
            },
            self.original(row),
        )

    def _said(self, row: Row) -> Said:
        """Return what gives a cell by its meaning; "" where the row has none."""
        cells = row.cells
        # Parts of a text that is in one piece are so too.
        if unicodedata.is_normalized("NFC", "".join(cells)):
            texts = [cell.strip(_BLANK) for cell in cells]
        else:
            texts = [composed(cell).strip(_BLANK) for cell in cells]
        there = len(texts)
        said = {meaning: texts[i] for meaning, i in self._columns.items() if i < there}
        return lambda meaning: said.get(meaning, "")

    def _bounded(self, meaning: str, text: str) -> str:
        most = LONGEST[meaning]
        if len(text) > most:
            column = self._header.names[self._columns[meaning]].strip()
            raise BadRow("too_long", column=column, most=most)
        return text

    def _name(self, said: Said) -> str:
        return " ".join(self._bounded("name", said("name")).split())

    def _host(self, said: Said) -> tuple[str | None, str | None]:
        name = " ".join(said("organization").split())
        number = re.fullmatch(r"\d{13}", said("corporate_number"))
        return name or None, number[0] if number else None

    def _schedule(self, row: Row, cell: Said) -> tuple[dict[str, Any] | None, str | None]:
        """Return the schedule as the database keeps it, and its words."""
        header = self._header
        said: Any
        if len(header.weekdays) == 7:
            each = {day: (_at(row, a), _at(row, b)) for day, (a, b) in header.weekdays.items()}
            said = (*each.items(), cell("hours_note"))
            if said not in self._hours:
                self._hours[said] = _hours_of_weekdays(each, cell("hours_note"))
        else:
            said = tuple(map(cell, _HOURS))
            if said not in self._hours:
                self._hours[said] = _hours_of_columns(*said)
        return self._hours[said]


_HOURS = ("days", "start", "end", "hours_note", "closed_days", "first_on", "last_on")


def _hours_of_weekdays(
    each: dict[str, tuple[str, str]], note: str
) -> tuple[dict[str, Any] | None, str | None]:
    schedule = hours.schedule_of_weekdays(each, note)
    said = "、".join(
        f"{'月火水木金土日'[i]}{a}～{b}"
        for i, (a, b) in enumerate(each[day] for day in DAYS)
        if a.strip() not in ("", "-")
    )
    words = "。".join(x for x in (said, note) if x) or None
    return None if schedule is None else schedules.to_json(schedule), words


def _hours_of_columns(
    days: str, start: str, end: str, note: str, closed: str, first_on: str, last_on: str
) -> tuple[dict[str, Any] | None, str | None]:
    columns = Columns(days, start, end, note, closed)
    schedule, words = parse_columns(columns).schedule, words_of_columns(columns)
    dated = "～".join(dict.fromkeys(x for x in (first_on, last_on) if x))
    words = " ".join(x for x in (dated, words) if x) or None
    return None if schedule is None else schedules.to_json(schedule), words


def _of_columns(columns: Sequence[int]) -> Callable[[tuple[str, ...]], Sequence[str]]:
    """Return what takes these columns' cells out of a row."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda cells: [cells[i] for i in columns]


def place_of(table: Table, row: Row) -> Place:
    """Return what a row says. Raises `BadRow`."""
    reader = Reader(table)
    return reader.place(row, reader.named(row))


def _at(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def name_in(table: Table, row: Row) -> str | None:
    """Return what a row calls itself, however bad it is otherwise; None where it says nothing."""
    name = _at(row, table.header.columns["name"]).strip()[: LONGEST["name"]]
    return name if name and is_storable(name) else None


def entry_named(table: Table, row: Row) -> uuid.UUID | None:
    """Return the entry of the catalogue that a row names itself; None where it names none."""
    column = table.header.columns.get("entry")
    if column is None or column >= len(row.cells):
        return None
    try:
        return entry_of(row.cells[column].strip())
    except BadRow:
        return None
