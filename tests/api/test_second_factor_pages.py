"""The second factor as somebody sets it up: password first, a picture, codes on paper, and off."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from door import PASSWORD, add_staff, browser, make_program, sign_in, token_of
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from casework.accounts import add_token
from jobs.program import Program
from jobs.settings import BadSetting, read_settings
from resources import clock
from resources.database import Database


class Clock:
    """Moves on only when told, so that a code's half minute can be waited for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment: datetime = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.moment)

    def code(self, secret: str) -> str:
        self.moment += timedelta(seconds=60)
        return pyotp.TOTP(secret).at(self.moment)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def send(client: TestClient, path: str, **fields: str) -> tuple[int, str]:
    csrf = token_of(client.get("/second-factor").text)
    answer = client.post(path, data={**fields, "csrf": csrf})
    return answer.status_code, answer.text


def enrol(client: TestClient, held: Clock) -> tuple[str, list[str]]:
    """Set it up as a person does; return the secret and the codes on paper."""
    assert send(client, "/second-factor/begin", password=PASSWORD)[0] == 303
    page = client.get("/second-factor").text
    (secret,) = re.findall(r'class="code">([A-Z2-7]{32})<', page)
    assert send(client, "/second-factor", code="000000")[0] == 422
    status, made = send(client, "/second-factor", code=held.code(secret))
    assert status == 200
    codes = re.findall(r"<code>([0-9A-Z-]{14})</code>", made)
    assert len(codes) == 10
    return secret, codes


def entered(client: TestClient, name: str, code: str = "") -> int:
    token = token_of(client.get("/signin").text)
    data = {"name": name, "password": PASSWORD, "code": code, "csrf": token}
    return client.post("/signin", data=data).status_code


def test_it_is_set_up_used_and_set_off_by_whoever_knows_the_password(
    program: Program, held: Clock
) -> None:
    app = create_app(program.settings, program)
    add_staff(program, "csw")
    client = browser(app)
    sign_in(client, "csw")
    assert send(client, "/second-factor/begin", password="not the password")[0] == 422
    assert client.get("/second-factor/picture").status_code == 422
    secret, codes = enrol(client, held)
    assert secret not in client.get("/second-factor").text  # shown until it is used, and no longer
    assert client.get("/second-factor/picture").status_code == 422
    assert not any(code in client.get("/second-factor").text for code in codes)
    again = browser(app)
    assert entered(again, "csw") == 401
    code = held.code(secret)
    assert entered(again, "csw", code) == 303
    assert entered(browser(app), "csw", code) == 401  # a code that was used is no code any more
    lost = browser(app)
    assert entered(lost, "csw", codes[3].lower().replace("-", " ")) == 303
    assert entered(browser(app), "csw", codes[3]) == 401
    assert "残り9個" in lost.get("/second-factor").text
    assert send(lost, "/second-factor/codes", password="wrong password")[0] == 422
    fresh = send(lost, "/second-factor/codes", password=PASSWORD)[1]
    assert entered(browser(app), "csw", codes[4]) == 401
    (first, *_) = re.findall(r"<code>([0-9A-Z-]{14})</code>", fresh)
    assert entered(browser(app), "csw", first) == 303
    held.moment += timedelta(hours=1)
    assert send(lost, "/second-factor/off", password="wrong password")[0] in (422, 429)
    held.moment += timedelta(hours=1)
    assert send(lost, "/second-factor/off", password=PASSWORD)[0] == 303
    assert entered(browser(app), "csw") == 303
    with program.database.reading() as session:
        rows = session.execute(text("SELECT action, fields FROM audit")).all()
    told = {(action, str(fields)) for action, fields in rows}
    for action, field in (
        ("permit", "totp"), ("revoke", "totp"), ("permit", "recovery_codes"),
        ("edit", "recovery_code"),
    ):  # fmt: skip
        assert (action, f'["{field}"]') in told


def test_the_picture_holds_the_secret_and_no_browser_keeps_it(
    program: Program, held: Clock
) -> None:
    import segno

    from casework.second_factor import address_of

    app = create_app(program.settings, program)
    add_staff(program, "csw")
    add_staff(program, "coordinator")
    client, other = browser(app), browser(app)
    sign_in(client, "csw")
    sign_in(other, "coordinator")
    assert send(client, "/second-factor/begin", password=PASSWORD)[0] == 303
    (secret,) = re.findall(r'class="code">([A-Z2-7]{32})<', client.get("/second-factor").text)
    picture = client.get("/second-factor/picture")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["cache-control"] == "no-store"
    assert "<script" not in picture.text
    assert "style=" not in picture.text  # the policy forbids it
    drawn = segno.make(address_of(secret, "csw"), error="m", micro=False)
    path = re.findall(r' d="([^"]+)"', drawn.svg_inline(scale=6, border=4))[-1]
    assert f'd="{path}"' in picture.text
    assert other.get("/second-factor/picture").status_code == 422  # one's own, and nobody else's
    held.moment += timedelta(minutes=16)
    assert client.get("/second-factor/picture").status_code == 422
    assert secret not in client.get("/second-factor").text


@pytest.fixture
def strict(sqlite_database: Database, tmp_path: Path) -> Program:
    return make_program(
        sqlite_database, tmp_path / "home", second_factor_roles="administrator, csw"
    )


def test_a_role_that_must_use_it_is_led_there_before_anything_else(
    strict: Program, held: Clock
) -> None:
    app = create_app(strict.settings, strict)
    account_id = add_staff(strict, "csw")
    add_staff(strict, "coordinator")
    client, free = browser(app), browser(app)
    sign_in(client, "csw")
    sign_in(free, "coordinator")
    assert free.get("/people").status_code == 200
    for path in ("/", "/people", "/account", "/cases/x", "/nearby"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/second-factor"), path
    part = client.get("/resources", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (403, "/second-factor")
    with strict.database.writing(by="test") as session:
        token = add_token(session, account_id=account_id, label="x", scopes=["read"], by="test")
    program_asks = TestClient(app, headers={"authorization": f"Bearer {token}"})
    somewhere = f"/api/v1/resources/{uuid.UUID(int=1)}"
    refused = program_asks.get(somewhere)
    assert refused.status_code == 403
    assert "先に確認コードの設定" in refused.json()["error"]
    enrol(client, held)
    assert client.get("/people").status_code == 200
    assert program_asks.get(somewhere).status_code == 404
    assert send(client, "/second-factor/off", password=PASSWORD)[0] == 403
    assert client.get("/people").status_code == 200
    assert client.post("/signout", data={"csrf": token_of(client.get("/").text)}).status_code == 303


def test_a_role_that_does_not_exist_stops_the_program() -> None:
    with pytest.raises(BadSetting, match="IBASHO_SECOND_FACTOR_ROLES"):
        read_settings({"IBASHO_SECOND_FACTOR_ROLES": "administrator,king"})
    found = read_settings({"IBASHO_SECOND_FACTOR_ROLES": " auditor ,administrator"})
    assert found.second_factor_for == {"auditor", "administrator"}


def test_who_signs_in_elsewhere_is_not_asked_here(
    strict: Program, held: Clock, signed_in: Callable[[str], TestClient]
) -> None:
    from casework import passwords, sessions
    from casework.models import Account

    account_id = add_staff(strict, "csw")
    with strict.database.writing(by="test") as session:
        session.get_one(Account, account_id).password_hash = passwords.NONE
    with strict.database.writing(by="identity provider") as session:
        token = sessions.sign_in(session, account_id=account_id, source="x", hours=1)
    client = browser(create_app(strict.settings, strict))
    client.cookies.set("ibasho", token)
    assert client.get("/people").status_code == 200
    assert "認証サービス" in client.get("/second-factor").text
