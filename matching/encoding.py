"""Turns rows of the catalogue into columns, column by column, so that a million rows go quickly."""

import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matching import text
from matching.codebook import Codebook
from matching.columns import (
    ATTENDANCES,
    AVAILABILITIES,
    COLUMNS,
    CONVERSATIONS,
    GENDERS,
    NOISES,
    RECORD,
    SLOT,
    SLOTS,
    STATUSES,
    Array,
    Columns,
    mask_of,
)
from matching.municipalities import NOT_KNOWN, municipality_number, number_of
from matching.place_shown import SHOWN, kept
from resources import schedules
from resources.host_experience import band_of_days, band_of_people
from resources.track_record import LATEST
from resources.vocabulary import RUNGS, UNSORTED

# What the encoder reads of each offering, in this order.
SOURCE = (
    "id", "resource_id", "organization_id", "lon", "lat", "accuracy_m", "prefecture", "city",
    "visibility", "step_free",
    "status", "kind", "needs", "activities", "steps", "age_min", "age_max", "accepted_age_min",
    "accepted_age_max", "audience", "accepted_audience", "gender", "languages", "requirements",
    "noise", "group_size", "conversation", "staff_present", "visit_first", "accompaniment",
    "online", "pays", "transport", "with_child", "animals", "smoking", "alcohol",
    "children_present", "child_safe", "confirms_participants", "publishes_members", "fee_yen",
    "min_minutes", "min_per_week", "attendance", "availability", "places", "availability_said_on",
    "verified_on", "accompanied_cap", "accompanied_now", "resting_until", "accompanied", "stayed",
    "answer_days", "ends_on", "schedule",
    "name", "description", "host_name", "address", "phone", "schedule_text", "invented",
    "verified_by", "sessions_seen", "host_answers",
)  # fmt: skip

EPOCH = date(1970, 1, 1).toordinal()
LOW_HALF = (1 << 64) - 1
NOBODY_OLDER = 200


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - EPOCH


def _memo(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        try:
            return known[value]
        except KeyError:
            known[value] = result = function(value)
            return result

    return remembered


def _whole(value: int | None) -> int:
    return -1 if value is None else value


def _yes_no(value: bool | None) -> int:
    return -1 if value is None else int(value)


def _day(value: date | None) -> int:
    """Return the days since 1970-01-01, 0 for what lies before; −1 where none is known."""
    return -1 if value is None else max(day_number(value), 0)


def in_numbers(words: Sequence[tuple[date, bool]] | None) -> list[int]:
    """Return the latest words on a place as numbers: 2 × day, and 1 more for a yes; −1 = none."""
    numbers = [2 * _day(day) + bool(yes) for day, yes in (words or ())[:LATEST]]
    return numbers + [-1] * (LATEST - len(numbers))


def _place_in(order: Sequence[str], unknown: int) -> Callable[[str | None], int]:
    places = {code: i for i, code in enumerate(order)}
    return lambda code: places.get(code, unknown) if code is not None else unknown


def _codes(stored: str | None) -> list[str] | None:
    """Read a stored JSON list; SQL's NULL and JSON's null are both "not known"."""
    return None if stored is None else json.loads(stored)


def _rungs(stored: Sequence[Any] | None) -> int:
    """Return the bits of the rungs of the ladder; what is none is left out."""
    said = list(stored or ())
    return sum(1 << rung for rung in range(RUNGS) if rung in said)


def _ages(
    low: int | None, high: int | None, accepted_low: int | None, accepted_high: int | None
) -> tuple[int, int, int]:
    """Return from what age to what age people are received, and what is known of it.

    Each bound is that of who is really accepted, where it is said, else the formal one: a place
    that also takes people up to 62 is as much for adults as it was. Where the two contradict each
    other, who is accepted counts alone. Known: 1, and 2 and 4 more for a lower and an upper bound
    of those who are accepted; 0 = nothing.
    """
    if (low, high, accepted_low, accepted_high) == (None, None, None, None):
        return 0, NOBODY_OLDER, 0
    youngest = low if accepted_low is None else accepted_low
    oldest = high if accepted_high is None else accepted_high
    if youngest is not None and oldest is not None and youngest > oldest:
        youngest, oldest = accepted_low, accepted_high
    known = 1 + 2 * (accepted_low is not None) + 4 * (accepted_high is not None)
    return 0 if youngest is None else youngest, NOBODY_OLDER if oldest is None else oldest, known


class Encoder:
    """Encodes batches of rows and joins them into columns.

    shown : where what is shown of the rows is written; in memory where it isn't given
    """

    def __init__(self, codebook: Codebook, shown: BinaryIO | None = None) -> None:
        self._codebook = codebook
        self._shown = io.BytesIO() if shown is None else shown
        self._batches: list[Array] = []
        self._slots: list[Array] = []
        self._slot_counts: list[NDArray[np.int64]] = []
        self._selectors: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._slots_of = _memo(self._read_schedule)
        bits = codebook.bits
        kinds = codebook.bits("kind")

        def mask(axis: str) -> Callable[[str | None], int]:
            return _memo(lambda stored: mask_of(_codes(stored), bits(axis)))

        self._simple: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "activities": ("activities", mask("activity")),
            "languages": ("languages", mask("language")),
            "steps": ("steps", _memo(lambda s: _rungs(_codes(s)))),
            # A kind that the list no longer has is told by nobody, as where a file says none.
            "kind": ("kind", _memo(lambda code: kinds[code if code in kinds else UNSORTED])),
            "status": ("status", _place_in(STATUSES, STATUSES.index("closed"))),
            "gender": ("gender", _place_in(GENDERS, -1)),
            "noise": ("noise", _place_in(NOISES, -1)),
            "conversation": ("conversation", _place_in(CONVERSATIONS, -1)),
            "attendance": ("attendance", _place_in(ATTENDANCES, -1)),
            "availability": ("availability", _place_in(AVAILABILITIES, 0)),
            "requirements": (
                "requirements",
                _memo(
                    lambda s: -1 if _codes(s) is None else mask_of(_codes(s), bits("requirement"))
                ),
            ),
            "said_day": ("availability_said_on", _memo(_day)),
            "verified_day": ("verified_on", _memo(_day)),
            "resting_day": ("resting_until", _memo(_day)),
            "ends_day": ("ends_on", _memo(_day)),
            "host_cap": ("accompanied_cap", _whole),
            "host_now": ("accompanied_now", _whole),
            # Bands, whatever was said: nothing finer goes on from here.
            "host_accompanied": ("accompanied", lambda n: _whole(band_of_people(n))),
            "host_stayed": ("stayed", lambda n: _whole(band_of_people(n))),
            "host_answer_days": ("answer_days", lambda n: _whole(band_of_days(n))),
        }
        for name in ("group_size", "fee_yen", "min_minutes", "min_per_week", "places"):
            self._simple[name] = (name, _whole)
        for name in (
            "staff_present", "visit_first", "accompaniment", "online", "pays", "transport",
            "with_child", "animals", "smoking", "alcohol", "children_present", "child_safe",
            "confirms_participants", "publishes_members", "step_free",
        ):  # fmt: skip
            self._simple[name] = (name, _yes_no)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Encode a batch of rows whose values stand in the order of `SOURCE`."""
        if not rows:
            return
        source: dict[str, tuple[Any, ...]] = dict(zip(SOURCE, zip(*rows, strict=True), strict=True))
        n = len(rows)
        out: dict[str, Array] = {}
        for name, (column, convert) in self._simple.items():
            out[name] = np.fromiter(map(convert, source[column]), COLUMNS[name], count=n)
        self._identities(out, source, n)
        self._positions(out, source, n)
        self._audiences(out, source, n)
        self._needs(out, source, n)
        texts = self._texts
        out["text"] = np.fromiter(
            (
                texts.setdefault(text.plain(name, description), len(texts))
                for name, description in zip(source["name"], source["description"], strict=True)
            ),
            COLUMNS["text"],
            count=n,
        )
        for name in ("sessions_seen", "host_answers"):
            out[name] = np.array([in_numbers(words) for words in source[name]], "i4")
        runs = [self._slots_of(stored) for stored in source["schedule"]]
        out["schedule_known"] = np.fromiter((r is not None for r in runs), "u1", count=n)
        self._slot_counts.append(
            np.fromiter((0 if r is None else len(r) for r in runs), np.int64, count=n)
        )
        flat = [r for r in runs if r is not None and len(r)]
        self._slots.append(np.concatenate(flat) if flat else np.empty((0, 3), np.int64))
        self._write_shown(out, source)
        records = np.empty(n, RECORD)
        for name in COLUMNS:
            records[name] = out[name]
        self._batches.append(records)

    def columns(self, idf: Array | None = None, shown: Array | None = None) -> Columns:
        """Return all that was added.

        idf : weights of the texts; worked out from the texts where it isn't given
        shown : what was written, where it was written elsewhere
        """
        if shown is None:
            assert isinstance(self._shown, io.BytesIO)
            shown = np.frombuffer(self._shown.getvalue(), np.uint8)
        records = np.concatenate([*self._batches, np.empty(0, RECORD)])
        counts = np.concatenate([*self._slot_counts, np.empty(0, np.int64)])
        flat = np.concatenate([*self._slots, np.empty((0, 3), np.int64)])
        slots = np.empty(len(flat), SLOT)
        for i, name in enumerate(SLOTS):
            slots[name] = flat[:, i]
        return Columns(
            records,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            slots,
            tuple(self._selectors),
            text.matrix(list(self._texts), idf),
            shown,
        )

    def _read_schedule(self, stored: str | None) -> NDArray[np.int64] | None:
        if stored is None or stored == "null":
            return None
        numbers = self._selectors
        try:
            schedule = schedules.from_json(json.loads(stored))
        except schedules.BadSchedule:
            return None  # not known, rather than no suggestion at all for anybody
        runs = [
            (numbers.setdefault(selector, len(numbers)), start, end)
            for selector, start, end in schedules.slots(schedule)
        ]
        return np.array(runs, np.int64).reshape(-1, 3)

    def _write_shown(self, out: dict[str, Array], source: dict[str, Any]) -> None:
        at, starts, lengths = self._shown.tell(), [], []
        columns = (source[name] for name in SHOWN)
        for visibility, *facts in zip(source["visibility"], *columns, strict=True):
            written = kept(facts, hidden=visibility == "hidden")
            starts.append(at)
            lengths.append(len(written))
            at += self._shown.write(written)
        out["shown_at"] = np.array(starts, np.uint64)
        out["shown_bytes"] = np.array(lengths, np.uint32)

    def _identities(self, out: dict[str, Array], source: dict[str, Any], n: int) -> None:
        def half(values: Iterable[UUID | None], shift: int) -> Array:
            return np.fromiter(
                (0 if v is None else (v.int >> shift) & LOW_HALF for v in values), "u8", count=n
            )

        out["id_high"], out["id_low"] = half(source["id"], 64), half(source["id"], 0)
        out["resource"] = half(source["resource_id"], 0)
        out["host"] = half(source["organization_id"], 0)
        number = _memo(lambda name: number_of(text.fold(name).replace(" ", "")))
        out["name"] = np.fromiter(map(number, source["name"]), "u8", count=n)

    def _positions(self, out: dict[str, Array], source: dict[str, Any], n: int) -> None:
        hidden = np.fromiter((v == "hidden" for v in source["visibility"]), np.bool_, count=n)
        for name in ("lon", "lat", "accuracy_m"):
            values = np.fromiter(
                (math.nan if v is None else v for v in source[name]), COLUMNS[name], count=n
            )
            # A hidden place has no point here at all, so nothing downstream can give it away.
            values[hidden] = math.nan
            if name == "accuracy_m":
                values = np.nan_to_num(values, nan=0.0)
            out[name] = values
        number = _memo(lambda where: municipality_number(*where))
        cities = zip(source["prefecture"], source["city"], strict=True)
        out["municipality"] = np.fromiter(map(number, cities), "u8", count=n)
        # Nor a town: whether it is taken for near would tell from where.
        out["municipality"][hidden] = NOT_KNOWN

    def _audiences(self, out: dict[str, Array], source: dict[str, Any], n: int) -> None:
        ages = map(
            _ages,
            *(source[c] for c in ("age_min", "age_max", "accepted_age_min", "accepted_age_max")),
        )
        table = np.array(list(ages), np.int64).reshape(n, 3)
        for i, name in enumerate(("age_low", "age_high", "age_known")):
            out[name] = table[:, i].astype(COLUMNS[name])
        bits = self._codebook.bits("audience")
        mask = _memo(lambda stored: mask_of(_codes(stored), bits))
        anyone = 1 << bits["anyone"]

        def said(formal: int, accepted: int) -> tuple[int, int, int]:
            if accepted:
                return accepted, 2, 0 if formal & accepted else formal & ~anyone
            return (formal, 1, 0) if formal else (0, 0, 0)

        said_of = [
            said(mask(f), mask(a))
            for f, a in zip(source["audience"], source["accepted_audience"], strict=True)
        ]
        table = np.array(said_of, np.int64).reshape(n, 3)
        for i, name in enumerate(("audience", "audience_known", "audience_formally")):
            out[name] = table[:, i].astype(COLUMNS[name])

    def _needs(self, out: dict[str, Array], source: dict[str, Any], n: int) -> None:
        bits = self._codebook.bits("need")
        mask = _memo(lambda stored: -1 if _codes(stored) is None else mask_of(_codes(stored), bits))
        usual = np.array(self._codebook.usual_needs, "u8")
        stated = [mask(stored) for stored in source["needs"]]
        known = np.fromiter((m != -1 for m in stated), np.bool_, count=n)
        masks = np.fromiter((max(m, 0) for m in stated), "u8", count=n)
        out["needs"] = np.where(known, masks, usual[out["kind"]])
        out["needs_stated"] = known.astype("u1")
