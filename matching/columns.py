"""The matchable facts of offerings as aligned columns, one row an offering. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""A column of any kind; which kind stands in `COLUMNS`."""

COLUMNS: dict[str, str] = {
    # Identity. The 128 bits of an offering's id; the low halves of its resource's and host's.
    "id_high": "u8",
    "id_low": "u8",
    "resource": "u8",
    "host": "u8",  # 0 = not known
    "name": "u8",  # a number for the folded name: the same name, the same number
    # Where. NaN = not known, or hidden.
    "lon": "f8",
    "lat": "f8",
    "accuracy_m": "f4",  # 0 where it is not known
    "municipality": "u8",  # 0 = not known; see `municipalities.municipality_number`
    "step_free": "i1",
    # What
    "status": "u1",
    "kind": "u1",
    "needs": "u8",
    "needs_stated": "u1",
    "activities": "u8",
    "steps": "u1",
    # For whom; `known` is 0 not known, 1 formally, 2 who is really accepted.
    "age_low": "i2",
    "age_high": "i2",
    "age_known": "u1",
    "audience": "u4",
    "audience_known": "u1",
    "audience_formally": "u4",  # who is addressed, where none of them is among who is accepted
    "gender": "i1",
    "languages": "u2",
    "requirements": "i2",  # -1 = not known, 0 = none
    # Atmosphere; -1 = not known
    "noise": "i1",
    "group_size": "i4",
    "conversation": "i1",
    # Yes / no / not known = 1 / 0 / -1
    "staff_present": "i1",
    "visit_first": "i1",
    "accompaniment": "i1",
    "online": "i1",
    "pays": "i1",
    "transport": "i1",
    "with_child": "i1",
    "animals": "i1",
    "smoking": "i1",
    "alcohol": "i1",
    "children_present": "i1",
    "child_safe": "i1",
    "confirms_participants": "i1",
    "publishes_members": "i1",
    "fee_yen": "i4",
    "min_minutes": "i2",
    "min_per_week": "i1",
    "attendance": "i1",  # 0 drop in, 1 the whole session
    # Room; -1 = not known
    "availability": "u1",
    "places": "i4",
    "said_day": "i4",
    "verified_day": "i4",
    "host_cap": "i2",
    "host_now": "i2",
    # Bands of what is known of the host from the casework, see `resources.host_experience`
    "host_accompanied": "i2",
    "host_stayed": "i2",
    "host_answer_days": "i2",
    "resting_day": "i4",
    "ends_day": "i4",
    # The latest words on whether sessions took place and the host answered, see `track_record`
    "sessions_seen": "4i4",
    "host_answers": "4i4",
    # Row of the table of distinct texts
    "text": "u4",
    "schedule_known": "u1",
    # Where what is shown of it stands, see `place_shown.SHOWN`
    "shown_at": "u8",
    "shown_bytes": "u4",
}

SLOTS: dict[str, str] = {"slot_selector": "u4", "slot_start": "i2", "slot_end": "i2"}

RECORD = np.dtype(list(COLUMNS.items()), align=True)
"""One row. Rows are kept one after the other, so that those of a place lie side by side: a question
touches a few runs of memory instead of a few runs of each column, and gathers them at once."""

SLOT = np.dtype(list(SLOTS.items()), align=True)

FAR = 1_000_000_000
"""More metres than any place is away."""

NEVER = 1 << 40
"""A day that doesn't come, where dates are days since 1970-01-01."""

LOOK = np.dtype(
    [
        ("distance_m", "f8"),  # NaN = not known, infinite = known to lie elsewhere
        ("walk_m", "f8"),  # metres on foot, see `on_foot`
        ("by_streets", "u1"),  # 1 = the way was measured over streets
        ("metres", "i8"),  # whole metres, over streets or else straight; FAR where not finite
        ("held", "u8"),  # days with any session, bits as in `rows.Slots`
        ("fitting", "u8"),  # days with a session that the person can attend
        ("shortest_stay", "i8"),  # minutes; 0 = one may drop in, -1 = not known
        ("alike", "f8"),  # cosine of the text with the wished words, 0 … 1
        # Whether it is among what the person must not meet: 1 = yes
        ("excluded_host", "u1"),
        ("excluded_resource", "u1"),
        ("set_aside_day", "i8"),  # from when it may be proposed again, see `asked_before`; 0 = may
        ("excluded_area", "u1"),  # may lie inside, as far as its point is known
    ],
    align=True,
)
"""What is seen of a row for one question."""

STATUSES = ("published", "draft", "review", "paused", "closed")
AVAILABILITIES = ("unknown", "capacity", "waitlist", "assess-first", "none")
NOISES = ("low", "medium", "high")
CONVERSATIONS = ("none", "optional", "expected")
GENDERS = ("any", "female", "male")
ATTENDANCES = ("drop_in", "whole")

PUBLISHED = STATUSES.index("published")


@dataclass(frozen=True)
class Columns:
    """Aligned columns of n offerings, their slots, day selectors and texts.

    records : (n,) of `RECORD`; a column is one of its fields
    pointer : (n + 1,) int64; the slots of row i are pointer[i] … pointer[i + 1]
    slots : flat, of `SLOT`
    selectors : day selector of each number in `slot_selector`
    texts : name → arrays of the text matrix in CSR form (pointer, index, value) and `idf`
    shown : bytes (u1); what is shown of the rows, one JSON after the other
    """

    records: Array
    pointer: NDArray[np.int64]
    slots: Array
    selectors: tuple[str, ...]
    texts: dict[str, Array]
    shown: Array

    def __post_init__(self) -> None:
        assert self.records.dtype == RECORD
        assert self.slots.dtype == SLOT
        assert self.pointer.shape == (len(self) + 1,)
        assert self.slots.shape == (int(self.pointer[-1]),)

    def __len__(self) -> int:
        return int(self.records.shape[0])

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self.records[name])

    @property
    def bytes(self) -> int:
        """Return how many bytes the columns take, without what is kept to be shown (`shown`)."""
        own = self.records.nbytes + self.pointer.nbytes + self.slots.nbytes
        return own + sum(a.nbytes for a in self.texts.values())

    def reordered(self, order: NDArray[np.int64]) -> "Columns":
        """Return the same rows in another order, slots with them."""
        counts = np.diff(self.pointer)[order]
        flat = ragged(self.pointer[:-1][order], counts)
        return Columns(
            self.records.take(order),
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            self.slots.take(flat),
            self.selectors,
            self.texts,
            self.shown,
        )


def ragged(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions start, start + 1 … of each run, one after the other."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    steps = np.arange(total, dtype=np.int64)
    return np.asarray(steps + np.repeat(starts - before, counts), np.int64)


def mask_of(codes: Sequence[str] | None, bits: dict[str, int]) -> int:
    """Return the bits of a set of codes; codes that the list no longer holds are left out."""
    mask = 0
    for code in codes or ():
        bit = bits.get(code)
        if bit is not None:
            mask |= 1 << bit
    return mask
