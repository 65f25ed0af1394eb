"""The first question of a process, asked by the program itself so that nobody waits for it."""

from sqlalchemy.orm import Session

from matching.nearby import NearbyQuestion, nearby_places
from matching.need import At, Need, Window, Wishes
from matching.store import IndexStore
from matching.suggest import suggest_placements

_SOMEWHERE = At(lon=139.7, lat=35.7)


def warm(session: Session, store: IndexStore) -> None:
    """Open the index, or build it, and compile what a question runs.

    What was compiled is kept (see `geodata.compiled`): it takes some ten seconds once after an
    installation, and a part of one later.
    """
    streets = store.streets()
    at = _SOMEWHERE
    if streets is not None:  # on one of them, so that the walk over streets is compiled too
        lon, lat = streets.lines[0].coords[0]
        at = At(lon=lon, lat=lat)
    # Hours in which nothing can be attended, so that what would have to change is compiled too.
    hours = (Window.model_validate({"day": "mon", "from": "03:00", "to": "03:01"}),)
    need = Need(at=at, walk_minutes=1.0, wishes=Wishes(text="本"), windows=hours)
    suggest_placements(session, store, need)
    nearby_places(session, store, NearbyQuestion(at=need.point, walk_minutes=1.0))
