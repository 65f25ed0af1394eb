"""The shapes of answers. Their JSON is the contract of docs/formats.md."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any, NamedTuple

from geodata.points import is_rough
from matching.learned import Learned
from matching.place_shown import PlaceKept, PlaceShown
from matching.reach import WayIn
from matching.schemes import UNIT
from matching.sentences import Sentence, joined, question_of, sentence
from matching.sureness import sure_words
from matching.times import SessionAhead


@dataclass(slots=True)
class Verdict:
    """What one rule says of one place, on what evidence, and the change that would let it in."""

    rule: str
    words: Sentence
    verdict: str
    field: str
    value: Any
    change: Sentence | None
    safety: bool = False
    access: bool = False
    before_the_day: bytes | None = dataclass_field(
        default=None, init=False, repr=False, compare=False
    )
    """Its JSON up to the day of verification, kept by `answers_written`."""

    @property
    def question(self) -> Sentence:
        """What to ask the place where the verdict isn't known; nothing of the person is in it.

        Or the person, where it is they of whom it isn't known (`of_person`).
        """
        if self.of_person and self.change is not None:
            return self.change
        return question_of(self.rule)

    @property
    def of_person(self) -> bool:
        """Tell whether the person must be asked: the place said what it asks for."""
        return self.rule == "requirements" and self.verdict == "unknown" and self.change is not None

    def as_json(self, verified_on: str | None) -> dict[str, Any]:
        """Return it as JSON; all evidence on a place was last verified on one day, or never."""
        return {
            "rule": self.rule,
            "words": self.words.as_json(),
            "verdict": self.verdict,
            "safety": self.safety,
            "change": None if self.change is None else self.change.as_json(),
            "evidence": {
                "field": self.field,
                "value": self.value,
                "verified_on": verified_on,
            },
        }


class Suggestion(NamedTuple):
    """One place: its score, the contributions that add up to it, verdicts, the first step."""

    place: PlaceShown
    score: int  # ten-thousandths
    contributions: dict[str, int]
    confidence: int  # hundredths
    verdicts: tuple[Verdict, ...]
    distance_m: int | None
    walk_minutes: int | None
    route: str  # streets / straight
    next_session: SessionAhead | None
    first_step: str
    first_step_words: Sentence
    asked_on: date
    hub: bool = False
    rung: int | None = None
    way_in: WayIn | None = None  # if not on foot

    @property
    def confidence_words(self) -> Sentence:
        """What the confidence rests on: what was said of room, when, and what is known."""
        unknown = [v for v in self.verdicts if v.verdict == "unknown"]
        asked = len(self.verdicts)
        rest = sentence("sure.known", known=asked - len(unknown), asked=asked)
        ask_first = [sentence("sure.access", access=v.question) for v in unknown if v.access]
        return joined([*sure_words(self.place, self.asked_on), rest, *ask_first])

    def as_json(self) -> dict[str, Any]:
        verdicts = [v.as_json(self.place.verified_on) for v in self.verdicts]
        return self.facts(verdicts, self.first_step_words.as_json())

    def facts(self, verdicts: Any, first_step_words: Any) -> dict[str, Any]:
        """Return `as_json` with these two put in, as JSON or as they are written."""
        return {
            **self.place.as_json(),
            "score": self.score / UNIT,
            "confidence": self.confidence / 100,
            "confidence_words": self.confidence_words.as_json(),
            "hub": self.hub,
            "contributions": {k: v / UNIT for k, v in self.contributions.items()},
            "verdicts": verdicts,
            "distance_m": self.distance_m,
            "walk_minutes": self.walk_minutes,
            "route": self.route,
            "next_session": None if self.next_session is None else self.next_session.as_json(),
            "first_step": self.first_step,
            "first_step_words": first_step_words,
            "rung": self.rung,
            "way_in": self.way_in,
        }


class Obstacle(NamedTuple):
    """A rule that a place fails, and the change that would let it in."""

    rule: str
    words: Sentence
    change: Sentence | None

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "words": self.words.as_json(),
            "change": None if self.change is None else self.change.as_json(),
        }


class Miss(NamedTuple):
    """A place that fails a rule or two, and what would let it in."""

    place: PlaceKept
    failed: tuple[Obstacle, ...]
    distance_m: int | None

    def as_json(self) -> dict[str, Any]:
        return self.facts([obstacle.as_json() for obstacle in self.failed])

    def facts(self, failed: Any) -> dict[str, Any]:
        """Return `as_json` with the obstacles put in, as JSON or as they are written."""
        return {
            **self.place.named(),
            "distance_m": self.distance_m,
            "failed": failed,
        }


@dataclass(frozen=True)
class Relaxation:
    """The single rule whose loosening would bring most, and how many places.

    change : a way to loosen it, and how many places that alone brings
    patch : what that changes of the need, as a JSON merge patch (RFC 7396)
    """

    rule: str
    words: Sentence
    count: int
    change: Sentence | None = None
    change_count: int = 0
    patch: dict[str, Any] | None = None

    @property
    def hosts_rest(self) -> bool:
        """Tell whether there are places that fit, whose hosts pause or have their hands full."""
        return self.rule == "host_rest"

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "words": self.words.as_json(),
            "count": self.count,
            "change": None if self.change is None else self.change.as_json(),
            "change_count": self.change_count,
            "patch": self.patch,
        }


@dataclass(frozen=True)
class Answer:
    """What was found for a need.

    activities_read : codes of the activities that the wish in words named, where none was chosen
    from_home_read : the wish in words said that they would rather join from home
    full, resting : what would be suggested if it had a seat left, and from when hosts receive
           people again of what fits but for that, where both were asked for. For sharing places
           among many; no part of the contract.
    """

    revision: int
    scheme: str
    suggestions: tuple[Suggestion, ...]
    nearest_misses: tuple[Miss, ...]
    removed_by: dict[str, int]
    relaxation: Relaxation | None
    considered: int
    fitting: int
    learned: Learned | None = None
    from_accuracy_m: float | None = None
    activities_read: tuple[str, ...] = ()
    from_home_read: bool = False
    full: tuple[Suggestion, ...] = ()
    resting: Relaxation | None = None

    @property
    def from_town(self) -> bool:
        """Tell whether the question came from the middle of a town: then no metres are shown."""
        return is_rough(self.from_accuracy_m)

    def as_json(self) -> dict[str, Any]:
        return self.facts(
            [s.as_json() for s in self.suggestions], [m.as_json() for m in self.nearest_misses]
        )

    def facts(self, suggestions: Any, nearest_misses: Any) -> dict[str, Any]:
        """Return `as_json` with these two put in, as JSON or as they are written."""
        return {
            "revision": self.revision,
            "scheme": self.scheme,
            "considered": self.considered,
            "fitting": self.fitting,
            "from_accuracy_m": self.from_accuracy_m,
            "from_town": self.from_town,
            "activities_read": list(self.activities_read),
            "from_home_read": self.from_home_read,
            "suggestions": suggestions,
            "nearest_misses": nearest_misses,
            "removed_by": self.removed_by,
            "relaxation": None if self.relaxation is None else self.relaxation.as_json(),
            "learned": None if self.learned is None else _learned_json(self.learned),
        }


def _learned_json(learned: Learned) -> dict[str, Any]:
    return {
        "made_on": learned.made_on.isoformat(),
        "outcomes": learned.outcomes,
        "share": learned.share,
        "words": learned.words.as_json(),
    }
