"""A file in parts that are written one by one, and one report of what became of all of them."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from resources.database import as_json_text
from resources.import_report import MOST_TOLD, FileReport, Reported, Settled
from resources.import_sorting import ToWrite, reported_row
from resources.import_writing import Written
from resources.importing import similar_rows
from resources.municipal_rows import header_of_row
from resources.sources.opendata import Reader, Table
from resources.sources.reasons import BadRow
from resources.sources.rows import Row


def parts_of(reader: Reader, rows: Sequence[ToWrite], most: int) -> Iterator[bytes]:
    """Yield rows in parts that can be written at once, in any order, by whoever knows a part.

    What belongs together stays in one part: rows of one group. A host that several parts may add
    is told with all of them, as the first row says it.

    most : rows in a part, but for a group that has more
    """
    table = reader.table
    numbers: dict[str, str | None] = {}
    groups: dict[int, list[ToWrite]] = {}
    for one in rows:
        name, number = reader.host(one.row)
        if name is not None:
            numbers.setdefault(name, number)
        groups.setdefault(one.group, []).append(one)
    whole = {
        "source": table.source,
        "layout": table.layout,
        "file_kind": table.file_kind,
        "columns": table.header.names,
    }
    for part in _packed(groups.values(), most):
        names = {reader.host(one.row)[0] for one in part}
        told = {
            **whole,
            "hosts": {name: number for name, number in numbers.items() if name in names},
            "rows": [[one.row.line, *one.row.cells] for one in sorted(part, key=_line)],
        }
        yield as_json_text(told).encode()


def _line(one: ToWrite) -> int:
    return one.row.line


def _packed(groups: Any, most: int) -> Iterator[list[ToWrite]]:
    part: list[ToWrite] = []
    for group in groups:
        if part and len(part) + len(group) > most:
            yield part
            part = []
        part.extend(group)
    if part:
        yield part


def rows_of_part(
    content: bytes,
) -> tuple[Reader, list[ToWrite], dict[str, str | None], list[Reported]]:
    """Return what `parts_of` wrote: rows that are to be written, and the numbers of their hosts.

    Besides, the rows that this program doesn't take in though the one that made the part did.
    """
    told = json.loads(content)
    header = header_of_row(tuple(told["columns"]))
    rows = [Row(line, tuple(cells)) for line, *cells in told["rows"]]
    reader = Reader(Table(told["source"], told["layout"], header, rows, told["file_kind"]))
    good: list[ToWrite] = []
    bad: list[Reported] = []
    for row in rows:
        try:
            good.append(ToWrite(row, reader.named(row), 0))
        except BadRow as error:
            bad.append(reported_row(reader, row, error))
    return reader, good, told["hosts"], bad


def part_as_json(reported: Sequence[Reported], written: Written) -> dict[str, Any]:
    """Return what became of some rows, as the database keeps it."""
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    told = []
    for row in sorted(written.settled):
        counts[row.outcome] += 1
        if counts[row.outcome] <= MOST_TOLD:
            told.append([row.line, row.outcome, row.name, [list(field) for field in row.fields]])
    return {
        "counts": counts,
        "told": told,
        "added": {str(resource): line for resource, line in written.added.items()},
        "confirmed": written.confirmed,
        "reported": [[r.line, r.ja, r.en, r.name] for r in reported],
    }


def report_of_parts(session: Session, name: str, parts: Sequence[Mapping[str, Any]]) -> FileReport:
    """Return what is said of a file of which all parts are written."""
    reported = [
        Reported(line, ja, en, name=called)
        for part in parts
        for line, ja, en, called in part["reported"]
    ]
    report = FileReport(name, reported=sorted(reported, key=lambda row: row.line))
    told = [
        Settled(line, outcome, called, tuple((table, column) for table, column in fields))
        for part in parts
        for line, outcome, called, fields in part["told"]
    ]
    for row in sorted(told):
        report.settle(row)
    # Each part tells of its first rows, so the first of all are among them; all are counted.
    for outcome in ("added", "changed", "unchanged"):
        setattr(report, outcome, sum(part["counts"][outcome] for part in parts))
    report.rows = report.added + report.changed + report.unchanged + len(reported)
    report.verified = sum(part["confirmed"] for part in parts)
    added = {uuid.UUID(i): line for part in parts for i, line in part["added"].items()}
    report.similar = similar_rows(session, added)
    return report
