"""What protects the pages in a browser: headers, the origin of a request, the token of a form."""

import hashlib
import hmac
import secrets

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import bodies, identity
from jobs.settings import Settings, secret_key

SAFE = ("GET", "HEAD", "OPTIONS")

IMAGES = "img-src 'self' data:"  # the map's empty tile
POLICY = "; ".join(
    (
        "default-src 'self'",
        IMAGES,
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style, and no outside host but that of a base map, if one is set."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    # Not "no-referrer": a browser would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}

STATIC = "/static/"

OPEN_PATHS = ("/hsds", "/hsds/", "/feed/")
"""What is given to whoever asks, and so to the pages of other sites as well."""

OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # never with credentials: browsers send none along
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def is_open_path(path: str) -> bool:
    """Tell whether a path is one of open data."""
    return path == OPEN_PATHS[0] or path.startswith(OPEN_PATHS[1:])


class ForeignRequest(PermissionError):
    """A request that another site made the browser send, or a form without its token."""

    def __init__(self) -> None:
        super().__init__("the form did not come from this site, or its page is too old")


class Guarded:
    """Puts the protecting headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        protecting = dict(HEADERS)
        if settings.map_origin:
            # The base map's pictures, and nothing else, may come from its server.
            protecting["Content-Security-Policy"] = POLICY.replace(
                IMAGES, f"{IMAGES} {settings.map_origin}"
            )
        if settings.secure_cookies:
            protecting["Strict-Transport-Security"] = "max-age=31536000"
        self.headers = Headers(protecting).raw
        self.names = {name for name, _ in self.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Nothing about people stays in a browser's or a proxy's store.
        caching = b"no-cache" if scope["path"].startswith(STATIC) else b"no-store"

        # Harvesters look with HEAD whether something is there; it is answered as GET, without body.
        looks = scope["method"] == "HEAD" and is_open_path(scope["path"])

        async def with_headers(message: Message) -> None:
            if looks and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                others = [h for h in message.get("headers", ()) if h[0].lower() not in self.names]
                headers = [*others, *self.headers]
                if all(name.lower() != b"cache-control" for name, _ in others):
                    headers.append((b"cache-control", caching))
                if is_open_path(scope["path"]):
                    MutableHeaders(raw=headers).update(OPEN_HEADERS)
                message = {**message, "headers": headers}
            await send(message)

        await self.app({**scope, "method": "GET"} if looks else scope, receive, with_headers)


class SameOrigin:
    """Refuses every writing request that a page of another origin sends."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.public_url = settings.public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            self._check(Headers(scope=scope), scope["scheme"])
        await self.app(scope, receive, send)

    def _check(self, headers: Headers, scheme: str) -> None:
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise ForeignRequest
        own = self.public_url or f"{scheme}://{headers.get('host', '')}"
        if headers.get("origin", own).lower() != own.lower():
            raise ForeignRequest


def form_cookie_name(settings: Settings) -> str:
    return "__Host-ibasho-form" if settings.secure_cookies else "ibasho-form"


def _anchor(request: Request, settings: Settings) -> str | None:
    """Return what a form's token is bound to: the session, or before that the form cookie."""
    session = identity.session_token(request, settings)
    return session or request.cookies.get(form_cookie_name(settings)) or None


def token_for(anchor: str, settings: Settings) -> str:
    """Return the token of a form that is bound to a cookie's content."""
    key = secret_key(settings.home)
    return hmac.new(key, b"form\0" + anchor.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def csrf_token(request: Request) -> str:
    """Return the token for the hidden field `csrf` of the forms on this page."""
    settings = request.app.state.settings
    anchor = _anchor(request, settings)
    return token_for(anchor, settings) if anchor else ""


def anchor_form(request: Request) -> tuple[str, str | None]:
    """Return a form's token for whoever isn't signed in, and the cookie to set for it, if any."""
    settings = request.app.state.settings
    anchor = _anchor(request, settings)
    fresh = None if anchor else secrets.token_urlsafe(24)
    return token_for(anchor or fresh or "", settings), fresh


def set_form_cookie(response: Response, settings: Settings, value: str) -> None:
    identity.set_cookie(response, settings, form_cookie_name(settings), value)


async def check_token(request: Request) -> None:
    """Raise `ForeignRequest` for a request without the token that its cookie asks for."""
    anchor = _anchor(request, request.app.state.settings)
    sent = request.headers.get("x-csrf-token")
    if sent is None and bodies.is_form(request.headers.get("content-type", "")):
        field = (await request.form()).get("csrf")
        sent = field if isinstance(field, str) else None
    if not anchor or not sent:
        raise ForeignRequest
    right = token_for(anchor, request.app.state.settings)
    if not hmac.compare_digest(right.encode(), sent.encode("utf-8", "replace")):
        raise ForeignRequest


async def check_write(request: Request) -> None:
    """Look at every writing request before its handler: its form's texts, its token.

    Without a session cookie there is nothing that another site could use; signing in checks the
    token itself.
    """
    if request.method in SAFE:
        return
    await bodies.check_form(request)
    if identity.session_token(request, request.app.state.settings) is not None:
        await check_token(request)


write_checked = Depends(check_write)
token_checked = Depends(check_token)
