"""What single thing to loosen where nothing fits: which rule, how far, and how much it brings."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matching.answers import Relaxation
from matching.columns import ATTENDANCES
from matching.near_misses import is_beyond_talk
from matching.reach import walk_minutes
from matching.rules import Judged
from matching.sentences import Sentence, sentence
from matching.sight import Sight
from matching.times import SHORTEST_STAY
from matching.verdicts import FAIL
from resources.days import DAYS
from resources.unmet import PARTS_OF_DAY


def relaxation(sight: Sight, judged: Judged) -> Relaxation | None:
    """Return the one rule without which most places would fit, and a way to loosen it.

    None for safety, and where no single rule would do.
    """
    best: tuple[int, int] | None = None
    for k, rule in enumerate(judged.rules):
        if is_beyond_talk(rule):
            continue
        count = len(_only(judged, k))
        if count and (best is None or count > best[1]):
            best = (k, count)
    if best is None:
        return None
    k, count = best
    rule = judged.rules[k]
    change, change_count = _change(rule.code, sight, _only(judged, k))
    return Relaxation(rule.code, rule.words, count, change, change_count)


def _only(judged: Judged, k: int) -> NDArray[np.int64]:
    """Return the rows that fail this rule and no other."""
    return np.flatnonzero((judged.table[k] == FAIL) & (judged.fails == 1))


def _change(code: str, sight: Sight, rows: NDArray[np.int64]) -> tuple[Sentence | None, int]:
    """Return the loosening that lets at least half of some rows in, and how many that are."""
    if code == "windows":
        return _another_time(sight, rows)
    if code not in _MEASURES:
        return None, 0
    column, words = _MEASURES[code]
    if code == "reach" and sight.ask.walk_limit_m is None:
        column, words = "metres", lambda _, n: sentence("relax.radius", metres=n)
    table = sight.looks if column in (sight.looks.dtype.names or ()) else sight.rows.records
    values = np.sort(np.ceil(table[column][rows]).astype(np.int64))
    enough = int(values[(len(values) - 1) // 2])
    return words(sight, enough), int((values <= enough).sum())


_MEASURES: dict[str, tuple[str, Callable[[Sight, int], Sentence | None]]] = {
    "reach": (
        "walk_m",
        lambda sight, n: sentence("relax.walk", minutes=walk_minutes(n, sight.ask.need.speed_m_s)),
    ),
    "fee": ("fee_yen", lambda _, n: sentence("change.fee", yen=n)),
    "group_size": ("group_size", lambda _, n: sentence("change.group_size", people=n)),
    "minutes": ("shortest_stay", lambda _, n: sentence("change.minutes", minutes=n)),
    "sessions_per_week": (
        "min_per_week",
        lambda _, n: sentence("change.sessions_per_week", times=n),
    ),
}
"""Rules about a measure: its column, and the words for allowing that much."""


def _another_time(sight: Sight, rows: NDArray[np.int64]) -> tuple[Sentence | None, int]:
    """Return the part of a weekday in which most of some rows can be attended."""
    sessions = sight.sessions
    pointer, start, end = sessions.slots.pointer, sessions.slots.start, sessions.slots.end
    counts = np.diff(pointer)
    row_of = np.repeat(np.arange(len(counts)), counts)
    whole = (sight.rows["attendance"] == ATTENDANCES.index("whole"))[row_of]
    stay = np.where(whole, end - start, np.minimum(end - start, SHORTEST_STAY))
    among = np.isin(row_of, rows)
    best: tuple[int, str, str] | None = None
    for number, day in enumerate(DAYS):
        offset = (number - sessions.eve.weekday()) % 7
        mask = np.uint64(sum(1 << bit for bit in range(offset, 64, 7)))
        held = among & ((sessions.days & mask) != 0)
        for part, (opens, closes) in PARTS_OF_DAY.items():
            fits = held & (np.minimum(end, closes) - np.maximum(start, opens) >= stay)
            found = len(np.unique(row_of[fits]))
            if found and (best is None or found > best[0]):
                best = (found, day, part)
    if best is None:
        return None, 0
    found, day, part = best
    words = sentence("relax.windows", day=sentence(f"day.{day}"), part=sentence(f"part.{part}"))
    return words, found
