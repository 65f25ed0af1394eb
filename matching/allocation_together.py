"""Allocation with households that go to one place together or to none.

A household takes several places at once, so no flow describes it; a mixed-integer program does
(HiGHS, through scipy). Its relaxation is nearly that of the flow, so it is solved quickly.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """People in units, places, and arcs between people and places.

    unit_of : (people,) the number of the household's first person; a person's own if alone
    """

    unit_of: Whole
    places: Whole
    host: Whole | None
    of_host: Whole | None
    person: Whole
    place: Whole
    fit: Whole

    def on(self, person: Whole, place: Whole, fit: Whole) -> "Problem":
        """Return the same problem with some of the arcs."""
        return replace(self, person=person, place=place, fit=fit)

    @cached_property
    def _choices(self) -> tuple[NDArray[np.int64], Whole, Whole, Whole]:
        """Return the number of each arc's choice (unit, place), −1 where not all of the unit can;
        and of each choice its unit, its place and its size."""
        size = np.bincount(self.unit_of, minlength=len(self.unit_of))
        n = max(len(self.places), 1)
        keys, number, members = np.unique(
            self.unit_of[self.person] * n + self.place, return_inverse=True, return_counts=True
        )
        unit, place = keys // n, keys % n
        whole = members == size[unit]
        renumbered = np.where(whole, np.cumsum(whole) - 1, -1)
        return renumbered[number], unit[whole], place[whole], size[unit[whole]]

    def most(self) -> int:
        """Return how many people can be placed."""
        _, _, _, size = self._choices
        if not len(size):
            return 0
        chosen = self._solve(size.astype(float), None)
        return int(size[chosen].sum())

    def best(self, placed: int) -> NDArray[np.bool_]:
        """Return which arcs are taken, with so many people placed and the largest sum of fits."""
        number, unit, _, _ = self._choices
        if not len(unit) or not placed:
            return np.zeros(len(self.fit), np.bool_)
        able = number >= 0
        gain = np.bincount(number[able], self.fit[able], minlength=len(unit)).astype(np.float64)
        chosen = self._solve(gain, placed)
        return np.asarray(able & chosen[np.maximum(number, 0)], np.bool_)

    def _solve(self, gain: NDArray[np.float64], placed: int | None) -> NDArray[np.bool_]:
        _, unit, place, size = self._choices
        n = len(unit)
        columns = np.arange(n)
        once = sparse.csr_matrix((np.ones(n), (unit, columns)), (len(self.unit_of), n))
        seats = sparse.csr_matrix((size, (place, columns)), (len(self.places), n))
        limits = [LinearConstraint(once, ub=1), LinearConstraint(seats, ub=self.places)]
        if self.host is not None and self.of_host is not None:
            borne = sparse.csr_matrix((size, (self.host[place], columns)), (len(self.of_host), n))
            limits.append(LinearConstraint(borne, ub=self.of_host))
        if placed is not None:
            row = sparse.csr_matrix(size.reshape(1, n))
            limits.append(LinearConstraint(row, lb=placed))
        found = milp(
            -gain, integrality=np.ones(n, np.int64), bounds=Bounds(0, 1), constraints=limits,
            options={"mip_rel_gap": 0},
        )  # fmt: skip
        assert found.success, found.message
        return np.asarray(found.x > 0.5, np.bool_)
