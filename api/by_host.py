"""Several municipalities behind one address: each request goes to whom its Host header names.

Each has an application of its own around a program of its own, so nothing of one can reach another
by way of this process. A host that is nobody's is told so; there is no municipality by default.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering import FOR_PROGRAMS
from api.app import DOORS, create_app
from api.crowding import Uncrowded, give_threads
from api.figures import Figures
from api.security import SAFE, Guarded
from api.warming import warm_up
from jobs.belonging import NOT_TOGETHER
from jobs.listed import Listed
from jobs.log_lines import fields
from jobs.opened import NoSuchMunicipality, Programs, programs_of
from jobs.program import Program
from jobs.runtime import start_runner
from jobs.schema import NewerSchema, TablesInUse
from jobs.settings import Settings

log = logging.getLogger("ibasho.api")

NOBODYS = (
    "このアドレスの自治体はありません。自治体から知らされたアドレスを開いてください。",
    "No municipality is at this address; open the address that your municipality gave you.",
)
UNAVAILABLE = (
    "ただいまご利用になれません。少し待ってから、もう一度お試しください。",
    "The service is not available; try again in a few minutes.",
)


def host_of(scope: Scope) -> str:
    """Return the host that a request asks, in small letters, without port."""
    host = Headers(scope=scope).get("host", "").lower()
    if not host.endswith("]"):  # an IPv6 address without port ends so
        host = host.rpartition(":")[0] or host
    return host.removesuffix(".")


class ByHost:
    """Answers each request by the application of the municipality whose host it names."""

    def __init__(self, settings: Settings) -> None:
        self.listed = Listed(settings)
        self._apps: dict[str, FastAPI] = {}
        self.programs: Programs = programs_of(settings, closed=self._forget, listed=self.listed)
        self._know_hosts()
        self.warming: asyncio.Task[None] | None = None

    def _forget(self, slug: str) -> None:
        self._apps.pop(slug, None)

    def _know_hosts(self) -> None:
        self._known = self.programs.followed
        self._of_host = {host: slug for slug, one in self._known.items() for host in one.hosts}

    async def _look_again(self) -> None:
        """Take the list as it stands now; the file is looked at once a second, whoever asks."""
        if self.listed.is_due():
            await run_in_threadpool(self.programs.look_again)
        if self._known is not self.programs.followed:
            self._know_hosts()

    def _app_around(self, slug: str, program: Program) -> FastAPI:
        app = self._apps.get(slug)
        if app is None or app.state.program is not program:
            app = self._apps[slug] = create_app(program.settings, program)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await self._look_again()
        slug = self._of_host.get(host_of(scope))
        if slug is None:
            answer = await self._of_nobody(scope)
            await answer(scope, receive, send)
            return
        elsewhere = self._at_its_own_address(scope, slug)
        if elsewhere is not None:
            await elsewhere(scope, receive, send)
            return
        program = self.programs.take_open(slug)
        if program is None:
            try:
                program = await run_in_threadpool(self.programs.take, slug)
            except NoSuchMunicipality:  # listed no more since its host was looked up
                await _told(scope, 421, NOBODYS)(scope, receive, send)
                return
            except Exception as error:
                log.error(fields("municipality_closed", municipality=slug, reason=_reason(error)))
                await _told(scope, 503, UNAVAILABLE)(scope, receive, send)
                return
        try:
            await self._app_around(slug, program)(scope, receive, send)
        finally:
            self.programs.give_back(program)

    def _at_its_own_address(self, scope: Scope, slug: str) -> Response | None:
        """Return the way from a further host name to the one that forms and links are made for."""
        url = self._known[slug].settings.public_url.rstrip("/")
        own = url.partition("://")[2].partition(":")[0].lower()
        asks_health = scope["path"].startswith("/health/")
        if not own or host_of(scope) == own or asks_health or scope["method"] not in SAFE:
            return None
        asked = scope["query_string"].decode("latin-1")
        return RedirectResponse(url + scope["path"] + (f"?{asked}" if asked else ""), 307)

    async def _of_nobody(self, scope: Scope) -> Response:
        if scope["path"] == "/health/live":
            return JSONResponse({"status": "ok"})
        if scope["path"] == "/health/ready":
            return await self._ready()
        return _told(scope, 421, NOBODYS)

    async def _ready(self) -> Response:
        """Tell whether this process can serve, by how many are open and answer; naming none.

        One municipality whose database is gone must not take the others off this machine.
        """
        if self.warming is not None and not self.warming.done():
            return JSONResponse({"status": "starting"}, 503, {"Retry-After": "5"})
        slugs = self.programs.open_now()
        answering = sum([await run_in_threadpool(self._answers, slug) for slug in slugs])
        counts = {
            "municipalities": len(self._known),
            "open": len(slugs),
            "ready": answering,
            "list": "unusable" if self.listed.trouble else "ok",
        }
        good = bool(answering) or not slugs
        return JSONResponse(
            {"status": "ok" if good else "unavailable", **counts}, 200 if good else 503
        )

    def _answers(self, slug: str) -> bool:
        program = self.programs.take_open(slug)
        if program is None:
            return True  # closed meanwhile, for want of use
        try:
            return program.database.answers()
        except Exception:
            return False
        finally:
            self.programs.give_back(program)

    def warm(self) -> None:
        """Compile what a question runs, at one municipality: the others then begin quickly."""
        for slug in self.programs.slugs:
            try:
                with self.programs.use(slug) as program:
                    warm_up(program, DOORS.routes)
                return
            except Exception as error:
                log.warning(fields("municipality_closed", municipality=slug, reason=_reason(error)))


def _reason(error: Exception) -> str:
    """Return what is logged: the remedy where there is one; other messages may hold data."""
    told = isinstance(error, (NewerSchema, TablesInUse, *NOT_TOGETHER))
    return str(error) if told else type(error).__name__


def _told(scope: Scope, status: int, words: tuple[str, str]) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "60"
    if scope["path"].startswith(FOR_PROGRAMS):
        return JSONResponse({"status": status, "error": words[1]}, status, headers)
    return PlainTextResponse("\n\n".join(words) + "\n", status, headers)


def create_app_by_host(settings: Settings) -> ASGIApp:
    """Make the application of an installation of several municipalities. Raises `BadSetting`."""
    by_host = ByHost(settings)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        give_threads(settings.max_requests)
        runner = start_runner(by_host.programs) if settings.runner == "thread" else None
        by_host.warming = asyncio.create_task(run_in_threadpool(by_host.warm))
        try:
            yield
        finally:
            await by_host.warming
            if runner is not None:
                await run_in_threadpool(runner.stop)
            await run_in_threadpool(by_host.programs.close)

    crowd = Uncrowded(by_host, Figures(), settings.max_requests)
    guarded = Guarded(crowd, settings)
    return Router(default=guarded, lifespan=lifespan)
