"""Rules about the ladder of participation and the host that receives people."""

from datetime import date, timedelta
from typing import Any

from geodata.compiled import compiled
from matching.encoding import EPOCH
from matching.sentences import Sentence, day_in_words, sentence
from matching.sight import Seen
from matching.verdicts import (
    FAIL,
    PASS,
    UNKNOWN,
    Rule,
    always,
    shown_date,
    shown_number,
    verdict,
)


@compiled
def step(p: Any, _look: Any, a: Any) -> int:
    """A rung near enough to where the person stands must be on offer: one away, as a rule."""
    return verdict((p["steps"] & a["near_steps"]) != 0, p["steps"] != 0)


def _rungs(mask: Any) -> list[int]:
    return [r for r in range(6) if int(mask) >> r & 1]


def _evidence_step(p: Seen) -> tuple[str, Any]:
    return "steps", _rungs(p["steps"]) or None


def _change_step(p: Seen) -> Sentence | None:
    here = p.ask.need.step
    assert here is not None
    rung = min(_rungs(p["steps"]), key=lambda r: (abs(r - here), r))
    term = p.codebook.vocabulary.terms("step")[rung]
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
    until = p["resting_day"]
    if until >= p.ask.day_number:
        after = date.fromordinal(until + EPOCH) + timedelta(days=1)
        return sentence("change.host_rest", date=day_in_words(after))
    return sentence("change.host_cap")


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
