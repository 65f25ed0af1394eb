"""How far a place can be relied on, from its latest sessions and answers. Pure arithmetic."""

from typing import Any

from geodata.compiled import compiled
from matching.criteria import fresh


@compiled
def share(words: Any, today: int, term_days: float) -> float:
    """Return how large a share of yes is to be expected next, 0 … 1; ½ where nothing is known.

    (yes + 1) ÷ (yes + no + 2), each word counted by its freshness: the expected value of a beta
    distribution after so many words, which are forgotten with time (Jøsang and Ismail, The Beta
    Reputation System, 2002). A newer yes never makes it smaller, and a newer no never larger, for
    it takes the place of a word that counts no more.

    words : numbers of `encoding.in_numbers`; a no counts from its day on
    term_days : after so many days a word counts half
    """
    yes, no = 0.0, 0.0
    for word in words:
        if word < 0:
            continue
        day = word >> 1
        if word & 1:
            yes += fresh(day, today, term_days)
        elif day <= today:
            no += fresh(day, today, term_days)
    return (yes + 1.0) / (yes + no + 2.0)
