"""Rules about the ladder of participation and the host that receives people."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from matching.encoding import EPOCH
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight
from matching.verdicts import Rule, Verdicts, always, shown_date, shown_number, verdicts


def _judge_step(s: Sight) -> Verdicts:
    """A rung within one of where the person stands must be on offer."""
    step = s.ask.need.step
    assert step is not None
    near = sum(1 << r for r in (step - 1, step, step + 1) if 0 <= r <= 5)
    steps = s.rows["steps"]
    return verdicts((steps & np.uint8(near)) != 0, steps != 0)


def _rungs(mask: Any) -> list[int]:
    return [r for r in range(6) if int(mask) >> r & 1]


def _evidence_step(p: Seen) -> tuple[str, Any]:
    return "steps", _rungs(p["steps"]) or None


def _change_step(p: Seen) -> Sentence | None:
    step = p.ask.need.step
    assert step is not None
    rung = min(_rungs(p["steps"]), key=lambda r: (abs(r - step), r))
    term = p.codebook.vocabulary.terms("step")[rung]
    key = "step_lower" if rung > step else "step_higher"
    return sentence(f"change.{key}", step=Sentence(term.ja, term.en))


def _judge_host_rest(s: Sight) -> Verdicts:
    """A host that pauses after a hard placement, or accompanies as many as it can, is spared."""
    resting = s.rows["resting_day"] >= s.ask.day_number
    cap, now = s.rows["host_cap"], s.rows["host_now"]
    full = (cap >= 0) & (now >= cap)
    known = resting | full | ((cap >= 0) & (now >= 0))
    return verdicts(~(resting | full), known)


def _evidence_host_rest(p: Seen) -> tuple[str, Any]:
    return "host", {
        "resting_until": shown_date(p["resting_day"]),
        "accompanied_cap": shown_number(p["host_cap"]),
        "accompanied_now": shown_number(p["host_now"]),
    }


def _change_host_rest(p: Seen) -> Sentence | None:
    until = p["resting_day"]
    if until >= p.ask.day_number:
        after = date.fromordinal(until + EPOCH) + timedelta(days=1)
        return sentence("change.host_rest", date=after.isoformat())
    return sentence("change.host_cap")


RULES: tuple[Rule, ...] = (
    Rule(
        "step",
        lambda a: a.need.step is not None,
        _judge_step,
        _evidence_step,
        _change_step,
        reads=("steps",),
    ),
    Rule(
        "host_rest",
        always,
        _judge_host_rest,
        _evidence_host_rest,
        _change_host_rest,
        reads=(
            "resting_day",
            "host_cap",
            "host_now",
        ),
    ),
)
