"""A person's pinned places, as they stand before the list: with their true rank, or why not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from casework.cases import Opened
from casework.pins import fails_safety, pins_of
from casework.placement_models import Pin
from jobs.program import Program
from matching.answers import Suggestion
from matching.need import Need
from matching.why import explain
from resources.commands import NotFound


@dataclass(frozen=True)
class Pinned:
    """One pinned place.

    shown : all that is said of it (docs/formats.md, `why`); None where the catalogue has it no more
    rank : where it stands on the list without the pin, counted from 1; None where it doesn't
    unsafe : a rule of safety keeps it away now, so it is no suggestion at all
    """

    pin: Pin
    shown: dict[str, Any] | None
    rank: int | None
    unsafe: bool

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The verdicts of the rules that it fails now."""
        return [v for v in (self.shown or {}).get("verdicts", ()) if v["verdict"] == "fail"]


def pinned_for(
    program: Program,
    session: Session,
    opened: Opened,
    need: Need,
    listed: Sequence[Suggestion],
    *,
    scheme: str,
) -> list[Pinned]:
    """Return the pinned places of a person, the oldest first, judged as any other place is.

    listed : the list that is shown, which stays as it is
    """
    ranks = {s.place.offering: n for n, s in enumerate(listed, 1)}
    found = []
    for pin in pins_of(session, opened):
        rank = ranks.get(pin.offering_id)
        try:
            told = explain(session, program.store, need, pin.offering_id, scheme=scheme)
        except NotFound:
            found.append(Pinned(pin, None, rank, False))
            continue
        shown = told.as_json()
        if rank is not None:
            shown |= listed[rank - 1].as_json()  # which knows as well whether it is a hub
        found.append(Pinned(pin, shown, rank, fails_safety(told.verdicts)))
    return found


def pin_of(session: Session, opened: Opened, offering_id: uuid.UUID) -> Pin | None:
    """Return the pin of one place; None where it isn't pinned."""
    return next((p for p in pins_of(session, opened) if p.offering_id == offering_id), None)
