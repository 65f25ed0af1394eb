"""Where a few more places would be within reach of most people who have none."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, hstack, identity, vstack

from geodata.access import Reached

SECONDS = 60.0
"""The search for the best sites ends after so long, with the best it has found."""


def best_sites(
    people: NDArray[np.float64], reached: Reached, candidates: int, sites: int
) -> NDArray[np.int64]:
    """Return the candidates that together have most people within reach.

    The maximal covering location problem (Church and ReVelle, Papers of the Regional Science
    Association 32, 1974), solved as an integer programme by HiGHS: x = 1 for a chosen site, y = 1
    for an origin that a chosen site covers.

    Parameters
    ----------
    people : (n,) who live at each origin and have nothing yet, or what they ask for
    reached : which origin reaches which candidate
    candidates : how many there are
    sites : how many to choose at most

    Returns
    -------
    Row numbers of the chosen, those that nobody would reach left out.
    """
    origins = len(people)
    sites = min(sites, candidates)
    if not len(reached.place) or not sites or not people.any():
        return np.empty(0, np.int64)
    covers = coo_array(
        (np.ones(len(reached.place)), (reached.origin, reached.place)), (origins, candidates)
    ).tocsr()
    # An origin counts as covered only if one of its sites is chosen: y − Σ x ≤ 0; and Σ x ≤ sites.
    number = coo_array(np.concatenate([np.ones(candidates), np.zeros(origins)])[None, :])
    limits = vstack([hstack([-covers, identity(origins)]), number], format="csr")
    # A cost of each site, so that none is chosen for nothing; all of them cost less than the
    # smallest origin is worth, so that none is left out either.
    cost = people[people > 0].min() / (2 * sites)
    worth = np.concatenate([np.full(candidates, -cost), people])
    solved = milp(
        -worth,
        integrality=np.concatenate([np.ones(candidates), np.zeros(origins)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(limits, ub=np.append(np.zeros(origins), sites)),
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise RuntimeError("no siting was found")
    return np.flatnonzero(solved.x[:candidates] > 0.5)


def covered(reached: Reached, chosen: NDArray[np.int64], origins: int) -> NDArray[np.bool_]:
    """Return which origins one of the chosen sites covers."""
    found = np.zeros(origins, bool)
    found[reached.origin[np.isin(reached.place, chosen)]] = True
    return found
