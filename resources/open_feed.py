"""Pages of the feed of changes to open data, in the order of the change log (OpenActive RPDE).

The feed's order is that of `modified` and then of ids: one change, say to a host, may move many
entries at once, so the revision alone would not tell where a page ends.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from resources.hsds.lists import load_places
from resources.hsds.objects import Words, full_place
from resources.hsds.parts import Json
from resources.open_rows import Opened

KIND = "ServiceAtLocation"
ITEMS = 500


@dataclass(frozen=True)
class After:
    """The last item that a reader has."""

    modified: int
    id: uuid.UUID


BEGINNING = After(1, uuid.UUID(int=0))
"""Before every item: the log's first revision is 1, and no id is that small."""


def items_after(session: Session, after: After, words: Words, *, limit: int = ITEMS) -> list[Json]:
    """Return the next items: what is open with all of it, what isn't any more as a bare mark.

    What has closed since the log was followed is a mark too, at the place where it still stands.
    """
    rows = session.scalars(
        select(Opened)
        .where(
            or_(
                Opened.modified > after.modified,
                and_(Opened.modified == after.modified, Opened.offering_id > after.id),
            )
        )
        .order_by(Opened.modified, Opened.offering_id)
        .limit(limit)
    ).all()
    written = _written(session, [r.offering_id for r in rows if r.is_open], words)
    return [_item(row, written.get(row.offering_id)) for row in rows]


def _written(session: Session, ids: Sequence[uuid.UUID], words: Words) -> dict[uuid.UUID, Json]:
    return {
        place.offering.id: full_place(service, place, words)
        for service, place in load_places(session, ids)
    }


def _item(row: Opened, data: Json | None) -> Json:
    mark = {"kind": KIND, "id": str(row.offering_id), "modified": row.modified}
    if data is None:
        return {"state": "deleted", **mark}
    return {"state": "updated", **mark, "data": data}
