"""Cells of a CSV file that a spreadsheet would take for a formula: made harmless, and restored.

An apostrophe is put before a cell that begins with one of the leads (or with apostrophes and then
one); the reader takes one apostrophe off such a cell again, so nothing is lost on the way.
"""

import re

LEADS = "=+\\-@\t\r\n＝＋－＠"
_WOULD_RUN = re.compile(f"'*[{LEADS}]")
_DEFUSED = re.compile(f"'+[{LEADS}]")


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _WOULD_RUN.match(cell) else cell


def restored(cell: str) -> str:
    """Return what a cell said before it was defused."""
    return cell[1:] if _DEFUSED.match(cell) else cell
