"""What all applications of a process share is described once; what one has besides, by itself."""

from fastapi import APIRouter, FastAPI

from api.app import create_app
from api.dependencies import public
from jobs.program import Program


def _paths(app: FastAPI) -> set[str]:
    return set(app.openapi()["paths"])


def test_an_application_with_more_routes_is_described_by_itself(demo: Program) -> None:
    shared = create_app(demo.settings, demo)
    before = _paths(shared)
    more = create_app(demo.settings, demo)
    router = APIRouter(prefix="/api/v1/besides", dependencies=[public])

    @router.get("/included")
    def included() -> str:
        return ""

    more.include_router(router)
    assert _paths(more) - before == {"/api/v1/besides/included"}
    straight = create_app(demo.settings, demo)
    straight.get("/api/v1/besides/straight", dependencies=[public])(included)
    assert _paths(straight) - before == {"/api/v1/besides/straight"}
    assert _paths(shared) == _paths(create_app(demo.settings, demo)) == before


def test_what_is_described_once_is_the_same_object(demo: Program) -> None:
    first, second = create_app(demo.settings, demo), create_app(demo.settings, demo)
    assert first.openapi() is second.openapi()
