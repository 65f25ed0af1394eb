"""Refuses what is too big, or what no database can hold, before anything parses it.

NUL characters and halves of surrogate pairs, numbers beyond 64 bit, NaN and infinity: a database
refuses some of them, another stores them; here all are refused alike.
"""

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Larger = Callable[[Scope], Awaitable[int | None]]
"""Returns the limit of a request in bytes; None for the usual one."""

SMALLEST, BIGGEST = -(2**63), 2**63 - 1


class BodyTooLarge(ValueError):
    """A request whose body is larger than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(f"a request may have at most {limit_bytes} bytes")


class Unstorable(ValueError):
    """A request that holds a character or a number that can't be stored."""

    def __init__(self) -> None:
        super().__init__("a character or a number that can't be stored")


class NotJson(ValueError):
    """A body that says it is JSON and is not."""

    def __init__(self) -> None:
        super().__init__("the body is not JSON")


class Repeated(ValueError):
    """A body in which a field is written twice: one of the two would be lost without a word."""

    def __init__(self) -> None:
        super().__init__("a field is written twice")


def check_text(text: str) -> None:
    """Raise `Unstorable` for a text that not every database can hold."""
    if "\0" in text:
        raise Unstorable
    try:
        text.encode()  # fails for halves of surrogate pairs alone, and without a look at each here
    except UnicodeEncodeError:
        raise Unstorable from None


def _whole(digits: str) -> int:
    number = int(digits) if len(digits) < 25 else BIGGEST + 1
    if not SMALLEST <= number <= BIGGEST:
        raise Unstorable
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unstorable
    return number


def _not_a_number(_name: str) -> None:
    raise Unstorable


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Repeated
    return found


# Made once: `json.loads` makes one each time it is told how to read numbers.
_DECODER = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_not_a_number, object_pairs_hook=_once
)


def check_json(body: bytes) -> None:
    """Raise `Unstorable`, `Repeated` or `NotJson` for a body that can't be used."""
    try:
        data = _DECODER.decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except (Unstorable, Repeated):
        raise
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        raise NotJson from None
    # Any other text came as UTF-8 that is whole, and JSON wants a NUL to be escaped.
    waiting = [data] if _escapes(body) else []
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            check_text(value)
        elif isinstance(value, dict):
            waiting.extend(value.keys())
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _escapes(body: bytes) -> bool:
    """Tell whether JSON may hold a character that can't be stored: escaped, or not in UTF-8."""
    if b"\\u" in body or b"\0" in body:
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return False


def is_form(content_type: str) -> bool:
    """Tell whether a body is a form."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")


def check_encoded(sent: bytes) -> None:
    """Raise `Unstorable` for what isn't UTF-8 behind its %: a reader would put \ufffd there."""
    if sent.isascii() and b"%" not in sent and b"\0" not in sent:
        return
    try:
        check_text(unquote_to_bytes(sent).decode())
    except UnicodeDecodeError:
        raise Unstorable from None


def check_form_bytes(body: bytes, content_type: str) -> None:
    """Raise `Unstorable` for a form with a text that isn't UTF-8; files may hold any bytes.

    Half of a surrogate pair is none: whoever reads forms would store something else in its place.
    """
    if not content_type.strip().lower().startswith("multipart/"):
        check_encoded(body)
        return
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        return  # refused by whoever reads it
    for part in body.split(b"--" + boundary):
        head, _, text = part.partition(b"\r\n\r\n")
        try:
            head.decode()
            if b"filename" not in head.lower():
                text.decode()
        except UnicodeDecodeError:
            raise Unstorable from None


def is_json(content_type: str) -> bool:
    """Tell whether a body says that it is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


async def check_form(request: Request) -> None:
    """Raise `Unstorable` for a form with such a text; the parsed form is kept for the handler."""
    if not is_form(request.headers.get("content-type", "")):
        return
    for name, value in (await request.form()).multi_items():
        check_text(name)
        check_text(value if isinstance(value, str) else value.filename or "")


class BoundedBodies:
    """Reads a request's body up to a limit, looks at it, and passes it on whole.

    The limit holds for what a length is announced for and for what is streamed without one.

    limit_bytes : for every request
    larger : tells which limit a request has instead, for those who may send files; it is asked
        before anything of the body is read
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, larger: Larger | None = None) -> None:
        self.app = app
        self.limit_bytes = limit_bytes
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        check_text(scope["path"])
        for sent in (scope.get("raw_path") or b"", scope.get("query_string", b"")):
            check_encoded(sent)
        limit = None if self.larger is None else await self.larger(scope)
        body = await self._body(headers, receive, limit or self.limit_bytes)
        if body is None:
            return
        kind = headers.get("content-type", "")
        if body and is_json(kind):
            check_json(body)
        elif body and is_form(kind):
            check_form_bytes(body, kind)
        await self.app(scope, _replay(body, receive), send)

    async def _body(self, headers: Headers, receive: Receive, limit: int) -> bytes | None:
        """Return the whole body; None where the sender hung up."""
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced[:20]) > limit:
            raise BodyTooLarge(limit)
        parts, length = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            part: bytes = message.get("body", b"")
            length += len(part)
            if length > limit:
                raise BodyTooLarge(limit)
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
