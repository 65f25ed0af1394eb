"""Puts what rules and criteria found about one place into the words of an answer."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.answers import Miss, Obstacle, Suggestion, Verdict
from matching.place_shown import PlaceKept, PlaceShown
from matching.ranking import Scores
from matching.reach import walk_minutes, way_in
from matching.rules import Judged
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from matching.verdicts import FAIL, UNKNOWN, WORDS, Rule

MOST_REMEMBERED = 5_000
"""Verdicts of one rule that are kept in memory; some 20 MB in all at most."""


def suggestions(
    seen: Sequence[Seen], judged: Judged, scores: Scores, places: Sequence[PlaceShown]
) -> tuple[Suggestion, ...]:
    """Return all that is said of some rows that were picked together."""
    rows = np.array([p.i for p in seen], np.int64)
    codes = [c.code for c in scores.criteria]
    told = zip(
        seen,
        places,
        verdicts_of(seen, judged),
        scores.total[rows].tolist(),
        scores.confidence[rows].tolist(),
        scores.contributions[rows].tolist(),
        strict=True,
    )
    return tuple(
        Suggestion(
            place,
            total,
            dict(zip(codes, contributions, strict=True)),
            sure,
            verdicts,
            *distance_of(p),
            p.next_session(),
            first := first_step_of(p, place, verdicts),
            first_step_words(first, p),
            p.ask.day,
            bool(scores.hubs[p.i]),
            rung_of(p),
            way_in(p),
        )
        for p, place, verdicts, total, sure, contributions in told
    )


def miss(p: Seen, judged: Judged, place: PlaceKept) -> Miss:
    """Return the rules that a row fails, and what would let it in."""
    failed = [judged.rules[k] for k in np.flatnonzero(judged.table[:, p.i] == FAIL)]
    return Miss(place, tuple(Obstacle(r.code, r.words, r.change(p)) for r in failed), p.metres)


def verdicts_of(seen: Sequence[Seen], judged: Judged) -> list[tuple[Verdict, ...]]:
    """Return what each rule that was asked says of each of some rows, picked together."""
    if not seen:
        return []
    table = judged.table.take([p.i for p in seen], axis=1).tolist()
    memory = seen[0].codebook.said
    columns: list[list[Verdict]] = []
    for rule, values in zip(judged.rules, table, strict=True):
        if not rule.reads:
            columns.append([_verdict(rule, v, p) for v, p in zip(values, seen, strict=True)])
            continue
        # The same few verdicts are said of one place after the other; a change is each one's own.
        ask = seen[0].ask
        said = memory.setdefault((rule.code, rule.access(ask), ask.home_wished), {})
        if len(said) >= MOST_REMEMBERED:
            said.clear()
        keys = list(zip(values, *map(seen[0].beside, rule.reads), strict=True))
        column: list[Any] = [said.get(key) for key in keys]
        if None in column:
            for k, known in enumerate(column):
                if known is None:
                    column[k] = _verdict(rule, values[k], seen[k])
                    if values[k] != FAIL and (values[k] != UNKNOWN or rule.way is None):
                        said[keys[k]] = column[k]
        columns.append(column)
    return list(zip(*columns, strict=True))


def _verdict(rule: Rule, value: int, p: Seen) -> Verdict:
    field, evidence = rule.evidence(p)
    change = rule.change(p) if value == FAIL and not rule.safety else None
    if value == UNKNOWN and rule.way is not None:
        change = rule.way(p)
    access = rule.access(p.ask)
    return Verdict(
        rule.code, rule.words, WORDS[value], field, evidence, change, rule.safety, access
    )


def first_step_of(p: Seen, place: PlaceShown, verdicts: Sequence[Verdict]) -> str:
    """Return what to do first: wait, be assessed, call, visit, stay a little, or join."""
    step = p.ask.need.step
    # Nobody sets out before it is known when it opens, and how to get there.
    unsure = any(
        v.verdict == "unknown"
        and (v.rule == "windows" or (v.rule == "reach" and way_in(p) != "online"))
        for v in verdicts
    )
    if place.availability == "waitlist":
        return "wait"
    if place.availability == "assess-first":
        return "assess"
    if step == 0 or place.availability == "unknown" or unsure:
        return "call"
    if p["visit_first"] == 1:
        return "visit"
    return "stay" if step is not None and step <= 2 else "join"


def first_step_words(first: str, p: Seen) -> Sentence:
    """Put the first step into words; nobody goes anywhere to what is joined from home."""
    online = first in ("visit", "stay") and way_in(p) == "online"
    return sentence("first_step.look_in" if online else f"first_step.{first}")


def rung_of(p: Seen) -> int | None:
    """Return the rung of the ladder on which the person would begin here; None where none is known.

    The next one up where the place offers it, else where the person stands, else the one below, as
    the criterion `step` prefers them; of somebody whose step isn't known the lowest on offer.
    """
    offered = int(p["steps"])
    step = p.ask.need.step
    wished = range(offered.bit_length()) if step is None else (step + 1, step, step - 1)
    return next((rung for rung in wished if rung >= 0 and offered >> rung & 1), None)


def distance_of(p: Seen) -> tuple[int | None, int | None, str]:
    """Return metres and minutes on foot, None where the place has no point; and by what route.

    The metres are those of the way over streets, or else those of the straight line.
    """
    route = "streets" if p["by_streets"] else "straight"
    metres = p.metres
    if metres is None:
        return None, None, route
    return metres, walk_minutes(p["walk_m"], p.ask.need.speed_m_s), route
