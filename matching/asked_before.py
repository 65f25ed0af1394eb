"""The rule about what came to nothing before: set aside for a time, or for good."""

from datetime import date
from typing import Any

from geodata.compiled import compiled
from matching.columns import NEVER
from matching.encoding import EPOCH
from matching.sentences import Sentence, day_in_words, sentence
from matching.sight import Seen
from matching.verdicts import FAIL, PASS, Rule


@compiled
def set_aside(_p: Any, look: Any, a: Any) -> int:
    """What was declined isn't proposed again before its day."""
    return PASS if look["set_aside_day"] <= a["day_number"] else FAIL


def _until(p: Seen) -> date | None:
    day = p["set_aside_day"]
    return date.fromordinal(day + EPOCH) if 0 < day < NEVER else None


def _evidence(p: Seen) -> tuple[str, Any]:
    until, day = _until(p), p["set_aside_day"]
    if day == 0:
        return "set_aside", False
    return "set_aside", {"until": "never" if until is None else until.isoformat()}


def _change(p: Seen) -> Sentence | None:
    until = _until(p)
    if until is None:
        return sentence("change.set_aside_never")
    return sentence("change.set_aside", date=day_in_words(until))


RULES: tuple[Rule, ...] = (
    Rule("set_aside", lambda a: bool(a.need.set_aside), set_aside, _evidence, _change),
)
