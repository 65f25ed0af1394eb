"""Reads a schedule that stands in columns: days, from, to, note and closing days, as labelled."""

from collections.abc import Iterable
from dataclasses import dataclass

from resources.schedule_said import UNSTATED
from resources.schedule_text import Parsed, parse_schedule
from resources.schedule_weekcolumns import order_of, values_for_weekdays

UNSAID = ("", "-", "ー", "－", "―", "—")
NOTHING = ("", "なし", "特になし", "無し", *UNSAID)
"""What a note says that says nothing. Of closing days なし says that there are none."""


@dataclass(frozen=True)
class Columns:
    """The cells of one row, as they are written.

    start : from when; without an `end` it may hold a whole expression
    closed : closing days, whatever they are called in the table (休業日, 定休日, 休館日)
    """

    days: str = ""
    start: str = ""
    end: str = ""
    note: str = ""
    closed: str = ""


def words_of_columns(row: Columns) -> str | None:
    """Return what the cells say in one line of their own words; None where they say nothing."""
    start, end = row.start.strip(), row.end.strip()
    hours = f"{start}～{end}" if end not in UNSAID else "" if start in UNSAID else start
    if start in UNSAID and end not in UNSAID:
        hours = f"～{end}"
    shut = "" if row.closed.strip() in UNSAID else f"休業日：{row.closed}"
    parts = (" ".join(part.split()) for part in (row.days, hours, row.note, shut))
    return " ".join(part for part in parts if part not in UNSAID) or None


def parse_columns(row: Columns, order: str | None = None) -> Parsed:
    """Read a row as one expression: a note may limit what the columns say.

    Parameters
    ----------
    row : the cells
    order : the days of seven values side by side, where the table tells it (`order_in`)

    Returns
    -------
    As `parse_schedule`. Besides, a row is refused that has an end without a start, or hours in two
    columns and no word of days: on which days it is open isn't said, and every day would be a
    guess. Where days have no hours, those of a note may be meant for something else.

    Examples
    --------
    Columns(start="9:00～17:00", closed="月曜日、年末年始") : each day but Mondays and the new year
    """
    note = "" if row.note.strip() in NOTHING else row.note
    row = Columns(row.days.strip(), row.start.strip(), row.end.strip(), note, row.closed.strip())
    text = words_of_columns(row) or ""
    if row.end not in UNSAID:
        days_unsaid = row.days in UNSAID and not row.closed and not values_for_weekdays(row.start)
        if row.start in UNSAID or days_unsaid:
            return Parsed(None, text)
    parsed = parse_schedule(text, order)
    rules = () if parsed.said is None else parsed.said.rules
    of_note_alone = row.days not in UNSAID and row.start in UNSAID
    if of_note_alone and any(rule.hours != UNSTATED for rule in rules):
        return Parsed(None, note)
    return parsed


def order_in(rows: Iterable[Columns]) -> str | None:
    """Return the order of the days of seven values in a table, where its rows tell just one.

    A table has one order. It is told by rows of which the note names days and their hours; where
    these don't agree, or none does, it isn't known.
    """
    told = {order_of(words_of_columns(row) or "") for row in rows} - {None}
    return told.pop() if len(told) == 1 else None
