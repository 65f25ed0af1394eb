"""Puts what rules and criteria found about one place into the words of an answer."""

import math
from collections.abc import Sequence

from matching.answers import Miss, SessionShown, Suggestion, Verdict
from matching.place_shown import PlaceShown
from matching.ranking import Scores
from matching.reach import walk_minutes
from matching.rules import Judged
from matching.sentences import sentence
from matching.sight import Seen
from matching.verdicts import FAIL, WORDS, Rule

MOST_REMEMBERED = 5_000
"""Verdicts of one rule that are kept in memory; some 20 MB in all at most."""


def suggestion(
    p: Seen, verdicts: tuple[Verdict, ...], scores: Scores, place: PlaceShown
) -> Suggestion:
    """Return all that is said of one row that fits."""
    distance, walk = distance_of(p)
    first = first_step_of(p, place)
    values = scores.contributions[:, p.i].tolist()
    return Suggestion(
        place=place,
        score=int(scores.total[p.i]),
        contributions={c.code: v for c, v in zip(scores.criteria, values, strict=True)},
        confidence=int(scores.confidence[p.i]),
        verdicts=verdicts,
        distance_m=distance,
        walk_minutes=walk,
        next_session=session_of(p),
        first_step=first,
        first_step_words=sentence(f"first_step.{first}"),
    )


def miss(p: Seen, judged: Judged, place: PlaceShown) -> Miss:
    """Return the rules that a row fails, and what would let it in."""
    table = zip(judged.rules, judged.table[:, p.i].tolist(), strict=True)
    failed = tuple(_verdict(rule, value, p) for rule, value in table if value == FAIL)
    return Miss(place, failed, distance_of(p)[0])


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
        said = memory.setdefault(rule.code, {})
        if len(said) >= MOST_REMEMBERED:
            said.clear()
        column = []
        facts = zip(values, *map(seen[0].beside, rule.reads), strict=False)
        for k, key in enumerate(facts):
            verdict = said.get(key)
            if verdict is None:
                verdict = _verdict(rule, key[0], seen[k])
                if key[0] != FAIL:
                    said[key] = verdict
            column.append(verdict)
        columns.append(column)
    return list(zip(*columns, strict=True))


def _verdict(rule: Rule, value: int, p: Seen) -> Verdict:
    field, evidence = rule.evidence(p)
    change = rule.change(p) if value == FAIL and not rule.safety else None
    return Verdict(rule.code, rule.words, WORDS[value], field, evidence, change, rule.safety)


def session_of(p: Seen, *, fitting: bool = True) -> SessionShown | None:
    found = p.next_session(fitting=fitting)
    return None if found is None else SessionShown(*found)


def first_step_of(p: Seen, place: PlaceShown) -> str:
    """Return what to do first: wait, be assessed, call, visit, stay a little, or join."""
    step = p.ask.need.step
    if place.availability == "waitlist":
        return "wait"
    if place.availability == "assess-first":
        return "assess"
    if step == 0 or place.availability == "unknown":
        return "call"
    if p["visit_first"] == 1:
        return "visit"
    return "stay" if step is not None and step <= 2 else "join"


def distance_of(p: Seen) -> tuple[int | None, int | None]:
    """Return metres and minutes on foot; None where the place has no point."""
    if not math.isfinite(p.distance_m):
        return None, None
    metres = round(p.distance_m)
    return metres, walk_minutes(metres, p.ask.need.speed_m_s)
