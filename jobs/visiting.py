"""Whose ledgers are looked at in a round, where a process may not hold all municipalities open.

One after the other through all of them, with fewer held open than there are, would open and close
every one in every round: what was closed longest ago is always the next to be opened.
"""

from collections.abc import Sequence

STAYS = 20
"""Rounds for which a process stays with the same ones before it closes them for others."""


class Visits:
    """Takes as many as may be open, stays with them for some rounds, and goes on to the next.

    at_most : how many may be open at once
    stays : rounds, instead of `STAYS`
    """

    def __init__(self, at_most: int, *, stays: int | None = None) -> None:
        self._at_most = max(at_most, 1)
        self._stays = STAYS if stays is None else stays
        self._rounds = 0
        self._here: tuple[str, ...] = ()

    def of_this_round(self, slugs: Sequence[str]) -> tuple[str, ...]:
        """Return which of those that are listed now are visited in the round that begins."""
        if len(slugs) <= self._at_most:
            return tuple(slugs)
        if self._rounds % self._stays == 0 or not set(self._here) <= set(slugs):
            self._here = self._next(slugs)
            self._rounds = 0
        self._rounds += 1
        return self._here

    def _next(self, slugs: Sequence[str]) -> tuple[str, ...]:
        """Return those that come after the last one, in a circle."""
        left = [slug for slug in self._here if slug in slugs]
        start = slugs.index(left[-1]) + 1 if left else 0
        return tuple(slugs[(start + i) % len(slugs)] for i in range(self._at_most))
