"""Signing in and out through the door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from door import PASSWORD, add_staff, browser, make_program, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import Reading, User, allowed
from api.signin import safe_next
from casework.accounts import add_account, add_token, deactivate
from jobs.program import Program
from resources import clock
from resources.database import Database


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    """The application with a page that says who is there."""

    @app.get("/test/me", dependencies=[allowed()])
    def me(user: User) -> dict[str, str]:
        return {"name": user.name, "role": user.role}

    @app.post("/test/note", dependencies=[allowed()])
    def note(user: User, session: Reading) -> dict[str, str]:
        return {"name": user.name}

    @app.post("/test/question", dependencies=[allowed(scope="read")])
    def question(user: User) -> dict[str, str]:
        return {"name": user.name}

    @app.get("/test/managers", dependencies=[allowed("agency_manager")])
    def managers() -> dict[str, str]:
        return {}

    return app


def test_staff_sign_in_work_and_sign_out(database: Database, tmp_path: Path) -> None:
    program = make_program(database, tmp_path / "home")
    app = create_app(program.settings, program)

    @app.get("/test/me", dependencies=[allowed()])
    def me(user: User) -> dict[str, str]:
        return {"name": user.name}

    add_staff(program, "csw")
    client = browser(app)
    sign_in(client, "csw")
    assert client.get("/test/me").json() == {"name": "csw"}
    cookie = client.cookies["ibasho"]
    client.cookies.clear()
    client.cookies.set("ibasho", cookie)
    page = client.get("/signin")
    left = client.post("/signout", data={"csrf": token_of(page.text)})
    assert (left.status_code, left.headers["location"]) == (303, "/signin")
    client.cookies.set("ibasho", cookie)  # a copy of the cookie is worth nothing now
    assert client.get("/test/me").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    program: Program, client: TestClient
) -> None:
    add_staff(program, "csw")
    page = client.get("/signin")
    answer = client.post(
        "/signin", data={"name": "csw", "password": PASSWORD, "csrf": token_of(page.text)}
    )
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("ibasho=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_behind_https_the_cookie_is_bound_to_this_host(
    sqlite_database: Database, tmp_path: Path
) -> None:
    program = make_program(sqlite_database, tmp_path / "home", secure_cookies=True)
    add_staff(program, "csw")
    client = TestClient(
        create_app(program.settings, program), base_url="https://testserver", follow_redirects=False
    )
    sign_in(client, "csw")
    assert "__Host-ibasho" in client.cookies
    assert "ibasho" not in client.cookies
    assert "max-age" in client.get("/signin").headers["strict-transport-security"]


def test_signing_in_gives_a_new_session_and_ends_the_old_one(
    app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    client = signed_in("csw")
    first = client.cookies["ibasho"]
    sign_in(client, "csw")
    assert client.cookies["ibasho"] != first
    other = browser(app)
    other.cookies.set("ibasho", first)
    assert other.get("/test/me").status_code == 303


def test_a_cookie_that_somebody_else_planted_is_not_taken_over(
    program: Program, client: TestClient
) -> None:
    add_staff(program, "csw")
    client.cookies.set("ibasho", "planted", domain="testserver.local", path="/")
    sign_in(client, "csw")
    assert all(c.value != "planted" for c in client.cookies.jar if c.name == "ibasho")


@pytest.mark.parametrize("name", ["csw", "nobody", "csw\0", "x" * 150, "", "ＣＳＷ"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    program: Program, client: TestClient, name: str
) -> None:
    add_staff(program, "csw")
    token = token_of(client.get("/signin").text)
    data = {"name": name, "password": "not the password", "csrf": token}
    answer = client.post("/signin", data=data)
    if "\0" in name:
        assert answer.status_code == 422
        return
    assert answer.status_code == 401
    assert "サインイン名、パスワード、確認コードのどれかが違います" in answer.text
    assert "not the password" not in answer.text
    assert "ibasho" not in client.cookies


def test_guessing_is_slowed_down_at_the_door_and_says_when_to_come_back(
    program: Program, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    add_staff(program, "csw")
    token = token_of(client.get("/signin").text)

    def attempt(password: str) -> int:
        data = {"name": "csw", "password": password, "csrf": token}
        answer = client.post("/signin", data=data)
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
        return answer.status_code

    assert [attempt("wrong wrong") for _ in range(6)] == [401] * 5 + [429]
    assert attempt(PASSWORD) == 429
    moment += timedelta(seconds=2)
    assert attempt(PASSWORD) == 303


def test_the_form_needs_its_token_and_a_token_of_another_browser_is_no_good(
    app: FastAPI, program: Program, client: TestClient
) -> None:
    add_staff(program, "csw")
    data = {"name": "csw", "password": PASSWORD}
    assert client.post("/signin", data=data).status_code == 403
    client.get("/signin")
    assert client.post("/signin", data=data).status_code == 403
    foreign = token_of(browser(app).get("/signin").text)
    assert client.post("/signin", data={**data, "csrf": foreign}).status_code == 403


def test_after_signing_in_one_is_back_where_one_wanted_to_go(
    program: Program, client: TestClient
) -> None:
    sent = client.get("/test/me?about=somebody")
    assert (sent.status_code, sent.headers["location"]) == (303, "/signin?next=/test/me")
    add_staff(program, "csw")
    page = client.get(sent.headers["location"])
    assert 'value="/test/me"' in page.text
    data = {"name": "csw", "password": PASSWORD, "csrf": token_of(page.text), "next": "/test/me"}
    answer = client.post("/signin", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/test/me")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "javascript:alert(1)",
        "",
        "people",
        "/\tevil",
        "/\n/evil.example",
        "/signin",
        "/signout",
        "/" + "x" * 3000,
    ],
)
def test_no_link_leads_from_the_sign_in_page_to_another_site(path: str) -> None:
    assert safe_next(path) == "/"


def test_a_path_of_this_site_is_kept() -> None:
    assert safe_next("/people/3?tab=map") == "/people/3?tab=map"


def test_a_closed_account_is_out_at_the_next_click(
    program: Program, signed_in: Callable[[str], TestClient]
) -> None:
    client = signed_in("csw")
    name = client.get("/test/me").json()["name"]
    assert name == "csw"
    with program.database.writing(by="test") as session:
        account_id = add_account(
            session,
            name="other",
            password=PASSWORD,
            role="csw",
            agency="east",
            display_name="別の職員",
            by="test",
        ).id
    sign_in(client, "other")
    with program.database.writing(by="test") as session:
        deactivate(session, account_id=account_id, by="test")
    assert client.get("/test/me").status_code == 303


def test_a_role_is_kept_out_of_what_is_for_others(
    signed_in: Callable[[str], TestClient],
) -> None:
    assert signed_in("csw").get("/test/managers").status_code == 403
    assert signed_in("agency_manager").get("/test/managers").status_code == 200


def test_a_token_may_do_what_its_scopes_say_and_needs_no_form_token(
    program: Program, app: FastAPI
) -> None:
    account_id = add_staff(program, "csw")
    with program.database.writing(by="cli") as session:
        reads = add_token(session, account_id=account_id, label="x", scopes=["read"], by="cli")
        writes = add_token(
            session, account_id=account_id, label="y", scopes=["read", "write"], by="cli"
        )
    client = browser(app)

    def ask(method: str, path: str, token: str) -> int:
        return client.request(
            method,
            path,
            headers={"authorization": f"Bearer {token}", "accept": "application/json"},
        ).status_code

    assert ask("GET", "/test/me", reads) == 200
    assert ask("POST", "/test/question", reads) == 200
    assert ask("POST", "/test/note", reads) == 403
    assert ask("POST", "/test/note", writes) == 200
    assert ask("GET", "/test/me", "ibasho_invented") == 401
    assert ask("GET", "/test/me", "") == 401


def test_a_bad_token_does_not_fall_back_to_the_cookie(
    signed_in: Callable[[str], TestClient],
) -> None:
    client = signed_in("csw")
    answer = client.post("/test/note", headers={"authorization": "Bearer invented"})
    assert answer.status_code in (303, 401)


def test_demo_accounts_are_shown_in_a_demo_only(program: Program, app: FastAPI) -> None:
    with program.database.writing(by="test") as session:
        add_account(
            session,
            name="demo.csw",
            password=PASSWORD,
            role="csw",
            agency=None,
            display_name="見本のＣＳＷ",
            by="test",
            demo=True,
        )
    assert "見本のＣＳＷ" not in browser(app).get("/signin").text
    demo = replace(program, settings=replace(program.settings, demo=True))
    shown = browser(create_app(demo.settings, demo)).get("/signin").text
    assert "見本のＣＳＷ" in shown
    assert PASSWORD not in shown
