"""What is shown of a place wherever it is shown: kept in the index, read when it is looked at."""

import json
import uuid
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any, Generic, TypeVar

import orjson

T = TypeVar("T")

SHOWN = (
    "resource_id", "name", "kind", "host_name", "description", "address", "phone", "lon", "lat",
    "accuracy_m", "schedule_text", "verified_on", "fee_yen", "invented", "verified_by",
    "sessions_seen", "host_answers",
)  # fmt: skip
"""What is kept to be shown, in this order. Free places aren't: they are read again each time."""

WHERE = ("address", "lon", "lat", "accuracy_m")
"""What is never kept of a hidden place."""

_which = itemgetter(*map(SHOWN.index, ("resource_id", "name", "kind", "invented")))
_PLACES_OF_WHERE = tuple(SHOWN.index(name) for name in WHERE)


def kept(facts: Sequence[Any], *, hidden: bool) -> bytes:
    """Return the facts, in the order of `SHOWN`, as they are kept."""
    if hidden:
        facts = [None if k in _PLACES_OF_WHERE else fact for k, fact in enumerate(facts)]
    return json.dumps(facts, ensure_ascii=False, default=str).encode()


class Fact(Generic[T]):
    """An attribute that is one of the facts kept."""

    def __init__(self, name: str) -> None:
        self._k = SHOWN.index(name)

    def __get__(self, place: "PlaceKept", owner: object = None) -> T:
        fact: T = place.facts[self._k]
        return fact


class PlaceKept:
    """An offering as the index keeps it; most lists are looked at from the top, so it's read late.

    offering : its id, here as one number
    verified_on : a day, YYYY-MM-DD
    """

    __slots__ = ("_facts", "_kept", "_number")

    def __init__(self, offering: int, kept: bytes) -> None:
        self._number = offering
        self._kept = kept
        self._facts: list[Any] | None = None

    @property
    def facts(self) -> list[Any]:
        if self._facts is None:
            self._facts = orjson.loads(self._kept)
        return self._facts

    @property
    def offering(self) -> uuid.UUID:
        return uuid.UUID(int=self._number)

    @property
    def written_id(self) -> str:
        """Return the offering's id in writing, in a third of the time that a UUID of it takes."""
        digits = f"{self._number:032x}"
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return "-".join(parts)

    @property
    def resource(self) -> uuid.UUID:
        return uuid.UUID(self.facts[0])

    def named(self) -> dict[str, Any]:
        """Return which place it is, as JSON."""
        resource, name, kind, invented = _which(self.facts)
        return {
            "offering": self.written_id,
            "resource": resource,
            "name": name,
            "kind": kind,
            "invented": invented,
        }

    name = Fact[str]("name")
    kind = Fact[str]("kind")
    host = Fact[str | None]("host_name")
    description = Fact[str | None]("description")
    address = Fact[str | None]("address")
    phone = Fact[str | None]("phone")
    lon = Fact[float | None]("lon")
    lat = Fact[float | None]("lat")
    accuracy_m = Fact[float | None]("accuracy_m")
    schedule_text = Fact[str | None]("schedule_text")
    verified_on = Fact[str | None]("verified_on")
    fee_yen = Fact[int | None]("fee_yen")
    invented = Fact[bool]("invented")
    verified_by = Fact[str | None]("verified_by")
    sessions_seen = Fact[list[tuple[str, bool]] | None]("sessions_seen")
    host_answers = Fact[list[tuple[str, bool]] | None]("host_answers")


class PlaceShown(PlaceKept):
    """An offering with its free places, as they stand now.

    said_at : a day, YYYY-MM-DD
    """

    __slots__ = ("availability", "places", "said_at", "said_by")

    def __init__(
        self,
        offering: int,
        kept: bytes,
        availability: str,
        places: int | None,
        said_on: date | str | None,
        said_by: str | None,
    ) -> None:
        super().__init__(offering, kept)
        self.availability = availability
        self.places = places
        self.said_at = said_on.isoformat() if isinstance(said_on, date) else said_on
        self.said_by = said_by

    def as_json(self) -> dict[str, Any]:
        # Taken apart once: an answer of ten places asks for two hundred facts.
        (
            resource, name, kind, host, description, address, phone, lon, lat,
            accuracy_m, schedule_text, verified_on, fee_yen, invented, verified_by,
            sessions_seen, host_answers,
        ) = self.facts  # fmt: skip
        return {
            "offering": self.written_id,
            "resource": resource,
            "name": name,
            "kind": kind,
            "host": host,
            "description": description,
            "address": address,
            "phone": phone,
            "lon": lon,
            "lat": lat,
            "accuracy_m": accuracy_m,
            "schedule_text": schedule_text,
            "availability": {
                "status": self.availability,
                "places": self.places,
                "said_at": self.said_at,
                "said_by": self.said_by,
            },
            "verified_on": verified_on,
            "verified_by": verified_by,
            "sessions_seen": _counted(sessions_seen),
            "host_answers": _counted(host_answers),
            "fee_yen": fee_yen,
            "invented": invented,
        }


def _counted(words: list[tuple[str, bool]] | None) -> list[dict[str, Any]] | None:
    """Return the latest words, the newest first; None where nobody said anything."""
    return [{"on": day, "yes": yes} for day, yes in words] if words else None
