"""What staff were shown, counted by day and age band: lists, places on them, lists of nothing.

A look is counted, not a person: who it was for stands nowhere, so two looks at one list are two.
What it tells is told of whole months, in blocks of many lists, so that what was told before and
what is told now never differ by a few.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.derived import ListsShown
from resources.upsert import insert_into
from resources.verify_next import count_suggested

NO_AGE = ""
"""The band of lists for which no age was told."""

FEWEST_LISTS = 20
"""Fewer lists aren't told of: one person is looked at several times."""

Month = tuple[int, int]


@dataclass(frozen=True)
class Exposure:
    """What was shown for people of an age band.

    name : the band; None = no age was told
    lists : how many were shown; places_per_list : on average, empty lists among them
    with_nothing : share of lists on which no place stood
    """

    name: str | None
    lists: int
    places_per_list: float
    with_nothing: float

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def count_list(
    session: Session, offerings: Collection[uuid.UUID], *, band: str | None, on: date
) -> None:
    """Count a list that staff are shown, and each place on it.

    band : of the person's age, as coarse as it is to be told; None = no age was told
    """
    # The places first and in order: two lists at once then never wait for each other in a ring.
    count_suggested(session, offerings, on=on)
    statement = insert_into(session, ListsShown)
    added = {"lists": 1, "places": len(set(offerings)), "with_nothing": int(not offerings)}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ListsShown.on, ListsShown.band],
            set_={name: getattr(ListsShown, name) + n for name, n in added.items()},
        ),
        [{"on": on, "band": band or NO_AGE, **added}],
    )


def exposure(session: Session, *, today: date) -> tuple[list[Exposure], int]:
    """Return what was shown by age band, and how many bands have too few lists to be told.

    Of each band whole months count, the current one not yet: one after the other in blocks of
    `FEWEST_LISTS` lists at least, and a block that isn't full yet not at all. So what is told on
    two days is the same or differs by a block, and no sum over the bands is told from which one
    that is left out would follow.
    """
    rows = session.scalars(select(ListsShown).order_by(ListsShown.on)).all()
    bands: dict[str, dict[Month, _Counted]] = defaultdict(lambda: defaultdict(_Counted))
    for row in rows:
        if (row.on.year, row.on.month) < (today.year, today.month):
            month = bands[row.band][row.on.year, row.on.month]
            month.add(row.lists, row.places, row.with_nothing)
    told = []
    for band, months in sorted(bands.items()):
        whole = _full_blocks(months[m] for m in sorted(months))
        if whole.lists:
            told.append(
                Exposure(
                    band or None, whole.lists, whole.places / whole.lists,
                    whole.with_nothing / whole.lists,
                )
            )  # fmt: skip
    # Who told no age comes last.
    told.sort(key=lambda e: e.name is None)
    return told, len({row.band for row in rows}) - len(told)


@dataclass
class _Counted:
    lists: int = 0
    places: int = 0
    with_nothing: int = 0

    def add(self, lists: int, places: int, with_nothing: int) -> None:
        self.lists += lists
        self.places += places
        self.with_nothing += with_nothing


def _full_blocks(months: Iterable[_Counted]) -> _Counted:
    """Return the sum of the blocks that are full."""
    whole, block = _Counted(), _Counted()
    for month in months:
        block.add(month.lists, month.places, month.with_nothing)
        if block.lists >= FEWEST_LISTS:
            whole.add(block.lists, block.places, block.with_nothing)
            block = _Counted()
    return whole
