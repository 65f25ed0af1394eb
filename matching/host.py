"""Rules about the ladder of participation and the host that receives people."""

from datetime import date
from typing import Any

from geodata.compiled import compiled
from matching.encoding import EPOCH
from matching.sentences import Sentence, day_in_words, joined, sentence
from matching.sight import Seen
from matching.verdicts import (
    FAIL,
    PASS,
    UNKNOWN,
    Rule,
    always,
    rungs_of,
    shown_date,
    shown_number,
    verdict,
)


@compiled
def step(p: Any, _look: Any, a: Any) -> int:
    """A rung near enough to where the person stands must be on offer: one away, as a rule."""
    return verdict((p["steps"] & a["near_steps"]) != 0, p["steps"] != 0)


def _evidence_step(p: Seen) -> tuple[str, Any]:
    return "steps", rungs_of(p["steps"]) or None


def _change_step(p: Seen) -> Sentence | None:
    here, gap = p.ask.need.step, p.ask.thresholds.step_gap_rungs
    assert here is not None
    rung = min(rungs_of(p["steps"]), key=lambda r: (abs(r - here), r))
    near_enough = rung - gap if rung > here else rung + gap
    term = p.codebook.vocabulary.terms("step")[near_enough]
    key = "step_lower" if rung > here else "step_higher"
    return sentence(f"change.{key}", step=Sentence(term.ja, term.en))


@compiled
def host_rest(p: Any, _look: Any, a: Any) -> int:
    """A host that pauses after a hard placement, or accompanies as many as it can, is spared.

    Where one walks in, as at a food pantry, nobody takes on the person and nobody has to be spared.
    """
    if a["accompanies"][p["kind"]] == 0:
        return PASS
    cap, now = p["host_cap"], p["host_now"]
    if p["resting_day"] >= a["day_number"] or (cap >= 0 and max(now, 0) >= cap):
        return FAIL
    return PASS if cap >= 0 and now >= 0 else UNKNOWN


def _evidence_host_rest(p: Seen) -> tuple[str, Any]:
    if not p.codebook.accompanies[p["kind"]]:
        return "kind", p.codebook.kinds[p["kind"]]
    return "host", {
        "resting_until": shown_date(p["resting_day"]),
        "accompanied_cap": shown_number(p["host_cap"]),
        "accompanied_now": shown_number(p["host_now"]),
    }


def _change_host_rest(p: Seen) -> Sentence | None:
    """Say when its pause is over, or that there must be room; both, where both keep people out."""
    until, cap = p["resting_day"], p["host_cap"]
    what = [pause_over(until)] if until >= p.ask.day_number else []
    if cap == 0:
        what.append(sentence("change.host_begins"))
    elif 0 < cap <= p["host_now"]:
        what.append(sentence("change.host_cap"))
    return joined(what)


def pause_over(until: int) -> Sentence:
    """Say from which day a host receives people again that pauses until a day, by its number."""
    last = until + EPOCH
    if last >= date.max.toordinal():  # how "until further notice" is written
        return sentence("change.host_rest_open")
    return sentence("change.host_rest", date=day_in_words(date.fromordinal(last + 1)))


RULES: tuple[Rule, ...] = (
    Rule(
        "step",
        lambda a: a.need.step is not None,
        step,
        _evidence_step,
        _change_step,
        reads=("steps",),
    ),
    Rule(
        "host_rest",
        always,
        host_rest,
        _evidence_host_rest,
        _change_host_rest,
        reads=(
            "kind",
            "resting_day",
            "host_cap",
            "host_now",
        ),
    ),
)
