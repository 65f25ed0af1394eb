"""Accounts come about by one-time codes; a second factor works once for each code."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from casework import second_factor, sessions
from casework.access import Actor
from casework.accounts import BadAccount, account_named
from casework.invitations import (
    AdministratorExists,
    BadCode,
    NotToYourself,
    accept,
    has_administrator,
    invite,
    invite_first_administrator,
)
from casework.models import Account, Invitation
from casework.notices import notices_of
from casework.passwords import WeakPassword
from casework.roles import UnknownRole
from casework.sealed_fields import new_ring, with_new_key
from casework.second_factor import OFFER_LASTS, NothingOffered, WrongCode
from resources import clock
from resources.database import Database

PASSWORD = "ながい合言葉 2026"
RING = new_ring()


def test_the_first_administrator_signs_up_with_a_code_that_works_once(database: Database) -> None:
    with database.writing(by="cli") as session:
        code = invite_first_administrator(session, name="Kanri", by="cli")
        assert code not in session.scalars(select(Invitation.code_hash)).all()
    with database.writing(by="nobody") as session:
        with pytest.raises(WeakPassword):
            accept(session, code=code, password="short")
        with pytest.raises(BadCode):
            accept(session, code=code[:-1] + "?", password=PASSWORD)
    with database.writing(by="nobody") as session:
        accept(session, code=f" {code.lower()} ", password=PASSWORD)
        with pytest.raises(BadCode):
            accept(session, code=code, password=PASSWORD)
    with database.writing(by="cli") as session:
        assert has_administrator(session)
        assert account_named(session, "kanri").role == "administrator"
        assert sessions.check_password(session, name="kanri", password=PASSWORD).right
        with pytest.raises(AdministratorExists):
            invite_first_administrator(session, name="another", by="cli")


def test_a_code_is_too_old_after_three_days(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing(by="cli") as session:
        code = invite_first_administrator(session, name="kanri", by="cli")
        later = clock.now() + timedelta(days=3, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        with pytest.raises(BadCode):
            accept(session, code=code, password=PASSWORD)


def test_an_administrator_prepares_accounts_for_others_and_the_auditors_are_told(
    database: Database, staff: Callable[..., Actor]
) -> None:
    keeper, auditor = staff("keeper", "administrator", None), staff("au", "auditor", None)
    whole = {"name": "mori", "role": "csw", "agency": "east", "display_name": "森"}
    with database.writing(by=keeper.by) as session:
        code = invite(session, by=keeper, **whole)
        for change, error in (
            ({"name": "keeper"}, NotToYourself),
            ({"name": "au"}, BadAccount),
            ({"name": "two words"}, BadAccount),
            ({"role": "mayor"}, UnknownRole),
        ):
            with pytest.raises(error):
                invite(session, by=keeper, **{**whole, **change})
        assert [n.kind for n in notices_of(session, actor=auditor)] == ["account_invited"]
        accept(session, code=code, password=PASSWORD)
        made = account_named(session, "mori")
        assert (made.role, made.agency, made.demo) == ("csw", "east", False)


def test_a_second_factor_is_asked_for_and_each_code_works_once(
    database: Database, staff: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    who = staff("sato")
    moment = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with database.writing(by=who.by) as session:
        with pytest.raises(NothingOffered):
            second_factor.offered(session, RING, account_id=who.account_id)
        second_factor.offer(session, RING, account_id=who.account_id)
        secret = second_factor.offered(session, RING, account_id=who.account_id)
    totp = pyotp.TOTP(secret)

    def check(code: str) -> bool:
        with database.writing(by="nobody") as session:
            return second_factor.check_code(session, RING, account_id=who.account_id, code=code)

    assert check("")  # none was set up
    with database.writing(by=who.by) as session:
        with pytest.raises(WrongCode):
            second_factor.turn_on(session, RING, account_id=who.account_id, code="000000")
        second_factor.turn_on(session, RING, account_id=who.account_id, code=totp.at(moment))
        kept = session.get_one(Account, who.account_id).totp
        assert kept is not None
        assert secret not in kept
    assert not check("")
    assert not check(totp.at(moment))  # used already
    moment += timedelta(seconds=30)
    assert check(totp.at(moment))
    assert not check(totp.at(moment))
    moment += timedelta(minutes=5)
    assert not check(totp.at(moment - timedelta(minutes=2)))
    ring = with_new_key(RING)
    with database.writing(by="cli") as session:
        assert second_factor.seal_again(session, ring) == 1
        assert second_factor.seal_again(session, ring) == 0
        assert second_factor.check_code(
            session, ring, account_id=who.account_id, code=totp.at(moment)
        )
        second_factor.turn_off(session, account_id=who.account_id, by="user:keeper")
        second_factor.offer(session, ring, account_id=who.account_id)
        moment += OFFER_LASTS
        with pytest.raises(NothingOffered):  # a secret that was shown and never used ends
            second_factor.turn_on(session, ring, account_id=who.account_id, code=totp.at(moment))
    assert check("")
