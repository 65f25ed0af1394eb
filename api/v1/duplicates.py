"""Likely duplicates as JSON: the pairs, a person's decision on them, and the way back."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Reading, User, Writing, allowed
from api.pages.home import MERGES
from jobs.comparing import is_comparing
from resources.duplicates import Proposal
from resources.likely import count_likely, likely_pairs
from resources.merging import merge_resources, say_not_same, take_back_not_same, undo_merge

router = APIRouter(
    prefix="/api/v1/duplicates", tags=["duplicates"], dependencies=[allowed(*MERGES)]
)


def pair_as_json(pair: Proposal) -> dict[str, Any]:
    """Return two entries that may be one, with the evidence."""
    return {
        "one": {"resource": str(pair.one.resource), "name": pair.one.facts.name},
        "other": {"resource": str(pair.other.resource), "name": pair.other.facts.name},
        **pair.likeness.as_json(),
    }


@router.get("", summary="Pairs of entries that may be one place, the likeliest first")
def pairs(
    session: Reading,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0,
) -> dict[str, Any]:
    """`comparing`: entries were changed that are still to be compared; ask again soon."""
    found = likely_pairs(session, offset=offset, limit=limit)
    return {
        "pairs": [pair_as_json(p) for p in found],
        "total": count_likely(session),
        "comparing": is_comparing(session),
    }


class Decision(BaseModel):
    """Two resources to merge: what of the merged one is taken, and which offerings move."""

    model_config = ConfigDict(extra="forbid")

    kept: uuid.UUID
    merged: uuid.UUID
    taken: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)] = []
    moved: Annotated[list[uuid.UUID], Field(max_length=1000)] = []
    versions: tuple[int, int] | None = None


@router.post("/merges", status_code=201, summary="Merge one entry into another")
def merge(session: Writing, user: User, decision: Decision) -> dict[str, str]:
    made = merge_resources(
        session,
        kept_id=decision.kept,
        merged_id=decision.merged,
        taken=decision.taken,
        moved=decision.moved,
        versions=decision.versions,
        by=user.by,
    )
    return {"merge": str(made.id), "kept": str(made.kept_id), "merged": str(made.merged_id)}


@router.post("/merges/{merge_id}/undo", summary="Take a merge back whole")
def take_back(session: Writing, user: User, merge_id: uuid.UUID) -> dict[str, str]:
    merge = undo_merge(session, merge_id=merge_id, by=user.by)
    return {"merge": str(merge.id), "kept": str(merge.kept_id), "merged": str(merge.merged_id)}


class Pair(BaseModel):
    """Two resources."""

    model_config = ConfigDict(extra="forbid")

    one: uuid.UUID
    other: uuid.UUID


@router.post("/apart", summary="Say that two entries are two; the pair isn't proposed again")
def apart(session: Writing, user: User, pair: Pair) -> dict[str, bool]:
    say_not_same(session, one=pair.one, other=pair.other, by=user.by)
    return {"proposed": False}


@router.post("/apart/undo", summary="Let a pair be proposed again")
def maybe_one_after_all(session: Writing, user: User, pair: Pair) -> dict[str, bool]:
    take_back_not_same(session, one=pair.one, other=pair.other, by=user.by)
    return {"proposed": True}
