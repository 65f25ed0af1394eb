"""The report on a file as people read it: which rows, what becomes of each, and why."""

import uuid
from dataclasses import dataclass
from typing import Any

from api.changes_shown import field_name
from api.words import say

SHOWN = 300
"""How many rows of what goes well a page lists; all that is refused is listed."""


@dataclass(frozen=True)
class RowShown:
    """A row of the file; `says` is the reason, or which fields change."""

    line: int
    name: str
    says: str


@dataclass(frozen=True)
class SimilarShown:
    line: int
    name: str
    other: uuid.UUID
    other_name: str
    alike: str


@dataclass(frozen=True)
class ReportShown:
    """problem : why the file can't be used as a whole; then all else is empty.

    more : by list, how many rows of it aren't shown
    """

    problem: str | None
    counts: dict[str, int]
    refused: list[RowShown]
    warned: list[RowShown]
    similar: list[SimilarShown]
    added: list[RowShown]
    changed: list[RowShown]
    more: dict[str, int]

    @property
    def brings_something(self) -> bool:
        return bool(self.counts.get("added") or self.counts.get("changed"))


def report_shown(report: dict[str, Any] | None, language: str) -> ReportShown | None:
    """Put a kept report into words; None where there is none yet."""
    if report is None:
        return None
    if "problem" in report:
        ja, en = report["problem"]
        problem = ja if language == "ja" else en
        return ReportShown(problem, {}, [], [], [], [], [], {})
    counts = {
        "rows": report["rows"], "added": report["added"], "changed": report["changed"],
        "unchanged": report["unchanged"], "refused": report["reported_count"],
        "warned": report["warned_count"], "similar": report["similar_count"],
        "verified": report["verified"] or 0,
    }  # fmt: skip
    lists: dict[str, list[Any]] = {
        "refused": [_reason(row, language) for row in report["reported"]],
        "warned": [_reason(row, language) for row in report["warned"]],
        "similar": [_similar(row, language) for row in report["similar"]][:SHOWN],
        "added": [_row(row, language) for row in report["told"]["added"][:SHOWN]],
        "changed": [_row(row, language) for row in report["told"]["changed"][:SHOWN]],
    }
    more = {name: counts[name] - len(rows) for name, rows in lists.items()}
    return ReportShown(None, counts, **lists, more=more)


def _reason(row: list[Any], language: str) -> RowShown:
    line, name, ja, en = row
    return RowShown(line, name or "", ja if language == "ja" else en)


def _row(row: list[Any], language: str) -> RowShown:
    line, name, fields = row
    comma = "、" if language == "ja" else ", "
    said = dict.fromkeys(field_name(entity, field, language) for entity, field in fields)
    return RowShown(line, name or "", comma.join(said))


def _similar(row: dict[str, Any], language: str) -> SimilarShown:
    comma = "・" if language == "ja" else ", "
    alike = comma.join(say(f"similar.{name}_label", language) for name in row["alike"])
    return SimilarShown(row["line"], row["name"], row["other"], row["other_name"], alike)
