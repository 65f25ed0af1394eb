"""Ids of HSDS objects that have no row of their own with us: the same input, the same id."""

import uuid

NAMESPACE = uuid.UUID("7a0d6f0e-6e55-5c1f-9c0b-0d6f2b7b8a31")


def derived_id(*parts: object) -> str:
    """Return the id of what hangs on a row: `derived_id(resource.id, "phone")`."""
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, parts))))


def taxonomy_id(axis: str) -> str:
    """Return the id of a closed list."""
    return derived_id("taxonomy", axis)


def term_id(axis: str, code: str) -> str:
    """Return the id of one entry of a closed list."""
    return derived_id("taxonomy", axis, code)
