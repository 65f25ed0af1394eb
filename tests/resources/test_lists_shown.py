"""What staff were shown is counted by day and age band, told in blocks, and knows nobody."""

import random
import uuid
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select

from resources.database import Database
from resources.derived import ListsShown
from resources.lists_shown import FEWEST_LISTS, Exposure, exposure
from resources.lists_shown import count_list as counted

MAY = date(2026, 5, 10)
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _no_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are counted as `test_hubs` shows; here they need no catalogue."""
    monkeypatch.setattr("resources.lists_shown.count_suggested", lambda *_, **__: None)


def listed(database: Database, band: str | None, lengths: list[int], on: date = MAY) -> None:
    with database.writing(by="test") as session:
        for n in lengths:
            counted(session, [uuid.uuid4() for _ in range(n)], band=band, on=on)


def told(database: Database, today: date = JUNE) -> tuple[list[Exposure], int]:
    with database.reading() as session:
        return exposure(session, today=today)


def test_lists_places_and_empty_lists_are_told_by_band(database: Database) -> None:
    listed(database, "65-", [5] * 15 + [0] * 5)
    listed(database, None, [1] * FEWEST_LISTS)
    assert told(database) == (
        [Exposure("65-", 20, 3.75, 0.25), Exposure(None, FEWEST_LISTS, 1.0, 0.0)],
        0,
    )


def test_a_month_is_told_when_it_is_over(database: Database) -> None:
    listed(database, "65-", [5] * FEWEST_LISTS, on=date(2026, 5, 31))
    assert told(database, date(2026, 5, 31)) == ([], 1)
    assert [e.lists for e in told(database, JUNE)[0]] == [FEWEST_LISTS]


def test_a_band_of_few_lists_is_not_told_and_waits_for_more(database: Database) -> None:
    listed(database, "65-", [5] * FEWEST_LISTS)
    listed(database, "-39", [0] * (FEWEST_LISTS - 1))
    assert [e.name for e in told(database)[0]] == ["65-"]
    assert told(database)[1] == 1
    listed(database, "-39", [4], on=JUNE)
    listed(database, "65-", [0], on=JUNE)
    young, old = told(database, JULY)[0]
    assert (young.name, young.lists) == ("-39", FEWEST_LISTS)
    assert old == told(database)[0][0], "one more list changes nothing that is told"


@pytest.mark.parametrize("seed", range(5))
def test_two_looks_differ_by_a_block_or_not_at_all(sqlite_database: Database, seed: int) -> None:
    """Whoever writes down what is told each month learns of no fewer lists than a block has."""
    r, day = random.Random(seed), date(2026, 1, 1)
    before: dict[str | None, int] = defaultdict(int)
    all_of_them: dict[str | None, int] = defaultdict(int)
    steps = set()
    for _ in range(14):
        for band in ("-39", "40-64", None):
            some = [r.randint(0, 5) for _ in range(r.choice([0, 1, 3, 8, 19, 25]))]
            listed(sqlite_database, band, some, on=day + timedelta(days=r.randint(0, 27)))
            all_of_them[band] += len(some)
        day = (day + timedelta(days=31)).replace(day=1)
        for e in told(sqlite_database, day)[0]:
            steps.add(e.lists - before[e.name])
            before[e.name] = e.lists
            assert 0 <= all_of_them[e.name] - e.lists < FEWEST_LISTS, "and no more than that waits"
    assert 0 in steps
    assert min(steps - {0}) >= FEWEST_LISTS


def test_nothing_finer_than_the_day_and_the_band_is_kept(database: Database) -> None:
    listed(database, "65-", [5, 5, 2])
    assert {c.name for c in inspect(ListsShown).columns} == {
        "on", "band", "lists", "places", "with_nothing",
    }  # fmt: skip
    with database.reading() as session:
        (row,) = session.scalars(select(ListsShown)).all()
        assert (row.lists, row.places, row.with_nothing) == (3, 12, 0)
