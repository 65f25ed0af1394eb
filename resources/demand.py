"""How much each town asks for: its people, or the needs asked for there that found nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from resources.unmet import ANY_TIME, parts_of_day, unmet_needs

PEOPLE, UNMET = "people", "unmet"
DEMANDS = (PEOPLE, UNMET)

LOOKED_BACK = timedelta(days=365)
"""Needs that found nothing count for a year."""


class NoDemand(LookupError):
    """No need that found nothing was counted often enough to weigh towns by it."""

    def __init__(self) -> None:
        super().__init__(
            "no need was counted often enough to weigh the towns by what found nothing: "
            "weigh them by their people, or ask for another need or other hours"
        )


@dataclass(frozen=True)
class Demand:
    """What each town asks for.

    towns : (n,) people, or how often needs of its district found nothing
    left_out : counts too small to be told, which weigh nothing
    """

    towns: NDArray[np.float64]
    left_out: int = 0


def unmet_demand(
    session: Session,
    *,
    need: str | None,
    hours: tuple[int, int],
    people: NDArray[np.int64],
    districts: Sequence[str | None],
    until: date,
) -> Demand:
    """Return what found nothing in a year, each district's spread over its towns by their people.

    A need is counted by the district of the place nearest to where it was asked from, so a town's
    own share isn't known. What was counted without a district that a town lies in is spread over
    all. Counts below `resources.unmet.FEWEST` are left out: one of them may be one person.

    Parameters
    ----------
    need : only this one; None = all of them, a person with three counting three times
    hours : minutes from midnight; what was asked for then, or at any time
    people, districts : (n,) of each town
    until : the last day

    Raises
    ------
    NoDemand : nothing was counted often enough.
    """
    parts = {ANY_TIME, *parts_of_day([hours])}
    cells = [
        cell
        for cell in unmet_needs(session, since=until - LOOKED_BACK)
        if cell.part in parts and need in (None, cell.need)
    ]
    towns = np.zeros(len(people))
    names = np.array([d or "" for d in districts], dtype=object)
    for cell in cells:
        inside = names == cell.district
        if cell.times is not None:
            where = inside if cell.district and inside.any() else np.ones(len(people), bool)
            towns += cell.times * _shares(people, where)
    if not towns.any():
        raise NoDemand
    return Demand(towns, sum(cell.times is None for cell in cells))


def _shares(people: NDArray[np.int64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return each town's share of those that are meant, by people; equal where nobody lives."""
    weight = np.where(where, people, 0).astype(float)
    if not weight.any():
        weight = where.astype(float)
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares
