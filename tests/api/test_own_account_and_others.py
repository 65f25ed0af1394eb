"""What an administrator does to the accounts of others, and all staff to their own."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from door import PASSWORD, browser, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from casework.accounts import add_token
from casework.models import Account, AuditRow
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.program import Program

ROOT = Path(__file__).resolve().parents[2]
NEW = "another long password"


def _send(client: TestClient, page: str, path: str, **fields: str) -> tuple[int, str]:
    token = token_of(client.get(page).text)
    answer = client.post(path, data={"csrf": token, **fields})
    return answer.status_code, answer.text


def _id_of(program: Program, name: str) -> uuid.UUID:
    with program.database.reading() as session:
        return session.scalars(select(Account.id).where(Account.name == name)).one()


def test_a_new_code_ends_the_password_the_sessions_and_the_second_factor_and_sets_a_new_one(
    program: Program, app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    staff = signed_in("csw")
    admin = signed_in("administrator")
    account_id = _id_of(program, "csw")
    codes = []
    for _ in range(2):
        status, page = _send(admin, "/accounts", f"/accounts/{account_id}/renew")
        assert status == 200
        codes += re.findall(r'<strong class="code">([^<]*)', page)
    assert codes[1] not in admin.get("/accounts").text
    assert staff.get("/account").status_code == 303
    for password in ("", PASSWORD, "nobody has this password"):
        assert _send(staff, "/signin", "/signin", name="csw", password=password)[0] == 401
    fresh = browser(app)
    assert _send(fresh, "/welcome", "/welcome", code=codes[0], password=NEW)[0] == 422
    assert _send(fresh, "/welcome", "/welcome", code=codes[1], password=NEW)[0] == 303
    assert _send(fresh, "/welcome", "/welcome", code=codes[1], password=PASSWORD)[0] == 422
    sign_in(fresh, "csw", NEW)
    with program.database.reading() as session:
        assert session.get_one(Account, account_id).role == "csw"
        rows = session.scalars(select(AuditRow).where(AuditRow.entity_id == str(account_id)))
        assert [(r.action, r.by) for r in rows if r.action == "edit"] == [("edit", "user:csw")]


def test_a_changed_role_ends_sessions_and_tokens_and_closing_and_opening_work(
    program: Program, app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    staff = signed_in("csw")
    admin = signed_in("administrator")
    account_id = _id_of(program, "csw")
    with program.database.writing(by="cli") as session:
        token = add_token(session, account_id=account_id, label="x", scopes=["read"], by="cli")
    bearer = {"authorization": f"Bearer {token}"}
    assert browser(app).get("/resources", headers=bearer).status_code == 200
    path = f"/accounts/{account_id}"
    assert _send(admin, "/accounts", path, role="coordinator", agency="east")[0] == 303
    assert staff.get("/account").status_code == 303
    assert browser(app).get("/resources", headers=bearer).status_code == 303
    sign_in(staff, "csw")
    assert _send(admin, "/accounts", path + "/close")[0] == 303
    assert staff.get("/account").status_code == 303
    assert _send(admin, "/accounts", path + "/reopen")[0] == 303
    sign_in(staff, "csw")
    assert _send(admin, "/accounts", path, role="mayor")[0] == 422
    assert _send(admin, "/accounts", path, role="csw", agency="nowhere")[0] == 422


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("", {"role": "csw", "agency": "east"}),
        ("/renew", {}),
        ("/second-factor/off", {}),
        ("/close", {}),
        ("/reopen", {}),
    ],
)
def test_an_administrator_grants_themselves_nothing_and_the_attempt_is_recorded(
    program: Program,
    signed_in: Callable[[str], TestClient],
    action: str,
    fields: dict[str, str],
) -> None:
    admin = signed_in("administrator")
    me = _id_of(program, "administrator")
    status, page = _send(admin, "/accounts", f"/accounts/{me}{action}", **fields)
    assert status == 403
    assert "ほかのシステム管理者" in page
    with program.database.reading() as session:
        refused = session.scalars(select(AuditRow).where(~AuditRow.allowed)).one()
        assert (refused.entity_id, refused.by) == (str(me), "user:administrator")
        assert session.get_one(Account, me).role == "administrator"


def test_a_password_is_changed_by_who_knows_the_old_one_and_other_sessions_end(
    app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    client = signed_in("csw")
    other = browser(app)
    sign_in(other, "csw")
    before = client.cookies["ibasho"]
    fields = {"old": PASSWORD, "password": NEW, "again": NEW}

    def change(**wrong: str) -> int:
        return _send(client, "/account", "/account/password", **{**fields, **wrong})[0]

    assert change(old="a wrong password") == 422
    assert change(again="something else") == 422
    assert change(password="short", again="short") == 422
    assert other.get("/account").status_code == 200
    assert change() == 303
    assert client.get("/account").status_code == 200
    assert client.cookies["ibasho"] != before
    assert other.get("/account").status_code == 303
    assert _send(other, "/signin", "/signin", name="csw", password=PASSWORD)[0] == 401
    sign_in(other, "csw", NEW)


def test_guessing_the_old_password_of_an_open_session_is_slowed_down(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("csw")
    fields = {"old": "guess guess", "password": NEW, "again": NEW}
    tries = [_send(client, "/account", "/account/password", **fields)[0] for _ in range(6)]
    assert tries == [422] * 5 + [429]


def test_tokens_of_ones_own_are_shown_once_and_end_when_they_are_revoked(
    app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    client = signed_in("csw")
    fields = {"label": "統計", "scope": "read", "days": "30"}
    status, page = _send(client, "/account", "/account/tokens", **fields)
    assert status == 200
    [token] = set(re.findall(r"ibasho_[\w-]{30,}", page))
    shown = client.get("/account").text
    assert token not in shown
    assert "統計" in shown
    bearer = {"authorization": f"Bearer {token}"}
    assert browser(app).get("/resources", headers=bearer).status_code == 200
    # A token makes no tokens, and reads nothing of the account.
    assert browser(app).get("/account", headers=bearer).status_code == 403
    [kept] = re.findall(r'name="token" value="([0-9a-f]{64})"', shown)
    stranger = signed_in("coordinator")
    assert _send(stranger, "/account", "/account/tokens/revoke", token=kept)[0] == 404
    assert _send(client, "/account", "/account/tokens/revoke", token=kept)[0] == 303
    assert browser(app).get("/resources", headers=bearer).status_code == 303
    for wrong in ({"label": " "}, {"scope": "admin"}, {"days": "3000"}):
        assert _send(client, "/account", "/account/tokens", **{**fields, **wrong})[0] == 422


def test_the_language_of_an_account_follows_to_another_browser(
    app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    client = signed_in("csw")
    assert _send(client, "/account", "/account/language", language="en")[0] == 303
    assert '<html lang="en">' in client.get("/account").text
    other = browser(app)
    sign_in(other, "csw")
    assert '<html lang="en">' in other.get("/account").text


def test_no_password_stands_anywhere_outside_the_demo() -> None:
    places = [p for name in ("casework", "jobs", "api") for p in (ROOT / name).rglob("*.py")]
    typed = re.compile(r"""password(?:_hash)?\s*=\s*f?["'][^"']+["']""", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for path in places
        if typed.search(path.read_text(encoding="utf-8"))
        or DEMO_PASSWORD in path.read_text(encoding="utf-8")
    ]
    assert found == ["jobs/demo/accounts.py"]
