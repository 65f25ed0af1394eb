"""What several sentences of a note say together of the hours in which somebody can come."""

import re
from dataclasses import replace

from matching.note_free import NO
from matching.note_proposals import Proposal
from matching.note_weekdays import WHOLE_DAY
from resources.days import DAYS


def hours_together(found: list[Proposal]) -> list[Proposal]:
    """Put days of which no hours are said with hours of which no days are: 「平日のみ。14時以降」.

    All hours of a need count together: the whole day, or the whole week, would swallow the others.
    What a no leaves ("not in the mornings") is left out where it is said when they can come.
    """
    windows = [p for p in found if p.field == "windows"]
    left = [p for p in windows if _is_left(p.because)]
    said = [p for p in windows if p not in left]
    days = [p for p in said if _is_of_days_alone(p)]
    hours = [p for p in said if _is_of_hours_alone(p)]
    if days and not hours:
        hours = [p for p in left if _is_of_hours_alone(p)]
        if len(days) < len(said):
            hours = []
    if not (days and hours):
        return [p for p in found if p not in left] if said else found
    named = {w["day"] for p in days for w in p.value}
    narrowed = [replace(p, value=[w for w in p.value if w["day"] in named]) for p in hours]
    kept = [p for p in found if p not in (*left, *days, *hours)]
    return [*kept, *narrowed]


def _is_of_days_alone(proposal: Proposal) -> bool:
    return len(proposal.value) < len(DAYS) and all(
        (w["from"], w["to"]) == WHOLE_DAY for w in proposal.value
    )


def _is_of_hours_alone(proposal: Proposal) -> bool:
    """Tell whether hours are said of no day; 「夜も」 are more than the others."""
    return len(proposal.value) == len(DAYS) and not re.search("も|毎日", proposal.because)


def _is_left(words: str) -> bool:
    refused = NO.search(re.sub("(?<=[日曜末])以外", "", words))
    return refused is not None and not re.search("しか|ないと", words)
