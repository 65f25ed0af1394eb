"""Asks a municipality's own identity provider who somebody is (OpenID Connect, code with PKCE).

Only the configured issuer is talked to, each call is bounded in time and size, and what comes back
is believed only where signature, issuer, audience, time and nonce all fit. No error and no log says
what the answer held.
"""

import json
import secrets
import ssl
import time
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

import urllib3
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from jobs.deadlines import PlainPool, SecurePool, ended_at
from jobs.settings import Settings
from resources import clock

TOTAL_S = 15.0
CONNECT_S = 5.0
MOST_BYTES = 200_000
LEEWAY_S = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has; never `none`, never a shared secret."""

KEY_TYPES = ("RSA", "EC")


class ProviderFailed(RuntimeError):
    """The provider could not be reached, or answered what it must not; `problem` is a code."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the identity provider failed: {problem}")


class NotBelieved(PermissionError):
    """What the provider is said to have said of somebody does not hold; `problem` is a code."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the sign-in was not believed: {problem}")


class OtherBrowser(PermissionError):
    """The provider's answer came to a browser that did not begin, or began too long ago."""

    def __init__(self, problem: str = "state") -> None:
        self.problem = problem
        super().__init__("begin again from the sign-in page")


class Cancelled(PermissionError):
    """The provider sent the browser back with an error: somebody cancelled, or may not."""

    problem = "error_answer"

    def __init__(self) -> None:
        super().__init__("the identity provider did not sign anybody in")


@dataclass(frozen=True)
class Started:
    """What a browser must bring back: its own secrets of one sign-in."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Somebody:
    """Who signed in, as the provider says; `name` is the claim that the settings choose."""

    subject: str
    name: str | None


def fresh_start() -> Started:
    """Return the secrets of a new sign-in."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Started(state, nonce, verifier)


def address_of_provider(settings: Settings, started: Started, back: str) -> str:
    """Return where to send the browser. Raises `ProviderFailed`."""
    endpoint = _discovered(settings)["authorization_endpoint"]
    scope = "openid email" if settings.oidc_match == "email" else "openid profile"
    asked = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": back,
        "scope": scope,
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": create_s256_code_challenge(started.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def who_signed_in(settings: Settings, started: Started, *, code: str, back: str) -> Somebody:
    """Return whom a code of the provider stands for. Raises `ProviderFailed`, `NotBelieved`."""
    known = _discovered(settings)
    tokens = _tokens(settings, known["token_endpoint"], started, code, back)
    keys = _json(settings, "GET", known["jwks_uri"])
    return _believed(settings, tokens, keys, started.nonce)


def _discovered(settings: Settings) -> dict[str, str]:
    issuer = settings.oidc_issuer
    said = _json(settings, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise ProviderFailed("another_issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    found = {name: said.get(name) for name in names}
    for url in found.values():
        if not isinstance(url, str) or _origin(url) != _origin(issuer):
            raise ProviderFailed("another_host")
    return {name: str(url) for name, url in found.items()}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise ProviderFailed("bad_address") from None


def _tokens(
    settings: Settings, endpoint: str, started: Started, code: str, back: str
) -> dict[str, Any]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": started.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = settings.oidc_client_secret
    client = ClientAuth(
        settings.oidc_client_id, secret, "client_secret_basic" if secret else "none"
    )
    uri, headers, body = client.prepare("POST", endpoint, headers, urlencode(fields))
    return _json(settings, "POST", uri, headers, body)


def _json(
    settings: Settings,
    method: str,
    url: str,
    headers: dict[str, str] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    """Return the object that an address of the provider answers with."""
    scheme, host, port = _origin(url)
    timeout = urllib3.Timeout(connect=CONNECT_S, read=CONNECT_S)
    target = url.split("/", 3)[3] if url.count("/") > 2 else ""
    with ended_at(time.monotonic() + TOTAL_S) as deadline:
        pool: urllib3.HTTPConnectionPool
        if scheme == "http":
            pool = PlainPool(host or "", port, timeout=timeout, deadline=deadline)
        else:
            pool = SecurePool(
                host or "",
                port,
                timeout=timeout,
                deadline=deadline,
                ssl_context=ssl.create_default_context(),
            )
        try:
            with pool:
                answer = pool.urlopen(
                    method,
                    f"/{target}",
                    body=body,
                    headers={"Accept": "application/json", **(headers or {})},
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                raw = answer.read(MOST_BYTES + 1)
                status = answer.status
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError):
            raise ProviderFailed("no_answer") from None
    if status != 200:
        raise ProviderFailed("refused")
    return _object(raw)


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > MOST_BYTES:
        raise ProviderFailed("too_large")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise ProviderFailed("not_json") from None
    if not isinstance(said, dict):
        raise ProviderFailed("not_json")
    return said


def _believed(
    settings: Settings, tokens: dict[str, Any], keys: dict[str, Any], nonce: str
) -> Somebody:
    written, access = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(written, str):
        raise NotBelieved("no_id_token")
    # Only keys that sign: a shared secret among them would make anybody who knows it the provider.
    offered = keys.get("keys")
    signing = [
        key
        for key in (offered if isinstance(offered, list) else [])
        if isinstance(key, dict) and key.get("kty") in KEY_TYPES and key.get("use") != "enc"
    ]
    try:
        token = jwt.decode(
            written, KeySet.import_key_set({"keys": signing}), algorithms=list(ALGORITHMS)
        )
    except (JoseError, ValueError, TypeError, KeyError) as error:
        _doubted(error, "signature")
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
        params={"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": access},
    )
    try:
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError) as error:
        _doubted(error, "claims")
    return _somebody(settings, token.claims)


def _doubted(error: Exception, problem: str) -> NoReturn:
    claim = getattr(error, "claim", None)
    # Which claim it was is a fixed word; what it said is not repeated.
    known = claim if claim in ("iss", "aud", "exp", "iat", "nbf", "nonce", "azp", "sub") else None
    raise NotBelieved(known or problem) from None


def _somebody(settings: Settings, claims: dict[str, Any]) -> Somebody:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise NotBelieved("sub")
    name: object = None
    if settings.oidc_match == "email" and claims.get("email_verified") is True:
        name = claims.get("email")
    if settings.oidc_match == "username":
        name = claims.get("preferred_username")
    return Somebody(subject, name if isinstance(name, str) else None)
