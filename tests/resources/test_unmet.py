"""What found nothing is counted without anything that tells whose it was; small counts aren't told."""

from datetime import date

import pytest
from sqlalchemy import inspect

from resources.database import Database
from resources.derived import UnmetNeed
from resources.unmet import ANY_TIME, FEWEST, Unmet, parts_of_day, record_unmet, unmet_needs

DAY = date(2026, 11, 24)


def noted(database: Database, times: int, **more: object) -> None:
    facts = {
        "needs": {"isolation": 3},
        "district": "d1",
        "windows": [(540, 720)],
        "on": DAY,
        **more,
    }
    for _ in range(times):
        with database.writing(by="test") as session:
            record_unmet(session, **facts)


def test_what_is_asked_often_is_told_and_what_is_rare_only_that_it_is(database: Database) -> None:
    noted(database, FEWEST)
    noted(database, FEWEST - 1, district="d2")
    noted(database, 1, needs={"grief": 2, "illness": 1}, windows=[])
    with database.reading() as session:
        assert unmet_needs(session, since=DAY) == [
            Unmet("isolation", "d1", "morning", FEWEST),
            Unmet("grief", "d1", ANY_TIME, None),
            Unmet("isolation", "d2", "morning", None),
        ]
        assert unmet_needs(session, since=date(2026, 12, 1)) == []


def test_small_counts_stand_in_an_order_that_tells_nothing_of_their_size(
    database: Database,
) -> None:
    noted(database, FEWEST - 1, needs={"withdrawal": 3})
    noted(database, 1, needs={"debt": 3})
    with database.reading() as session:
        assert [u.need for u in unmet_needs(session, since=DAY)] == ["debt", "withdrawal"]


def test_months_add_up_and_nothing_but_codes_is_kept(database: Database) -> None:
    noted(database, 3, on=date(2026, 10, 5))
    noted(database, 3)
    with database.reading() as session:
        (row,) = unmet_needs(session, since=date(2026, 10, 31))
    assert row.times == 6
    assert {c.name for c in inspect(UnmetNeed).columns} == {
        "need", "district", "part", "month", "times",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("windows", "parts"),
    [
        ([], [ANY_TIME]),
        ([(780, 1020)], ["afternoon"]),
        ([(700, 740)], []),
        ([(360, 1440)], ["early", "morning", "afternoon", "evening", "late"]),
        ([(60, 180), (600, 700)], ["night", "morning"]),
    ],
)
def test_hours_touch_the_parts_of_the_day(windows: list[tuple[int, int]], parts: list[str]) -> None:
    assert parts_of_day(windows) == parts


def test_only_mentioned_needs_count_where_nothing_weighs_more(database: Database) -> None:
    noted(database, 1, needs={"debt": 1, "grief": 1}, windows=[])
    noted(database, 1, needs={}, windows=[])
    with database.reading() as session:
        assert [u.need for u in unmet_needs(session, since=DAY)] == ["debt", "grief"]
