"""Signing in by an identity provider: one that tells the truth, and one for each lie."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import provider as fake
import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from provider import CLIENT, SUBJECT, Provider
from sqlalchemy import func, select

from api.app import create_app
from casework import linked
from casework.accounts import actor_by_id, deactivate
from casework.models import Account, AuditRow, LinkedSubject, WebSession
from jobs.program import Program
from jobs.settings import BadSetting, read_settings
from resources.database import Database


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with fake.running() as provider:
        yield provider


@pytest.fixture
def provider(served: Provider) -> Provider:
    """The provider, telling the truth again."""
    served.codes, served.claims, served.discovery = {}, {}, {}
    served.sign, served.publish_secret, served.answer_s = fake.signed, False, b""
    served.asked = []
    return served


@pytest.fixture
def program(sqlite_database: Database, tmp_path: Path, provider: Provider) -> Program:
    return _program(sqlite_database, tmp_path, provider)


def _program(database: Database, tmp_path: Path, provider: Provider, **other: str) -> Program:
    secret = tmp_path / "oidc-secret"
    secret.write_text(f"{fake.SECRET}\n", encoding="utf-8")
    given = {"oidc_match": "username", "oidc_client_secret_file": secret, **other}
    return make_program(
        database,
        tmp_path / "home",
        public_url="http://testserver",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        **given,
    )


def _begin(client: TestClient, provider: Provider) -> tuple[str, str]:
    answer = client.get("/signin/provider?next=/resources")
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{provider.issuer}/authorize?")
    return provider.code_for(answer.headers["location"])


def _back(client: TestClient, state: str, code: str, **more: str) -> Any:
    return client.get("/signin/provider/back", params={"state": state, "code": code, **more})


def _try(app: FastAPI, provider: Provider) -> Any:
    client = browser(app)
    return _back(client, *_begin(client, provider))


def _refusals(program: Program) -> list[str]:
    with program.database.reading() as session:
        rows = session.scalars(
            select(AuditRow).where(AuditRow.entity == "identity_provider").order_by(AuditRow.id)
        )
        return [r.entity_id for r in rows if not r.allowed]


def _nobody_is_in(program: Program) -> bool:
    with program.database.reading() as session:
        return session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_somebody_with_an_account_signs_in_and_is_where_they_wanted_to_go(
    database: Database, tmp_path: Path, provider: Provider
) -> None:
    program = _program(database, tmp_path, provider)
    app = create_app(program.settings, program)
    account_id = add_staff(program, "csw", name="mori")
    client = browser(app)
    assert "/signin/provider" in client.get("/signin").text
    answer = _back(client, *_begin(client, provider))
    assert (answer.status_code, answer.headers["location"]) == (303, "/resources")
    assert client.get("/account").status_code == 200
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "sign_in")).one()
        assert (row.entity_id, row.allowed) == (str(account_id), True)
        assert SUBJECT not in session.scalars(select(LinkedSubject.subject_hash)).one()


Lie = Callable[[Provider], None]


def _claims(**changed: Any) -> Lie:
    return lambda provider: provider.claims.update(changed)


def _signing(way: Callable[[Provider, dict[str, Any]], str], *, publish: bool = False) -> Lie:
    def lie(provider: Provider) -> None:
        provider.sign, provider.publish_secret = way, publish

    return lie


def _nothing_but(raw: bytes) -> Lie:
    def lie(provider: Provider) -> None:
        provider.answer_s = raw

    return lie


LIES: dict[str, tuple[Lie, str]] = {
    "wrong signature": (_signing(fake.signed_by_another), "signature"),
    "changed after signing": (_signing(fake.changed_after_signing), "signature"),
    "no signature": (_signing(fake.unsigned), "signature"),
    "HS256 with the public key": (_signing(fake.signed_with_the_public_key), "signature"),
    "HS256, the key published": (
        _signing(fake.signed_with_the_public_key, publish=True),
        "signature",
    ),
    "not a token": (_signing(lambda *_: "a.b.c"), "signature"),
    "wrong audience": (_claims(aud="another client"), "aud"),
    "several audiences, for another": (_claims(aud=[CLIENT, "x"], azp="x"), "azp"),
    "no audience": (_claims(aud=None), "aud"),
    "wrong issuer": (_claims(iss="https://other.example"), "iss"),
    "expired": (_claims(iat=1_700_000_000, exp=1_700_000_300), "exp"),
    "no expiry": (_claims(exp=None), "exp"),
    "wrong nonce": (_claims(nonce="of another sign-in"), "nonce"),
    "no nonce": (_claims(nonce=None), "nonce"),
    "no subject": (_claims(sub=None), "sub"),
    "unknown person": (_claims(sub="x", preferred_username="nobody"), "nobody_linked"),
    "a name that no account can have": (
        _claims(sub="x", preferred_username="a\0b"),
        "nobody_linked",
    ),
    "names that differ only in kind": (_claims(sub="x", preferred_username=7), "nobody_linked"),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_what_does_not_hold_signs_nobody_in_and_is_said_in_one_sentence(
    program: Program,
    provider: Provider,
    lie: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    app = create_app(program.settings, program)
    add_staff(program, "csw", name="mori")
    tell, problem = LIES[lie]
    tell(provider)
    client = browser(app)
    answer = _back(client, *_begin(client, provider))
    assert answer.status_code == 403
    assert len(re.findall(r'class="error" role="alert">[^<]+</p>', answer.text)) == 1
    assert _nobody_is_in(program)
    assert "ibasho" not in client.cookies
    assert client.get("/account").status_code == 303
    assert _refusals(program) == [problem]
    # The test's own browser logs what it asks for; the program must not.
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith("httpx")]
    said = "\n".join(logged) + answer.text
    assert not re.search("canary|mori|eyJ", said)


def test_the_sentence_is_in_the_readers_language(program: Program, provider: Provider) -> None:
    provider.claims["nonce"] = "of another sign-in"
    client = browser(create_app(program.settings, program))
    client.get("/language/en")
    answer = _back(client, *_begin(client, provider))
    assert "could not be verified" in answer.text


@pytest.mark.parametrize(
    ("discovery", "raw", "problem"),
    [
        ({"issuer": "https://other.example"}, b"", "another_issuer"),
        ({"token_endpoint": "http://127.0.0.1:1/token"}, b"", "another_host"),
        ({"jwks_uri": "https://other.example/jwks"}, b"", "another_host"),
        ({"jwks_uri": None}, b"", "another_host"),
        ({"token_endpoint": "http://[bad/token"}, b"", "bad_address"),
        ({}, b"<html>", "not_json"),
        ({}, b"[]", "not_json"),
        ({}, b"[" * 100_000, "not_json"),
        ({}, b'{"a": "' + b"x" * 300_000 + b'"}', "too_large"),
    ],
)
def test_a_provider_that_answers_oddly_is_left_alone(
    program: Program, provider: Provider, discovery: dict[str, Any], raw: bytes, problem: str
) -> None:
    provider.discovery, provider.answer_s = discovery, raw
    answer = browser(create_app(program.settings, program)).get("/signin/provider")
    assert answer.status_code == 502
    assert _refusals(program) == [problem]
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_is_gone_is_said_so(
    sqlite_database: Database, tmp_path: Path, provider: Provider
) -> None:
    gone = _program(sqlite_database, tmp_path, provider)
    settings = type(gone.settings)(**{**vars(gone.settings), "oidc_issuer": "http://127.0.0.1:9"})
    program = Program(settings, gone.database, gone.vocabulary, gone.store)
    answer = browser(create_app(settings, program)).get("/signin/provider")
    assert answer.status_code == 502
    assert _refusals(program) == ["no_answer"]


def test_an_answer_for_another_browser_or_without_a_beginning_is_refused(
    program: Program, provider: Provider
) -> None:
    app = create_app(program.settings, program)
    add_staff(program, "csw", name="mori")
    mine, other = browser(app), browser(app)
    state, code = _begin(mine, provider)
    _begin(other, provider)
    assert _back(other, state, code).status_code == 403  # a link that somebody else sent
    assert _back(browser(app), state, code).status_code == 403
    assert _back(mine, "a wrong state", code).status_code == 403
    assert _nobody_is_in(program)
    assert set(_refusals(program)) == {"state"}
    assert "/token" not in provider.asked


def test_a_code_works_once(program: Program, provider: Provider) -> None:
    app = create_app(program.settings, program)
    add_staff(program, "csw", name="mori")
    client = browser(app)
    state, code = _begin(client, provider)
    cookie = client.cookies["ibasho-provider"]
    assert _back(client, state, code).status_code == 303
    assert _back(client, state, code).status_code == 403  # the browser has forgotten it
    thief = browser(app)
    thief.cookies.set("ibasho-provider", cookie)
    assert _back(thief, state, code).status_code == 502  # and the provider gave it out once
    assert "ibasho" not in thief.cookies


def test_an_error_of_the_provider_signs_nobody_in(program: Program, provider: Provider) -> None:
    client = browser(create_app(program.settings, program))
    state, code = _begin(client, provider)
    answer = _back(client, state, code, error="access_denied<b>")
    assert answer.status_code == 403
    assert "access_denied" not in answer.text
    assert _refusals(program) == ["error_answer"]


def test_nobody_gets_in_by_a_name_that_was_given_to_somebody_else_later(
    program: Program, provider: Provider
) -> None:
    app = create_app(program.settings, program)
    account_id = add_staff(program, "csw", name="mori")
    assert _try(app, provider).status_code == 303
    provider.claims["sub"] = "the next Mori"
    assert _try(app, provider).status_code == 403
    provider.claims = {"preferred_username": "renamed"}
    assert _try(app, provider).status_code == 303  # the same person under another name
    with program.database.writing(by="test") as session:
        deactivate(session, account_id=account_id, by="test")
    assert _try(app, provider).status_code == 403


def test_an_unverified_address_is_no_name(
    sqlite_database: Database, tmp_path: Path, provider: Provider
) -> None:
    program = _program(sqlite_database, tmp_path, provider, oidc_match="email")
    app = create_app(program.settings, program)
    add_staff(program, "csw", name=fake.EMAIL)
    for unverified in (False, None, "true"):
        provider.claims["email_verified"] = unverified
        assert _try(app, provider).status_code == 403
    provider.claims["email_verified"] = True
    assert _try(app, provider).status_code == 303


def test_an_administrator_links_others_and_not_themselves(
    sqlite_database: Database, tmp_path: Path, provider: Provider
) -> None:
    program = _program(sqlite_database, tmp_path, provider, oidc_match="linked")
    app = create_app(program.settings, program)
    staff_id = add_staff(program, "csw", name="mori")
    admin_id = add_staff(program, "administrator")
    assert _try(app, provider).status_code == 403  # the name alone is not enough here
    admin = browser(app)
    sign_in(admin, "administrator")

    def link(account_id: uuid.UUID, subject: str) -> int:
        csrf = token_of(admin.get("/accounts").text)
        data = {"subject": subject, "csrf": csrf}
        return admin.post(f"/accounts/{account_id}/link", data=data).status_code

    assert link(admin_id, SUBJECT) == 403
    assert link(staff_id, SUBJECT) == 303
    assert _try(app, provider).status_code == 303
    assert link(staff_id, "") == 303
    assert _try(app, provider).status_code == 403


def test_a_demo_account_is_never_linked(program: Program) -> None:
    account_id, admin_id = add_staff(program, "csw"), add_staff(program, "administrator")
    with program.database.writing(by="test") as session:
        session.get_one(Account, account_id).demo = True
        admin = actor_by_id(session, admin_id)
        with pytest.raises(LookupError):
            linked.link(session, account_id=account_id, issuer="x", subject="y", by=admin)
        with pytest.raises(LookupError):
            linked.account_of(session, issuer="x", subject="y", name="csw")


def test_without_a_provider_there_is_no_such_page(
    sqlite_database: Database, tmp_path: Path
) -> None:
    program = make_program(sqlite_database, tmp_path / "home")
    client = browser(create_app(program.settings, program))
    assert "/signin/provider" not in client.get("/signin").text
    for path in ("/signin/provider", "/signin/provider/back"):
        assert client.get(path).status_code == 404


def test_what_is_asked_of_the_provider_holds_no_secret(
    program: Program, provider: Provider
) -> None:
    client = browser(create_app(program.settings, program))
    asked = parse_qs(urlsplit(client.get("/signin/provider").headers["location"]).query)
    assert asked["redirect_uri"] == ["http://testserver/signin/provider/back"]
    assert fake.SECRET not in str(asked)
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
        "code_challenge", "code_challenge_method",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"IBASHO_OIDC_ISSUER": "http://login.example"}, "IBASHO_OIDC_ISSUER"),
        ({"IBASHO_OIDC_CLIENT_ID": ""}, "IBASHO_OIDC_CLIENT_ID"),
        ({"IBASHO_PUBLIC_URL": ""}, "IBASHO_PUBLIC_URL"),
        ({"IBASHO_OIDC_MATCH": "guess"}, "IBASHO_OIDC_MATCH"),
        ({"IBASHO_OIDC_CLIENT_SECRET_FILE": "nowhere"}, "IBASHO_OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_a_setting_that_can_not_be_is_named(changed: dict[str, str], named: str) -> None:
    whole = {
        "IBASHO_OIDC_ISSUER": "https://login.example",
        "IBASHO_OIDC_CLIENT_ID": "ibasho",
        "IBASHO_PUBLIC_URL": "https://ibasho.example",
    }
    assert read_settings(whole).oidc_issuer == "https://login.example"
    with pytest.raises(BadSetting, match=named):
        read_settings({**whole, **changed})
