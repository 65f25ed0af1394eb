"""A catalogue in which tests register places the way coordinators do."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matching.store import IndexStore
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.host_experience import HostExperience
from resources.models import Organization
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

BANDS = ("accompanied", "stayed", "answer_days")

Register = Callable[..., uuid.UUID]


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index", default_vocabulary())


@pytest.fixture
def register(database: Database) -> Register:
    """Register a place in a transaction of its own; returns its offering's id."""

    def registered(**parts: Any) -> uuid.UUID:
        with database.writing(by="test") as session:
            return register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            ).id

    return registered


@pytest.fixture
def hosts(database: Database) -> list[uuid.UUID]:
    """Six hosts, some resting or full."""
    return add_hosts(database)


@pytest.fixture
def sqlite_hosts(sqlite_database: Database) -> list[uuid.UUID]:
    """The same hosts, for what doesn't differ between the two databases."""
    return add_hosts(sqlite_database)


def add_hosts(database: Database) -> list[uuid.UUID]:
    return _hosts(database)


@pytest.fixture
def hosts_of() -> Callable[[Database], list[uuid.UUID]]:
    """Put the six hosts into a database."""
    return _hosts


def _hosts(database: Database) -> list[uuid.UUID]:
    from datetime import date

    now = clock.now()
    made = []
    with database.writing(by="test") as session:
        for i in range(6):
            host = Organization(
                id=uuid.UUID(int=(i + 1) << 70 | i + 1),
                name=f"法人{i}",
                accompanied_cap=[None, 2, 2, 3, None, 1][i],
                accompanied_now=[None, 2, 1, None, 1, 0][i],
                resting_until=date(2027, 1, 10) if i == 5 else None,
                created_at=now,
                edited_at=now,
            )
            session.add(host)
            made.append(host.id)
        session.flush()
        # Of the host that is full, of one that has room, and of one of which little is known.
        for i, bands in ((1, (20, 10, 3)), (2, (5, None, 30)), (4, (50, 20, None))):
            session.add(
                HostExperience(organization_id=made[i], **dict(zip(BANDS, bands, strict=True)))
            )
    return made
