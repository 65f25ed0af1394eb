"""The web application: doors, and what guards them, around the program it opens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

import api.v1
from api import answering, feed, health, hsds, oidc, pages, security, signin
from api.bodies import BoundedBodies
from api.crowding import AtWork, Uncrowded
from api.dependencies import public
from api.described import DescribedApp, Doors
from api.figures import Counted, Figures
from api.figures import router as figures_router
from api.sending import larger_for_files
from api.warming import warm_up
from jobs.program import Program, open_program
from jobs.runtime import start_runner
from jobs.settings import Settings

DOORS = Doors(dependencies=[security.write_checked])
"""Nearly every route; what FastAPI works out of them serves all applications of a process."""

# They are looked through in this order: what programs ask many times a second comes first.
for _router in (
    *api.v1.ROUTERS, signin.router, oidc.router, health.router, figures_router,
    *hsds.ROUTERS, feed.router, *pages.ROUTERS,
):  # fmt: skip
    DOORS.include_router(_router)


def create_app(settings: Settings, program: Program | None = None) -> FastAPI:
    """Make the application.

    program : what is open already; None opens it when the application starts and closes it when
        it stops
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = program
        if opened is None:
            opened = await run_in_threadpool(open_program, settings)
            await run_in_threadpool(opened.make_keys)
        app.state.program = opened
        runner = start_runner(opened) if settings.runner == "thread" else None
        if program is None:
            app.state.warming = asyncio.create_task(
                run_in_threadpool(warm_up, opened, DOORS.routes)
            )
        try:
            yield
        finally:
            if app.state.warming is not None:
                await app.state.warming
            if runner is not None:
                await run_in_threadpool(runner.stop)
            if program is None:
                await run_in_threadpool(opened.close)

    figures = Figures()
    app = DescribedApp(
        DOORS,
        title="Ibasho",
        lifespan=lifespan,
        docs_url=None,  # its scripts come from outside hosts
        redoc_url=None,
        openapi_url=None,
        dependencies=[security.write_checked],
        middleware=[
            Middleware(security.Guarded, settings=settings),
            Middleware(Counted, figures=figures),
            Middleware(Uncrowded, figures=figures, at_most=settings.max_requests),
            Middleware(answering.Answered),
            Middleware(security.SameOrigin, settings=settings),
            Middleware(
                BoundedBodies,
                limit_bytes=settings.max_body_kb * 1024,
                larger=larger_for_files(settings),
            ),
            Middleware(AtWork),
        ],
    )
    # FastAPI has its own answers for these two; all others reach `answering.Answered`.
    for kind in (HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answering.answer)
    app.state.settings = settings
    app.state.program = program
    app.state.warming = None
    app.state.figures = figures
    app.mount("/static", StaticFiles(packages=[("api", "static")]), name="static")

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[public])
    def description() -> dict[str, Any]:
        return app.openapi()

    return app
