"""Codes on paper stand in for a lost telephone: each once, none readable in the database."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from casework import recovery_codes, second_factor
from casework.access import Actor
from casework.models import Account, AuditRow, RecoveryCode
from casework.recovery_codes import codes_left, hashed, matching, new_codes, plain, store_codes
from casework.sealed_fields import new_ring
from resources.database import Database

RING = new_ring()


def test_codes_differ_are_read_from_paper_and_forgive_how_they_are_typed() -> None:
    codes = new_codes()
    assert len({code[:4] for code in codes}) == recovery_codes.HOW_MANY
    assert plain(" k7q2 m9xd‐4htr ") == plain("Ｋ７Ｑ２－Ｍ９ＸＤ－４ＨＴＲ") == "K7Q2M9XD4HTR"
    assert [plain(w) for w in ("123456", "", "K7Q2-M9XD", "K7Q2-M9XD-4HT0")] == [None] * 4


@pytest.fixture
def who(database: Database, staff: Callable[..., Actor]) -> Actor:
    return staff("sato")


def test_a_code_works_once_and_only_for_whom_it_was_made(
    database: Database, who: Actor, staff: Callable[..., Actor]
) -> None:
    other = staff("mori")
    codes = new_codes()[:2]
    with database.writing(by=who.by) as session:
        store_codes(session, account_id=who.account_id, hashes=hashed(codes))
        session.get_one(Account, who.account_id).totp = "1:sealed"
    with database.reading() as session:
        assert matching(session, account_id=other.account_id, code=codes[0]) is None
        assert matching(session, account_id=None, code=codes[0]) is None
        wrong = codes[0][:-1] + ("A" if codes[0][-1] != "A" else "B")
        assert matching(session, account_id=who.account_id, code=wrong) is None
        selector = matching(session, account_id=who.account_id, code=codes[0].lower())
        assert selector == codes[0][:4]
        stored = str(session.execute(text("SELECT * FROM recovery_code")).all())
        assert not any(plain(code) in stored or code in stored for code in codes)  # type: ignore[operator]
        assert "$argon2id$" in stored
    # Two sign-ins that both found the code right: one of them uses it.
    used = []
    for _ in range(2):
        with database.writing(by="nobody") as session:
            used.append(
                recovery_codes.use_code(session, account_id=who.account_id, selector=selector)
            )
    assert used == [True, False]
    with database.reading() as session:
        assert matching(session, account_id=who.account_id, code=codes[0]) is None
        assert codes_left(session, who.account_id) == 1
        audit = [(r.action, r.fields) for r in session.scalars(select(AuditRow)) if r.fields]
    assert ("permit", ["recovery_codes"]) in audit
    assert ("edit", ["recovery_code"]) in audit


def test_new_codes_end_the_old_ones_and_a_lifted_factor_ends_all(
    database: Database, who: Actor
) -> None:
    old, fresh = new_codes()[:1], new_codes()[:1]
    with database.writing(by=who.by) as session:
        session.get_one(Account, who.account_id).totp = "1:sealed"
        for codes in (old, fresh):
            store_codes(session, account_id=who.account_id, hashes=hashed(codes))
        assert matching(session, account_id=who.account_id, code=old[0]) is None
        assert matching(session, account_id=who.account_id, code=fresh[0]) is not None
        second_factor.turn_off(session, account_id=who.account_id, by="user:keeper")
        assert session.scalars(select(RecoveryCode)).all() == []
        assert not recovery_codes.use_code(
            session, account_id=who.account_id, selector=fresh[0][:4]
        )
