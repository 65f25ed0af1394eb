"""Allocation with households that go to one place together or to none.

A household takes several places at once, so no flow describes it; a mixed-integer program does
(HiGHS, through scipy). Its relaxation is nearly that of the flow, so it is solved quickly. HiGHS
reckons in floating point, where one sum can't say both fits and loads to the last digit; so the
load is spread by a second program, to which the sum of fits is a condition.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.even_loads import levels, unevenness

Whole = NDArray[np.int64]

SPREAD_UP_TO = 10_000
"""So many choices (a unit, a place) are the most for which an even load is searched: two hundred
people with fifty places each. A thousand people with twenty took a minute."""

SEARCHED = 2_000
"""So many nodes of the search are looked at for an even spread, and then the best so far is taken.

Nodes and not seconds: the same input gives the same answer on any machine."""


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

    def best(self, placed: int, *, spread: bool = True) -> NDArray[np.bool_]:
        """Return which arcs are taken, with so many people placed and the largest sum of fits.

        spread : whether, of several such, one with the least sum of squares of loads is looked for
        """
        number, unit, _, _ = self._choices
        if not len(unit) or not placed:
            return np.zeros(len(self.fit), np.bool_)
        able = number >= 0
        gain = np.bincount(number[able], self.fit[able], minlength=len(unit)).astype(np.float64)
        chosen = self._solve(gain, placed)
        if spread and len(unit) <= SPREAD_UP_TO:
            chosen = self._spread(chosen, gain)
        return np.asarray(able & chosen[np.maximum(number, 0)], np.bool_)

    def _limits(self) -> list[tuple[sparse.csr_matrix, Whole]]:
        """Return what no choice may exceed: a matrix over the choices, and its upper bounds."""
        _, unit, place, size = self._choices
        shape, columns = len(unit), np.arange(len(unit))
        once = sparse.csr_matrix((np.ones(shape), (unit, columns)), (len(self.unit_of), shape))
        seats = sparse.csr_matrix((size, (place, columns)), (len(self.places), shape))
        limits = [(once, np.ones(len(self.unit_of), np.int64)), (seats, self.places)]
        if self.of_host is not None:
            limits.append((self._borne(), self.of_host))
        return limits

    def _borne(self) -> sparse.csr_matrix:
        """Return how many people each choice brings each host, or each place without hosts."""
        _, unit, place, size = self._choices
        host, hosts = (
            (place, len(self.places))
            if self.host is None or self.of_host is None
            else (self.host[place], len(self.of_host))
        )
        return sparse.csr_matrix((size, (host, np.arange(len(unit)))), (hosts, len(unit)))

    def _solve(self, gain: NDArray[np.float64], placed: int | None) -> NDArray[np.bool_]:
        _, unit, _, size = self._choices
        n = len(unit)
        limits = [LinearConstraint(matrix, ub=bound) for matrix, bound in self._limits()]
        if placed is not None:
            row = sparse.csr_matrix(size.reshape(1, n))
            limits.append(LinearConstraint(row, lb=placed))
        found = milp(
            -gain, integrality=np.ones(n, np.int64), bounds=Bounds(0, 1), constraints=limits,
            options={"mip_rel_gap": 0},
        )  # fmt: skip
        assert found.success, found.message
        return np.asarray(found.x > 0.5, np.bool_)

    def _spread(self, chosen: NDArray[np.bool_], gain: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return choices as good as those chosen, with as even a load as the search finds."""
        _, unit, place, size = self._choices
        borne = self._borne()
        uneven = unevenness(borne @ chosen)
        wishes = np.bincount(place, size, minlength=len(self.places)).astype(np.int64)
        could = np.minimum(self.places, wishes)
        if self.host is not None and self.of_host is not None:
            of_places = np.bincount(self.host, could, minlength=len(self.of_host))
            could = np.minimum(self.of_host, of_places.astype(np.int64))
        # Who gets so many that they alone are as uneven as all are now is on no better way.
        steps = levels(np.minimum(could, int(np.sqrt(2 * uneven)) + 1))
        if uneven == np.sort(steps.cost)[: int(size @ chosen)].sum():  # as even as can be
            return chosen
        n, m = len(unit), len(steps.cost)
        stand = sparse.csr_matrix((np.ones(m), (steps.host, np.arange(m))), (borne.shape[0], m))
        limits = [
            LinearConstraint(sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], m))]), ub=b)
            for matrix, b in self._limits()
        ]
        limits.append(LinearConstraint(sparse.hstack([borne, -stand]), ub=0))
        for worth in (size, gain):  # as many people, and as good a sum; both are whole numbers
            row = np.zeros((1, n + m))
            row[0, :n] = worth
            limits.append(LinearConstraint(row, lb=worth @ chosen - 0.5))
        found = milp(
            np.append(np.zeros(n), steps.cost), integrality=np.ones(n + m, np.int64),
            bounds=Bounds(0, 1), constraints=limits,
            options={"mip_rel_gap": 0, "node_limit": SEARCHED},
        )  # fmt: skip
        if found.x is None:  # not even one as good was met
            return chosen
        other = np.asarray(found.x[:n] > 0.5, np.bool_)
        kept = size @ other == size @ chosen and gain @ other == gain @ chosen
        return other if kept and unevenness(borne @ other) < uneven else chosen
