"""Puts what rules and criteria found about one place into the words of an answer."""

import math

from matching.answers import PlaceShown, SessionShown, Suggestion, Verdict
from matching.ranking import Scores
from matching.reach import walk_minutes
from matching.rules import Judged
from matching.sentences import sentence
from matching.sight import Seen
from matching.verdicts import FAIL, WORDS, shown_date


def suggestion(p: Seen, judged: Judged, scores: Scores, place: PlaceShown) -> Suggestion:
    """Return all that is said of one row."""
    distance, walk = distance_of(p)
    first = first_step_of(p, place)
    values = scores.contributions[:, p.i].tolist()
    return Suggestion(
        place=place,
        score=int(scores.total[p.i]),
        contributions={c.code: v for c, v in zip(scores.criteria, values, strict=True)},
        confidence=int(scores.confidence[p.i]),
        verdicts=tuple(verdicts_of(p, judged)),
        distance_m=distance,
        walk_minutes=walk,
        next_session=session_of(p),
        first_step=first,
        first_step_words=sentence(f"first_step.{first}"),
    )


def verdicts_of(p: Seen, judged: Judged, *, only_failed: bool = False) -> list[Verdict]:
    """Return what each rule that was asked says of one row."""
    verified_on = shown_date(p["verified_day"])
    found = []
    for rule, value in zip(judged.rules, judged.table[:, p.i].tolist(), strict=True):
        if only_failed and value != FAIL:
            continue
        field, evidence = rule.evidence(p)
        change = rule.change(p) if value == FAIL and not rule.safety else None
        found.append(
            Verdict(
                rule.code,
                rule.words,
                WORDS[value],
                field,
                evidence,
                verified_on,
                change,
                rule.safety,
            )
        )
    return found


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
