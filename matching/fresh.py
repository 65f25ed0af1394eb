"""The few offerings that are about to be shown: free places are read again from the database."""

import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import Dialect, String, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session

from matching.index import Rows
from matching.place_shown import PlaceShown
from resources.database import driver_rows
from resources.models import Offering

AT_ONCE = 16
"""Places that one statement reads; it is prepared once, and for fewer of them one is repeated."""

_NAMES = tuple(f"id{i}" for i in range(AT_ONCE))

# Ids and days are taken as the driver gives them: turning each into an object takes longer than
# reading it.
_STATEMENT = select(
    type_coerce(Offering.id, String),
    Offering.availability,
    Offering.places,
    type_coerce(Offering.availability_said_on, String),
    Offering.availability_said_by,
).where(or_(*(Offering.id == bindparam(name) for name in _NAMES)))


def places_to_show(session: Session, rows: Rows, chosen: Sequence[int]) -> dict[int, PlaceShown]:
    """Return what is shown of some rows, by row number; one that is gone meanwhile is left out.

    The index stands at the newest revision that the session sees, so all but the free places is
    taken from it. Of a hidden place it holds nothing that tells where it is.
    """
    ids = rows.ids_of(chosen)
    said = _free_places(session, ids)
    return {
        i: PlaceShown(own, facts, *said[own])
        for i, own, facts in zip(chosen, ids, rows.shown(chosen), strict=True)
        if own in said
    }


Said = tuple[str, int | None, date | str | None, str | None]


def _free_places(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Said]:
    dialect = session.get_bind().dialect
    is_sqlite = dialect.name == "sqlite"  # it keeps ids as text
    sql = _compiled(dialect)
    found: dict[uuid.UUID, Said] = {}
    for start in range(0, len(ids), AT_ONCE):
        known = {i.hex if is_sqlite else i: i for i in ids[start : start + AT_ONCE]}
        asked = list(known)
        asked += asked[:1] * (AT_ONCE - len(asked))
        values = tuple(asked) if is_sqlite else dict(zip(_NAMES, asked, strict=True))
        for offering, *said in driver_rows(session, sql, values):
            found[known[offering]] = tuple(said)
    return found


@cache
def _compiled(dialect: Dialect) -> str:
    """Return the statement in a database's own words; it is sent many times a second."""
    return str(_STATEMENT.compile(dialect=dialect))


def is_full(place: PlaceShown) -> bool:
    """Tell whether what stands in the database now leaves no room."""
    return place.availability == "none" or (place.availability == "capacity" and place.places == 0)
