"""The fewest agencies that take some needs between them: a set cover, exact where it is small."""

from collections.abc import Mapping, Sequence
from functools import cache

from resources.agency_graph import Taker

EXACT_NEEDS = 12
"""Up to so many needs the smallest set is found exactly; for more, the agency that answers most of
what is left is taken again and again."""


def fewest_agencies(takers: Mapping[str, Sequence[Taker]]) -> list[str]:
    """Return the smallest set of agencies that takes all the needs.

    Among sets of one size, the one with most agencies of the district itself, then the one with
    most desks, then the first by code.
    """
    needs = list(takers)
    masks: dict[str, int] = {}
    distant: dict[str, int] = {}
    for i, need in enumerate(needs):
        for taker in takers[need]:
            masks[taker.code] = masks.get(taker.code, 0) | 1 << i
            # A set has fewer than 1,000 agencies: being local weighs more than all being desks.
            distant[taker.code] = 1000 * (not taker.local) + (not taker.desk)
    if len(needs) > EXACT_NEEDS:
        return _greedy(masks, distant, (1 << len(needs)) - 1)

    @cache
    def best(left: int) -> tuple[int, int, tuple[str, ...]]:
        if not left:
            return 0, 0, ()
        lowest = left & -left  # some agency must take this one: try each that does
        return min(
            (1 + size, distant[code] + far, tuple(sorted((code, *codes))))
            for code, mask in masks.items()
            if mask & lowest
            for size, far, codes in [best(left & ~mask)]
        )

    return list(best((1 << len(needs)) - 1)[2])


def _greedy(masks: Mapping[str, int], distant: Mapping[str, int], left: int) -> list[str]:
    chosen = []
    while left:
        code = min(masks, key=lambda c: (-(masks[c] & left).bit_count(), distant[c], c))
        chosen.append(code)
        left &= ~masks[code]
    return chosen
