"""The application with its own description: what FastAPI can't know of the answers is added."""

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Mount

REFUSAL: dict[str, Any] = {
    "title": "Refusal",
    "type": "object",
    "required": ["status", "error"],
    "properties": {
        "status": {"type": "integer"},
        "error": {"type": "string", "description": "One sentence, in the reader's language."},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}
"""What every answer beyond 399 holds (`api.answering`)."""

REFUSED = {
    "4XX": "Refused: nobody signed in, not this role, not found, not usable, edited meanwhile.",
    "503": "Busy, or something is not set up yet; try again later.",
}


class Doors(APIRouter):
    """Routes that all applications of a process share, and what is said of them."""

    description: dict[str, Any] | None = None


class DescribedApp(FastAPI):
    """FastAPI says that a refusal is a 422 with its own body; ours are others, and alike."""

    def __init__(self, doors: Doors, **settings: Any) -> None:
        super().__init__(**settings)
        self._doors = doors
        # Not included once more: what FastAPI works out of each route is worked out once for all.
        self.router.routes.extend(doors.routes)

    def openapi(self) -> dict[str, Any]:
        if self._more_than_doors():
            return self.openapi_schema or self._described()
        if self._doors.description is None:
            self._doors.description = self._described()
        return self._doors.description

    def _more_than_doors(self) -> bool:
        shared = {id(route) for route in self._doors.routes}
        return any(_is_described(route) for route in self.router.routes if id(route) not in shared)

    def _described(self) -> dict[str, Any]:
        described = super().openapi()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        schemas["Refusal"] = REFUSAL
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        reference = {"$ref": "#/components/schemas/Refusal"}
        for methods in described["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)
                if "format" in {p["name"] for p in operation.get("parameters", ())}:
                    operation["responses"]["200"]["content"]["application/x-ndjson"] = {}
                for status, words in REFUSED.items():
                    operation["responses"][status] = {
                        "description": words,
                        "content": {"application/json": {"schema": reference}},
                    }
        return described


def _is_described(route: BaseRoute) -> bool:
    # A router that was included says nothing of itself, and its routes are described.
    return getattr(route, "include_in_schema", not isinstance(route, Mount))
