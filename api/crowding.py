"""Turns requests away before the program drowns in them, with the word when to come again.

A queue that grows without bound makes everybody wait, and goes on doing so when the rush is over.
"""

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering import FOR_PROGRAMS
from api.figures import Figures

COME_AGAIN_S = 5
ALWAYS = ("/health/live", "/static/")
"""Answered however busy the program is: cheap, and asked by those who watch over it."""

JA = "ただいま混み合っています。少し待ってから、もう一度お試しください。"
EN = "The service is busy; try again in a few seconds."


class Uncrowded:
    """Lets so many requests in at once; the others are answered 503 with Retry-After.

    at_most : how many are answered at once; 0 = no limit
    """

    def __init__(self, app: ASGIApp, figures: Figures, at_most: int) -> None:
        self.app = app
        self.figures = figures
        self.at_most = at_most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        free = scope["type"] != "http" or scope["path"].startswith(ALWAYS)
        if free or not self.at_most:
            await self.app(scope, receive, send)
            return
        if self._inside >= self.at_most:
            self.figures.turned_away.inc()
            await _busy(scope)(scope, receive, send)
            return
        self._inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._inside -= 1


def _busy(scope: Scope) -> Response:
    headers = {"Retry-After": str(COME_AGAIN_S), "Cache-Control": "no-store"}
    if scope["path"].startswith(FOR_PROGRAMS):
        return JSONResponse({"status": 503, "error": EN}, 503, headers)
    return PlainTextResponse(f"{JA}\n\n{EN}\n", 503, headers)
