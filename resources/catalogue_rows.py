"""Whether a row of a catalogue file can be used: what a suggestion couldn't reckon with is named.

The type of each value was looked at before (see `exchange`); unknown (None) is always possible.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from geodata.coordinates import JAPAN_LAT, JAPAN_LON, is_in_japan
from resources.allowed import CHOICES, CODES, RANGES
from resources.reckoned import needed_codes
from resources.schedules import BadSchedule, from_json
from resources.vocabulary import Vocabulary

Values = Mapping[str, Any]

LONGEST_SHOWN = 60

TEXTS = {("agency", "districts"), ("agency", "meetings")}
OBJECTS = {("resource", "original"), ("taxonomy_term", "facts")}
NAMES = {("resource", "name"), ("organization", "name"), ("agency", "name")}
AGES = (("age_min", "age_max"), ("accepted_age_min", "accepted_age_max"))


class Unusable(NamedTuple):
    """What is wrong with a row, to stand after the number of its line; both name the field."""

    ja: str
    en: str


def unusable(table: str, values: Values, lists: Vocabulary) -> Unusable | None:
    """Return what is wrong with a row; None where it can be used.

    values : what the row says, with what is stored of the fields that are looked at together
    lists : the closed lists as they will be; a retired code may stand in a row
    """
    for name, value in values.items():
        if value is not None:
            found = _value(table, name, value, lists)
            if found is not None:
                return found
    together = TOGETHER.get(table)
    return None if together is None else together(values)


def _value(table: str, name: str, value: Any, lists: Vocabulary) -> Unusable | None:
    column = (table, name)
    if column in CHOICES:
        return None if value in CHOICES[column] else _only(name, *CHOICES[column])
    if column in CODES:
        return _codes(name, value, CODES[column], lists)
    if column in RANGES:
        return _numbers(name, value, *RANGES[column], several=column == ("resource", "steps"))
    if column in TEXTS and not _are_texts(value):
        return Unusable(f"{name} が文字のリストではありません", f"has no list of texts in {name}")
    if column in OBJECTS and not isinstance(value, dict):
        return Unusable(f"{name} がオブジェクトではありません", f"has no object in {name}")
    if column == ("merge", "writes") and not _are_writes(value):
        return Unusable(
            f"{name} が決められた形（entity、id、before、after）ではありません",
            f"has no list of writes (entity, id, before, after) in {name}",
        )
    if column == ("offering", "schedule"):
        return _schedule(name, value)
    if column in NAMES and not value.strip():
        return Unusable(f"{name} が空です", f"has an empty {name}")
    if name == "url" and not re.match("https?://", value, re.IGNORECASE):
        return _only(name, "http://…", "https://…")
    return None


def _only(name: str, *allowed: str) -> Unusable:
    return Unusable(
        f"{name} に使えない値があります（使える値: {'、'.join(allowed)}）",
        f"has a value in {name} that can't be used (allowed: {', '.join(allowed)})",
    )


def _codes(name: str, value: Any, axis: str, lists: Vocabulary) -> Unusable | None:
    if name != "kind" and not _are_texts(value):
        return Unusable(
            f"{name} がコードのリスト（[\"…\", \"…\"]）ではありません",
            f'has no list of codes (["…", "…"]) in {name}',
        )  # fmt: skip
    said: list[str] = [value] if name == "kind" else value
    # The reading of open data gives its kinds in a municipality whose lists are older, too.
    given = needed_codes(axis) if name == "kind" else frozenset()
    for code in said:
        if not (lists.holds(axis, code) or code in given):
            shown = code[:LONGEST_SHOWN]
            allowed = lists.codes(axis)
            return Unusable(
                f"{name} のコード「{shown}」は、一覧 {axis}（{'、'.join(allowed)}）にありません",
                f"has a code in {name} that the list {axis} doesn't hold: {shown}"
                f" (allowed: {', '.join(allowed)})",
            )
    return None


def _numbers(name: str, value: Any, low: float, high: float, *, several: bool) -> Unusable | None:
    if several and not (isinstance(value, list) and all(type(v) is int for v in value)):
        return Unusable(
            f"{name} が数のリスト（{low:.0f}～{high:.0f}）ではありません",
            f"has no list of numbers ({low:.0f} to {high:.0f}) in {name}",
        )
    if all(low <= v <= high for v in (value if several else [value])):
        return None
    return Unusable(
        f"{name} に使えない数があります（使える数: {low:.0f}～{high:.0f}）",
        f"has a number in {name} that can't be used (allowed: {low:.0f} to {high:.0f})",
    )


_LISTS = ("days", "nth", "month_days", "dates", "closed")


def _lists_only(value: Any) -> bool:
    """Tell whether lists of a schedule are lists, or aren't there; nothing else means "none"."""
    if not isinstance(value, dict):
        return True  # `from_json` says so
    parts = [value.get("rules"), value.get("closed")]
    inner = [p for part in parts if isinstance(part, list) for p in part if isinstance(p, dict)]
    return all(
        isinstance(part[key], list) for part in (value, *inner) for key in _LISTS
        if part.get(key) is not None
    )  # fmt: skip


def _schedule(name: str, value: Any) -> Unusable | None:
    try:
        if not _lists_only(value):
            raise BadSchedule("days, nth, month_days, dates and closed are lists, or null")
        from_json(value)
    except BadSchedule as error:
        return Unusable(
            f"{name} が予定の形（rules と closed、曜日は mon～sun、時刻は 10:00）ではありません",
            f"has no schedule in {name} ({error})",
        )
    return None


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _are_writes(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(w, dict)
        and set(w) == {"entity", "id", "before", "after"}
        and w["entity"] in ("resource", "offering")
        and isinstance(w["id"], str)
        and isinstance(w["before"], dict)
        and isinstance(w["after"], dict)
        for w in value
    )


def _ages(values: Values) -> Unusable | None:
    for lowest, highest in AGES:
        low, high = values.get(lowest), values.get(highest)
        if low is not None and high is not None and low > high:
            return Unusable(
                f"{lowest} が {highest} を超えています", f"has {lowest} above {highest}"
            )
    return None


def _point(values: Values) -> Unusable | None:
    lon, lat = values.get("lon"), values.get("lat")
    if (lon is None) != (lat is None):
        return Unusable(
            "lon と lat の片方しかありません（両方を書くか、どちらも書かないでください）",
            "has only one of lon and lat (give both or neither)",
        )
    if lon is None or lat is None or is_in_japan(lon, lat):
        return None
    allowed = "lon {:g}–{:g}, lat {:g}–{:g}".format(*JAPAN_LON, *JAPAN_LAT)
    ja, en = ("入れ替わっています。", "they are swapped; ") if is_in_japan(lat, lon) else ("", "")
    return Unusable(
        f"lon と lat が日本の中にありません（{ja}使える値: {allowed}）",
        f"has lon and lat outside Japan ({en}allowed: {allowed})",
    )


TOGETHER: dict[str, Callable[[Values], Unusable | None]] = {
    "resource": _ages,
    "location": _point,
}
"""What only several fields beside each other can tell (see `editing.TOGETHER`)."""
