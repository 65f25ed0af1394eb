"""What a question of the API asks, taken from its request by the handler itself.

For what is asked so often that FastAPI's way from a request to its parameters counts; what it would
give or refuse is the same.
"""

import json
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from api.bodies import is_json
from api.one_turn import Turn

Said = TypeVar("Said", bound=BaseModel)


def asked(turn: Turn, request: Request, beside: type[Said]) -> tuple[dict[str, Any], Said]:
    """Return the object that a request's body is, and what its address says besides.

    Raises `RequestValidationError` with all that is wrong with either, as FastAPI has it.
    """
    problems: list[dict[str, Any]] = []
    try:
        said = beside.model_validate(dict(request.query_params))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = [{**problem, "loc": ("query", *problem["loc"])} for problem in found]
    is_read = turn.body and is_json(request.headers.get("content-type", ""))
    body: Any = json.loads(turn.body) if is_read else turn.body
    if not isinstance(body, dict):
        kind = "dict_type" if turn.body else "missing"
        problems.append({"loc": ("body",), "type": kind, "msg": kind})
    if problems:
        raise RequestValidationError(problems)
    return body, said


def described(beside: type[BaseModel]) -> list[dict[str, Any]]:
    """Return what an address may say, as OpenAPI has it."""
    facts = beside.model_json_schema()
    needed = facts.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": schema}
        for name, schema in facts["properties"].items()
    ]
