"""Who a request comes from, by one statement, beside the plain way of asking one after the other."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import arriving
from casework.accounts import actor_of, token_hash
from casework.arriving import Arriving
from casework.models import Account, ApiToken, WebSession
from casework.passwords import NONE
from resources import clock
from resources.changes import latest_revision
from resources.database import Database
from resources.models import Organization

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _slowly(session: Session, token: str, *, bearer: bool) -> Arriving:
    """Ask for each thing by itself, and decide here."""
    revision = latest_revision(session)
    shown = session.get(ApiToken if bearer else WebSession, token_hash(token))
    if shown is None or shown.expires_at <= NOW:
        return Arriving(revision)
    if isinstance(shown, ApiToken) and shown.revoked_at is not None:
        return Arriving(revision)
    account = session.get(Account, shown.account_id)
    if account is None or not account.active:
        return Arriving(revision)
    scopes = frozenset(shown.scopes) if isinstance(shown, ApiToken) else None
    return Arriving(revision, actor_of(account), scopes)


account_facts = st.fixed_dictionaries(
    {
        "active": st.booleans(),
        "role": st.sampled_from(["support_worker", "csw", "admin"]),
        "language": st.sampled_from(["ja", "en"]),
        "totp": st.none() | st.just("sealed"),
        "password_hash": st.sampled_from([NONE, "$argon2id$x"]),
    }
)
shown_facts = st.fixed_dictionaries(
    {
        "of": st.integers(0, 2),
        "ends": st.sampled_from([-MINUTE, timedelta(0), timedelta(microseconds=1), MINUTE]),
        "revoked": st.booleans(),
        "scopes": st.sampled_from([[], ["read"], ["read", "write"]]),
    }
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    accounts=st.lists(account_facts, min_size=1, max_size=3),
    shown=st.lists(shown_facts, max_size=5),
    writes=st.integers(0, 2),
)
def test_it_tells_what_asking_one_after_the_other_tells(
    database: Database,
    held: None,
    accounts: list[dict[str, Any]],
    shown: list[dict[str, Any]],
    writes: int,
) -> None:
    with database.writing(by="test") as session:
        for table in (WebSession, ApiToken, Account):
            session.execute(delete(table))
        for n in range(writes):
            session.add(Organization(name=f"団体{n}", invented=True, created_at=NOW, edited_at=NOW))
        people = [
            Account(
                id=uuid.uuid4(), name=f"a{n}", agency=None, display_name=f"職員{n}", demo=True,
                created_at=NOW, edited_at=NOW, **facts,
            )
            for n, facts in enumerate(accounts)
        ]  # fmt: skip
        session.add_all(people)
        session.flush()
        for n, facts in enumerate(shown):
            of = people[facts["of"] % len(people)].id
            ends = NOW + facts["ends"]
            session.add(
                WebSession(
                    token_hash=token_hash(f"s{n}"), account_id=of, created_at=NOW, expires_at=ends
                )
            )
            session.add(
                ApiToken(
                    token_hash=token_hash(f"t{n}"), account_id=of, label="x", created_by="test",
                    created_at=NOW, expires_at=ends, scopes=facts["scopes"],
                    revoked_at=NOW if facts["revoked"] else None,
                )
            )  # fmt: skip
        session.flush()
        connection = session.connection()
        assert arriving.nobody(connection) == Arriving(latest_revision(session))
        for n in range(len(shown) + 1):  # the last is nobody's
            for kind in "st":
                token = f"{kind}{n}"
                assert arriving.by_session(connection, token) == _slowly(
                    session, token, bearer=False
                )
                assert arriving.by_token(connection, token) == _slowly(session, token, bearer=True)


def test_neither_a_hash_nor_a_secret_is_read(database: Database) -> None:
    asked = str(arriving._BY_TOKEN._statement), str(arriving._BY_SESSION._statement)
    for statement in asked:
        columns = statement.split("FROM")[0]
        assert "password_hash" not in columns
        assert "totp" not in columns


def test_a_text_that_no_database_can_hold_is_nobodys(database: Database) -> None:
    with database.looking() as connection:
        for odd in ("", "\ud800", "\0", "'; DROP TABLE account; --", "あ" * 5000):
            assert arriving.by_token(connection, odd) == Arriving(0)
            assert arriving.by_session(connection, odd) == Arriving(0)
    with database.reading() as session:
        assert session.scalars(select(Account)).all() == []
