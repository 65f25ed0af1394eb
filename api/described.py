"""The application with its own description: what FastAPI can't know of the answers is added."""

from typing import Any

from fastapi import FastAPI

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


class DescribedApp(FastAPI):
    """FastAPI says that a refusal is a 422 with its own body; ours are others, and alike."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is not None:
            return self.openapi_schema
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
