"""Municipal open data: what each row of a table says of a place, and nothing it doesn't say."""

import hashlib
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from geodata.coordinates import is_in_japan
from resources import clock, schedules
from resources.days import DAYS
from resources.schedule_columns import Columns, parse_columns, words_of_columns
from resources.sources import hours
from resources.sources.dates import day_of
from resources.sources.headers import Header, find_header, layouts, names_a_column
from resources.sources.reasons import BadRow
from resources.sources.rows import BadFile, Row, is_storable
from resources.sources.tables import MOST_BYTES, read_sheets
from resources.vocabulary import default_vocabulary

LONGEST = {"name": 300, "kana": 300, "alias": 300, "address": 500, "organization": 300}


@dataclass(frozen=True)
class Place:
    """What a row says: fields of the tables of the same names."""

    line: int
    key: str
    organization: str | None
    corporate_number: str | None
    resource: dict[str, Any]
    location: dict[str, Any]
    offering: dict[str, Any]
    # The row by header; `entry` and `verified_on` are what a file of our own says besides.
    original: dict[str, str]
    entry: uuid.UUID | None = None
    verified_on: date | None = None


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


def place_of(table: Table, row: Row) -> Place:
    """Return what a row says. Raises `BadRow`."""
    header = table.header
    if not all(map(is_storable, row.cells)):
        raise BadRow("unstorable")
    extra = row.cells[len(header.names) :]
    if any(c.strip() for c in extra):
        raise BadRow("too_many_cells")

    def cell(meaning: str) -> str:
        column = header.columns.get(meaning)
        if column is None or column >= len(row.cells):
            return ""
        value = _composed(row.cells[column]).strip(" \t\r\n\u3000")
        most = LONGEST.get(meaning)
        if most is not None and len(value) > most:
            raise BadRow("too_long", column=header.names[column].strip(), most=most)
        return value

    name = " ".join(cell("name").split())
    if not name:
        raise BadRow("no_name")
    if names_a_column(name):
        raise BadRow("header_again")
    lon, lat = _point(cell("lon"), cell("lat"))
    organization = " ".join(cell("organization").split())
    resource = {
        "name": name,
        "kind": _own_kind(cell("entry_kind")) or _kind(table, cell("type"), name),
        "name_kana": cell("kana") or None,
        "alias": cell("alias") or None,
        "description": cell("description") or None,
        "phone": cell("phone")[:100] or None,
        "email": cell("email")[:300] or None,
        "url": _url(cell("url")),
        "contact_note": cell("note") or None,
        "age_min": _age(cell("age")),
    }
    location = {
        "name": None,
        "address": cell("address") or None,
        "prefecture": cell("prefecture")[:10] or None,
        "city": cell("city")[:40] or None,
        "building": cell("building")[:200] or None,
        "postcode": cell("postcode") if re.fullmatch(r"\d{3}-?\d{4}", cell("postcode")) else None,
        "accessibility": cell("accessibility") or None,
        "lon": lon,
        "lat": lat,
        "point_level": None if lon is None else "point",
        "point_source": None if lon is None else "file",
    }
    number = re.fullmatch(r"\d{13}", cell("corporate_number"))
    entry, verified_on = _entry(cell("entry")), day_of(cell("verified_on"))
    return Place(
        row.line,
        f"catalogue:{entry}" if entry else _key(cell("id"), name, cell("address")),
        organization or None,
        number[0] if number else None,
        resource,
        location,
        _offering(table, row, cell),
        _original(header, row),
        entry,
        None if verified_on is None or verified_on > clock.today() else verified_on,
    )


_FORMS = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")


def _composed(text: str) -> str:
    """Return kana in one piece (か and ゛ as が), and every character in the form it was written.

    NFC alone would make another character of an old form (U+FA1B) that stands in names.
    """
    return _FORMS.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _offering(table: Table, row: Row, cell: Any) -> dict[str, Any]:
    header = table.header
    note = cell("hours_note")
    if len(header.weekdays) == 7:
        each = {day: (_at(row, a), _at(row, b)) for day, (a, b) in header.weekdays.items()}
        schedule = hours.schedule_of_weekdays(each, note)
        said = "、".join(
            f"{'月火水木金土日'[i]}{a}～{b}"
            for i, (a, b) in enumerate(each[day] for day in DAYS)
            if a.strip() not in ("", "-")
        )
        words: str | None = "。".join(x for x in (said, note) if x) or None
    else:
        days, start, end = cell("days"), cell("start"), cell("end")
        closed = cell("closed_days")
        columns = Columns(days, start, end, note, closed)
        schedule, words = parse_columns(columns).schedule, words_of_columns(columns)
        dated = "～".join(dict.fromkeys(x for x in (cell("first_on"), cell("last_on")) if x))
        words = " ".join(x for x in (dated, words) if x) or None
    return {
        "schedule": None if schedule is None else schedules.to_json(schedule),
        "schedule_text": words,
        "capacity": _count(cell("capacity")),
        "ends_on": day_of(cell("last_on")),
    }


def _at(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def _original(header: Header, row: Row) -> dict[str, str]:
    """Return the whole row by header, so that nothing of the file is lost."""
    out: dict[str, str] = {}
    for i, named in enumerate(header.names):
        if named in header.ours:
            continue
        name = named.strip() or f"#{i + 1}"
        # A row may end before its empty cells; the columns tell the layout all the same.
        out[name if name not in out else f"{name} #{i + 1}"] = _at(row, i)
    return out


def _key(number: str, name: str, address: str) -> str:
    """Return what tells a row from the others when the file is read again.

    The file's own number where it has one (a bare row number is none); else name and address.
    """
    if number and (len(number) >= 5 or not number.isdigit()):
        return f"id:{number}"[:300]
    if number:
        return f"id:{number}:{_digest(name)[:8]}"
    return f"at:{_digest(name, address)}"


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
        return _entry(row.cells[column].strip())
    except BadRow:
        return None


def _entry(text: str) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadRow("bad_entry") from None


def _own_kind(code: str) -> str | None:
    """Return the kind that a file of our own names; a code that isn't known says nothing."""
    return code if code in default_vocabulary().codes("kind") else None


def _digest(*parts: str) -> str:
    flat = "|".join(re.sub(r"\s", "", unicodedata.normalize("NFKC", p)) for p in parts)
    return hashlib.sha256(flat.encode()).hexdigest()[:32]


def _point(lon: str, lat: str) -> tuple[float | None, float | None]:
    if not lon and not lat:
        return None, None
    if not lon or not lat:
        raise BadRow("half_a_point")
    try:
        x, y = float(unicodedata.normalize("NFKC", lon)), float(unicodedata.normalize("NFKC", lat))
    except ValueError:
        raise BadRow("not_a_number") from None
    if not is_in_japan(x, y):
        raise BadRow("swapped" if is_in_japan(y, x) else "outside")
    return x, y


def _url(text: str) -> str | None:
    first = text.split()[0] if text.split() else ""
    return first if re.match(r"https?://\S+$", first) and len(first) <= 2000 else None


def _age(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,3})歳から", unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None


def _count(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,6})\s*(?:人|名)?", unicodedata.normalize("NFKC", text).strip())
    return int(match[1]) if match else None


def _kind(table: Table, row_type: str, name: str) -> str:
    """Return the kind of a row: by layout, its own words, the file's name, or other facility."""
    if table.header.kind is not None:
        return table.header.kind
    said = {"type": row_type, "name": name}
    for entry in layouts()["words"]:
        text = unicodedata.normalize("NFKC", said[entry["where"]])
        by_file = table.file_kind is not None and entry["where"] == "name"
        if not by_file and any(w in text for w in entry["words"]):
            return str(entry["kind"])
    return table.file_kind or table.header.fallback or "facility"
