"""A moment comes back from every database as it went in: aware, the same instant."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from resources.clock import JAPAN
from resources.database import Database
from resources.models import Change


def change(at: datetime) -> Change:
    return Change(entity="x", entity_id="1", action="add", by="test", at=at)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 5, 10, tzinfo=UTC),
        datetime(2026, 11, 23, 14, 10, 30, 250_000, tzinfo=JAPAN),
        datetime(2026, 1, 1, 0, 0, tzinfo=timezone(timedelta(hours=-11))),
    ],
)
def test_a_moment_is_the_same_instant_in_utc(database: Database, at: datetime) -> None:
    with database.writing(by="test") as session:
        session.add(change(at))
    with database.reading() as session:
        stored = session.scalars(select(Change.at)).one()
        earliest = session.scalar(select(func.min(Change.at)))
    assert stored == earliest == at
    assert stored.utcoffset() == timedelta(0)


def test_moments_compare_in_the_database_as_they_do_here(database: Database) -> None:
    moments = [datetime(2026, 11, 23, h, tzinfo=JAPAN) for h in (0, 8, 9, 23)]
    with database.writing(by="test") as session:
        session.add_all(change(m) for m in moments)
    limit = datetime(2026, 11, 23, 0, tzinfo=UTC)  # 9 o'clock in Japan
    with database.reading() as session:
        found = session.scalars(select(Change.at).where(Change.at >= limit).order_by(Change.at))
        assert list(found) == moments[2:]


def test_a_moment_without_its_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 23, 5, 10)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError), database.writing(by="test") as session:
        session.add(change(naive))
