"""The shapes of an allocation: who goes where, who has no place and why, what one more does."""

import uuid
from dataclasses import dataclass
from typing import Any

from matching.answers import Suggestion
from matching.schemes import UNIT
from matching.sentences import Sentence, sentence


class NotAmongPlaces(LookupError):
    """One more seat was asked for at a place that suits nobody on the list."""

    def __init__(self, offering: uuid.UUID) -> None:
        self.offering = offering
        self.problem = sentence("one_more.unknown", offering=str(offering))
        super().__init__(self.problem.en)


@dataclass(frozen=True)
class Placed:
    label: str
    suggestion: Suggestion
    fit: int

    def as_json(self) -> dict[str, Any]:
        place = self.suggestion.place
        return {
            "label": self.label,
            "offering": str(place.offering),
            "resource": str(place.resource),
            "name": place.name,
            "kind": place.kind,
            "invented": place.invented,
            "fit": self.fit / UNIT,
            "first_step": self.suggestion.first_step,
            "first_step_words": self.suggestion.first_step_words.as_json(),
        }


@dataclass(frozen=True)
class Unplaced:
    """Who stays without a place.

    reason : nothing_fits, resting, full, host, together or no_common_place
    change : what would let them in where their hosts rest; None for any other reason
    """

    label: str
    reason: str
    options: int
    change: Sentence | None = None

    @property
    def words(self) -> Sentence:
        if self.change is not None:
            return sentence(f"unplaced.{self.reason}", change=self.change)
        return sentence(f"unplaced.{self.reason}")

    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "reason": self.reason,
            "words": self.words.as_json(),
            "options": self.options,
            "change": None if self.change is None else self.change.as_json(),
        }


@dataclass(frozen=True)
class Considered:
    """A place that suits somebody on the list, and how many seats there are to share; 0 = full."""

    offering: uuid.UUID
    name: str
    seats: int

    def as_json(self) -> dict[str, Any]:
        return {"offering": str(self.offering), "name": self.name, "seats": self.seats}


@dataclass(frozen=True)
class OneMore:
    """What one more seat at a place would do: how many more are placed, and to the sum of fits.

    asked : whether somebody named the place; then it is told even if nothing would change
    """

    offering: uuid.UUID
    name: str
    placed_more: int
    total_more: int
    asked: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "offering": str(self.offering),
            "name": self.name,
            "placed_more": self.placed_more,
            "total_more": self.total_more / UNIT,
            "asked": self.asked,
        }


@dataclass(frozen=True)
class HostLoad:
    """What falls to a host: how many are sent to it, beside those it accompanies already.

    now, cap : as far as the host said; None = not known
    """

    name: str
    placed: int
    now: int | None
    cap: int | None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "placed": self.placed, "now": self.now, "cap": self.cap}


@dataclass(frozen=True)
class Shared:
    """How the places are shared among those who wait.

    total, floor : the sum of the fits, and the least of them
    sum_alone : both as they would be if the sum alone decided among as many placed
    hosts : the load of each host to which somebody is sent, the heaviest first
    places : all that suit somebody, by name; full ones too
    """

    scheme: str
    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    what_if: tuple[OneMore, ...]
    hosts: tuple[HostLoad, ...]
    total: int
    floor: int | None
    sum_alone: tuple[int, int | None]
    places: tuple[Considered, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "scheme": self.scheme,
            "placed": [p.as_json() for p in self.placed],
            "unplaced": [u.as_json() for u in self.unplaced],
            "what_if": [w.as_json() for w in self.what_if],
            "hosts": [h.as_json() for h in self.hosts],
            "total": self.total / UNIT,
            "floor": _shown(self.floor),
            "places": [p.as_json() for p in self.places],
            "sum_alone": {"total": self.sum_alone[0] / UNIT, "floor": _shown(self.sum_alone[1])},
        }


def _shown(fit: int | None) -> float | None:
    return None if fit is None else fit / UNIT
