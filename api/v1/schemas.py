"""The JSON Schemas of questions and answers, as the API's own description holds them."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

OURS = "urn:ibasho:"


@cache
def _document(name: str) -> dict[str, Any]:
    text = files("matching").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def schema(name: str) -> dict[str, Any]:
    """Return a schema with all that it refers to put in place, as OpenAPI wants it.

    name : need / answer / why / nearby
    """
    whole = {k: v for k, v in _document(name).items() if k not in ("$schema", "$id", "$defs")}
    inlined: dict[str, Any] = _inlined(whole, name)
    return inlined


def _inlined(node: Any, name: str) -> Any:
    if isinstance(node, list):
        return [_inlined(each, name) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        address, _, path = node["$ref"].partition("#/")
        of = address.removeprefix(OURS) or name
        found: Any = _document(of)
        for step in path.split("/"):
            found = found[step]
        return _inlined(found, of)
    return {key: _inlined(value, name) for key, value in node.items()}
