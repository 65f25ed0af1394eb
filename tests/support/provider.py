"""An identity provider on loopback that tells the truth, or one chosen lie."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "ibasho"
SECRET = "the secret of the test's own provider"
SUBJECT = "canary-subject-7f3a"
EMAIL = "mori@city.example.jp"


class Provider:
    """What the provider knows, and how it lies; each attribute may be changed by a test."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.sign: Callable[[Provider, dict[str, Any]], str] = signed
        self.publish_secret = False
        self.answer_s = b""
        self.asked: list[str] = []

    def code_for(self, address: str) -> tuple[str, str]:
        """Sign somebody in who was sent to this address; return state and code."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"canary-code-{len(self.codes)}"
        self.codes[code] = asked
        return asked["state"], code

    def keys(self) -> dict[str, Any]:
        keys: list[Any] = [self.key.as_dict(private=False)]
        if self.publish_secret:
            keys.append(shared(self))
        return {"keys": keys}

    def token(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(fields["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != fields["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": SUBJECT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": EMAIL,
            "email_verified": True,
            "preferred_username": "mori",
            **self.claims,
        }
        said = {k: v for k, v in claims.items() if v is not None}
        answer = {"access_token": "canary-access", "token_type": "Bearer"}
        return 200, {**answer, "id_token": self.sign(self, said)}


def signed(provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, provider.key)


def signed_by_another(provider: Provider, claims: dict[str, Any]) -> str:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)


def unsigned(provider: Provider, claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "one"}, claims)
    written = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
    return b".".join([*written, b""]).decode()


def shared(provider: Provider) -> dict[str, str]:
    """Return the public key as if it were a secret that both sides share."""
    secret = base64.urlsafe_b64encode(provider.key.as_pem(private=False)).rstrip(b"=").decode()
    return {"kty": "oct", "kid": "one", "k": secret}


def signed_with_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    key = provider.key.as_pem(private=False)
    head = {"alg": "HS256", "kid": "one", "typ": "JWT"}
    written = [
        base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in (head, claims)
    ]
    mac = hmac.new(key, b".".join(written), hashlib.sha256).digest()
    return b".".join([*written, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


def changed_after_signing(provider: Provider, claims: dict[str, Any]) -> str:
    head, _, mac = signed(provider, claims).split(".")
    forged = json.dumps({**claims, "sub": "somebody else"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(forged).rstrip(b'=').decode()}.{mac}"


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider on a free port of loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, said: Any) -> None:
            body = provider.answer_s or json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path == "/jwks":
                return self._answer(200, provider.keys())
            assert self.path == "/.well-known/openid-configuration"
            said = {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "jwks_uri": f"{provider.issuer}/jwks",
                **provider.discovery,
            }
            return self._answer(200, said)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {k: v[0] for k, v in parse_qs(raw).items()}
            self._answer(*provider.token(fields, self.headers.get("Authorization", "")))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
