"""How an even spread over hosts is told to a search: each person more at one counts one more.

The first person whom a host gets costs 0, the second 1, the third 2 …; n cost n(n − 1)/2. With a
fixed number of people the sum of that over the hosts is least where the sum of n² is.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.schemes import UNIT

Whole = NDArray[np.int64]

LARGEST = 2**60
"""Costs times the nodes of a flow stay below that; OR-Tools reckons so in 64 bits."""


class Levels(NamedTuple):
    """Room for one person each, host by host.

    host : (m,) whose; cost : (m,) 0, 1, 2 … within each host
    """

    host: Whole
    cost: Whole


def levels(loads: Whole) -> Levels:
    """Return as many levels for each host as it can get people; loads : (hosts,)."""
    first = np.repeat(np.cumsum(loads) - loads, loads)
    return Levels(np.repeat(np.arange(len(loads)), loads), np.arange(len(first)) - first)


def unevenness(loads: Whole) -> int:
    """Return what loads cost all together: 0 where nobody gets more than one."""
    return int((loads * (loads - 1)).sum()) // 2


def fits_weigh(loads: Whole, people: int, *, nodes: int) -> int:
    """Return what to multiply lacks of fit by, so that no spread weighs up the least of them.

    1 where there is nothing to spread, and where the product would be too large to reckon with.

    loads : (hosts,) how many people each can get at most
    """
    fullest_first = np.sort(loads)[::-1]
    left = np.maximum(people - (np.cumsum(fullest_first) - fullest_first), 0)
    filled = np.minimum(fullest_first, left)
    most = int(filled.max(initial=0))
    weigh = unevenness(filled) + 1  # of all ways, that is the most uneven
    if len(loads) < 2 or (UNIT * weigh + most) * (nodes + 3) >= LARGEST:
        return 1
    return weigh
