"""The few offerings that are about to be shown: free places are read again from the database."""

import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import Dialect, String, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session

from matching.place_shown import PlaceKept, PlaceShown
from matching.rows import Rows
from resources.driver import driver_rows
from resources.models import Offering

AT_ONCE = 10
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
    kept = rows.kept(chosen)
    said = free_places(session, [own for own, _ in kept])
    return {
        i: PlaceShown(own, facts, *said[own])
        for i, (own, facts) in zip(chosen, kept, strict=True)
        if own in said
    }


def places_named(rows: Rows, chosen: Sequence[int]) -> list[PlaceKept]:
    """Return what is kept of some rows, without their free places."""
    return [PlaceKept(own, facts) for own, facts in rows.kept(chosen)]


Said = tuple[str, int | None, date | str | None, str | None]


def free_places(session: Session, ids: Sequence[int]) -> dict[int, Said]:
    """Return what is said of free places now, by the offerings' ids as numbers."""
    connection = session.connection()
    dialect = connection.dialect
    is_sqlite = dialect.name == "sqlite"  # it keeps ids as text
    sql = _compiled(dialect)
    found: dict[int, Said] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        known = {f"{i:032x}" if is_sqlite else uuid.UUID(int=i): i for i in some}
        asked = list(known)
        asked += asked[:1] * (AT_ONCE - len(asked))
        values = tuple(asked) if is_sqlite else dict(zip(_NAMES, asked, strict=True))
        for offering, *said in driver_rows(connection, sql, values):
            found[known[offering]] = tuple(said)
    return found


@cache
def _compiled(dialect: Dialect) -> str:
    """Return the statement in a database's own words; it is sent many times a second."""
    return str(_STATEMENT.compile(dialect=dialect))


def is_full(place: PlaceShown) -> bool:
    """Tell whether what stands in the database now leaves no room."""
    return leaves_no_room(place.availability, place.places)


def leaves_no_room(availability: str, places: int | None) -> bool:
    return availability == "none" or (availability == "capacity" and places == 0)
