"""Accounts, signing in, and slowing down who guesses."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from casework import arriving, guessing, sessions
from casework.accounts import (
    BadAccount,
    NoSuchAccount,
    account_named,
    add_account,
    add_token,
    deactivate,
    demo_accounts,
)
from casework.consents import NoSuchAgency
from casework.guessing import TooManyTries, count_try, forget_tries, wait_after_s
from casework.models import Account, ApiToken, AuditRow, Guess, WebSession
from casework.passwords import WeakPassword, matches
from casework.roles import UnknownRole
from resources import clock
from resources.database import Database

PASSWORD = "ながい合言葉 2026"


class HeldClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    clock_held = HeldClock()
    monkeypatch.setattr(clock, "now", lambda: clock_held.moment)
    return clock_held


@pytest.fixture
def account(database: Database, agencies: tuple[str, str]) -> Account:
    with database.writing(by="test") as session:
        return add_account(
            session,
            name="Sato",
            password=PASSWORD,
            role="support_worker",
            agency="east",
            display_name="佐藤",
            by="test",
        )


def _sign_in(database: Database, account_id: uuid.UUID, replaces: str | None = None) -> str:
    with database.writing(by="nobody") as session:
        return sessions.sign_in(
            session, account_id=account_id, source="10.0.0.1", hours=10, replaces=replaces
        )


def test_the_right_password_signs_in_and_case_and_width_of_the_name_do_not_matter(
    database: Database, account: Account
) -> None:
    with database.reading() as session:
        for name in ("sato", " SATO ", "ｓａｔｏ"):
            check = sessions.check_password(session, name=name, password=PASSWORD)
            assert check == sessions.Check(account.id, True)
        wrong = sessions.check_password(session, name="sato", password=PASSWORD + "x")
        assert wrong == sessions.Check(account.id, False)
        nobody = sessions.check_password(session, name="suzuki\0", password=PASSWORD)
        assert nobody == sessions.Check(None, False)


def test_no_password_or_token_is_stored(database: Database, account: Account) -> None:
    token = _sign_in(database, account.id)
    with database.reading() as session:
        kept = session.get_one(Account, account.id).password_hash
        assert kept.startswith("$argon2id$")
        assert PASSWORD not in kept
        assert token not in session.scalars(select(WebSession.token_hash)).one()


def test_a_password_that_is_typed_in_another_composition_is_the_same_password(
    database: Database, account: Account
) -> None:
    assert matches(account.password_hash, "な\u304b\u3099い合言葉 2026")
    assert not matches(None, PASSWORD)
    assert not matches(account.password_hash, "\ud800" * 20)


def test_signing_in_ends_the_session_the_browser_had(database: Database, account: Account) -> None:
    first = _sign_in(database, account.id)
    second = _sign_in(database, account.id, replaces=first)
    with database.reading() as session:
        assert arriving.by_session(session.connection(), first).actor is None
        actor = arriving.by_session(session.connection(), second).actor
    assert actor is not None
    assert (actor.name, actor.role, actor.agency) == ("sato", "support_worker", "east")


def test_a_session_ends_by_itself_by_signing_out_and_with_the_account(
    database: Database, account: Account, held: HeldClock
) -> None:
    tokens = [_sign_in(database, account.id) for _ in range(2)]
    with database.writing(by="test") as session:
        sessions.sign_out(session, token=tokens[0])
        assert arriving.by_session(session.connection(), tokens[0]).actor is None
        assert arriving.by_session(session.connection(), tokens[1]).actor is not None
    held.forward(hours=10, seconds=1)
    with database.reading() as session:
        assert arriving.by_session(session.connection(), tokens[1]).actor is None
    third = _sign_in(database, account.id)
    with database.writing(by="test") as session:
        deactivate(session, account_id=account.id, by="test")
        session.flush()
        assert arriving.by_session(session.connection(), third).actor is None
        check = sessions.check_password(session, name="sato", password=PASSWORD)
        assert not check.right
    with pytest.raises(NoSuchAccount):
        _sign_in(database, account.id)


def test_signing_in_and_out_and_permissions_are_in_the_audit(
    database: Database, account: Account
) -> None:
    token = _sign_in(database, account.id)
    with database.writing(by="nobody") as session:
        sessions.refuse(session, account_id=account.id)
        sessions.sign_out(session, token=token)
        sessions.sign_out(session, token=token)
    with database.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        session.expunge_all()
    assert [(r.action, r.allowed, r.by) for r in rows] == [
        ("permit", True, "test"),
        ("sign_in", True, "user:sato"),
        ("sign_in", False, "nobody"),
        ("sign_out", True, "user:sato"),
    ]
    assert {r.entity_id for r in rows} == {str(account.id)}


def test_guessing_gets_slower_and_slower_for_one_name_from_one_source_only(
    database: Database, held: HeldClock
) -> None:
    with database.writing(by="nobody") as session:
        for _ in range(guessing.FREE_TRIES):
            count_try(session, name="sato", source="10.0.0.9")
        with pytest.raises(TooManyTries) as refused:
            count_try(session, name="sato", source="10.0.0.9")
        assert refused.value.wait_s >= 1
        count_try(session, name="sato", source="10.0.0.1")  # the owner, from her own desk
        count_try(session, name="mori", source="10.0.0.9")  # a colleague of the guesser
        held.forward(seconds=1)
        count_try(session, name="sato", source="10.0.0.9")
        held.forward(seconds=1)
        with pytest.raises(TooManyTries):
            count_try(session, name="sato", source="10.0.0.9")


def test_a_hundred_guesses_at_once_are_a_hundred_guesses(
    database: Database, held: HeldClock
) -> None:
    def guess(_: int) -> bool:
        try:
            with database.writing(by="nobody") as session:
                count_try(session, name="sato", source="10.0.0.9")
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(100))) == guessing.FREE_TRIES


def test_the_pause_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after_s(n) for n in (1, 4, 5, 6, 7, 8)] == [0, 0, 1, 2, 4, 8]
    assert wait_after_s(500) == guessing.LONGEST_WAIT_S


def test_the_right_password_or_a_day_wipes_the_count(database: Database, held: HeldClock) -> None:
    with database.writing(by="nobody") as session:
        for _ in range(guessing.FREE_TRIES):
            count_try(session, name="sato", source="10.0.0.9")
        forget_tries(session, name="sato", source="10.0.0.9")
        for _ in range(guessing.FREE_TRIES):
            count_try(session, name="sato", source="10.0.0.9")
        held.forward(days=1, seconds=1)
        count_try(session, name="mori", source="10.0.0.9")
        assert len(session.scalars(select(Guess)).all()) == 1


def test_an_account_that_can_not_be_is_refused(database: Database, account: Account) -> None:
    changes: list[tuple[dict[str, str], type[Exception]]] = [
        ({"name": ""}, BadAccount),
        ({"name": "two words"}, BadAccount),
        ({"name": "a\0b"}, BadAccount),
        ({"name": "SATO"}, BadAccount),
        ({"display_name": ""}, BadAccount),
        ({"password": "short"}, WeakPassword),
        ({"role": "mayor"}, UnknownRole),
        ({"agency": "nowhere"}, NoSuchAgency),
    ]
    whole = {
        "name": "mori",
        "password": PASSWORD,
        "role": "csw",
        "agency": "east",
        "display_name": "森",
    }
    for change, error in changes:
        with database.writing(by="test") as session, pytest.raises(error):
            add_account(session, by="test", **{**whole, **change})


def test_the_demo_shows_its_own_accounts_only(database: Database, account: Account) -> None:
    with database.writing(by="test") as session:
        add_account(
            session,
            name="demo.csw",
            password=PASSWORD,
            role="csw",
            agency=None,
            display_name="見本",
            by="test",
            demo=True,
        )
        assert [a.name for a in demo_accounts(session)] == ["demo.csw"]


def test_a_token_acts_as_its_account_until_it_ends(
    database: Database, account: Account, held: HeldClock
) -> None:
    with database.writing(by="cli") as session:
        token = add_token(session, account_id=account.id, label="取込み", scopes=["read"], by="cli")
        kept = session.scalars(select(ApiToken)).one()
        assert token not in (kept.token_hash, kept.label)
        connection = session.connection()
        found = arriving.by_token(connection, token)
        assert found.actor is not None
        assert (found.actor.name, found.scopes) == ("sato", {"read"})
        assert arriving.by_token(connection, token + "x").actor is None
        held.forward(days=366)
        assert arriving.by_token(connection, token).actor is None
        with pytest.raises(BadAccount):
            add_token(session, account_id=account.id, label="", scopes=["all"], by="cli")
        with pytest.raises(NoSuchAccount):
            add_token(session, account_id=uuid.uuid4(), label="", scopes=["read"], by="cli")


def test_an_account_is_found_by_its_name(database: Database, account: Account) -> None:
    with database.reading() as session:
        assert account_named(session, "SATO").id == account.id
        with pytest.raises(NoSuchAccount):
            account_named(session, "mori")
