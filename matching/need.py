"""The question put to the engine: what, when, how far, and what must not be; never who."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails

from geodata.coordinates import LonLat, is_in_japan
from geodata.pace import USUAL_SPEED_M_S
from matching.need_values import (
    A_NUMBER,
    MOST_AREAS,
    MOST_NAMED,
    MOST_WINDOWS,
    Accuracy,
    Clock,
    Codes,
    Day,
    Flag,
    FromHome,
    Metres,
    Minutes,
    Number,
    Rung,
    Speed,
    Weight,
)
from matching.sentences import Sentence, sentence
from resources.days import DAYS
from resources.vocabulary import Vocabulary


class BadNeed(ValueError):
    """A question that can't be asked: which field, and one sentence with the remedy.

    The sentence never repeats what was sent: a need is about a person.
    """

    def __init__(self, field: str, problem: Sentence) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem.en}" if field else problem.en)

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "ja": self.problem.ja, "en": self.problem.en}


class Part(BaseModel):
    """Part of a question; what is `null` is absent, as much as what isn't there."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict) and None in data.values():
            return {name: value for name, value in data.items() if value is not None}
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say so in the JSON Schema, too."""
        schema = handler(core_schema)
        part = handler.resolve_ref_schema(schema)
        for name, facts in part["properties"].items():
            if name not in part.get("required", ()):
                part["properties"][name] = _or_null(facts)
        return schema


def _or_null(facts: JsonSchemaValue) -> JsonSchemaValue:
    if {"type": "null"} in facts.get("anyOf", ()):
        return facts
    beside = ("default", "title")
    told: JsonSchemaValue = {n: v for n, v in facts.items() if n not in beside}
    kept: JsonSchemaValue = {n: v for n, v in facts.items() if n in beside}
    return {"anyOf": [told, {"type": "null"}], **kept}


class At(Part):
    """Where from: a point in WGS 84 degrees, or an address that is looked up.

    accuracy_m : how far off the point may be; an address that is looked up brings its own
    """

    lon: Number | None = None
    lat: Number | None = None
    address: Annotated[str, StringConstraints(max_length=300)] | None = None
    accuracy_m: Accuracy | None = None


class Wishes(Part):
    activities: Codes = ()
    text: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Limits(Part):
    """What must be kept; None sets no limit."""

    noise: Literal["low", "medium", "high"] | None = None
    group_size: Annotated[int, Field(ge=1, le=100_000), A_NUMBER] | None = None
    conversation: Literal["none", "optional", "expected"] | None = None
    staff_present: Flag | None = None
    gender: Literal["female", "male", "other"] | None = None
    step_free: Flag | None = None
    max_yen: Annotated[int, Field(ge=0, le=1_000_000), A_NUMBER] | None = None
    pay_wanted: Flag | None = None
    languages: Codes | None = None
    with_child: Flag | None = None
    sessions_per_week: Annotated[int, Field(ge=1, le=14), A_NUMBER] | None = None
    minutes: Annotated[int, Field(ge=1, le=1440), A_NUMBER] | None = None
    transport: Flag | None = None  # would use transport where it is offered
    from_home: FromHome | None = None  # would rather join from home, by telephone or online
    no_smoking: Flag | None = None
    no_animals: Flag | None = None
    holds: Codes | None = None  # what of the requirements the person has
    holds_open: Flag | None = None  # what `holds` doesn't name wasn't asked about


class Window(Part):
    """Hours of a weekday in which the person can come."""

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")


class Area(Part):
    lon: Number
    lat: Number
    radius_m: Metres


class Safety(Part):
    """What must never be; for these, not known counts as no."""

    exclude_organizations: tuple[uuid.UUID, ...] = Field(default=(), max_length=MOST_NAMED)
    exclude_resources: tuple[uuid.UUID, ...] = Field(default=(), max_length=MOST_NAMED)
    exclude_areas: tuple[Area, ...] = Field(default=(), max_length=MOST_AREAS)
    protected: Flag = False
    no_children_present: Flag = False
    no_alcohol: Flag = False


_EITHER = ("resource", "organization")


def _only(name: str) -> JsonDict:
    """Say in a schema that one of the two is named, and the other isn't."""
    said: JsonDict = {other: {"type": "string" if other == name else "null"} for other in _EITHER}
    return {"required": [name], "properties": said}


class SetAside(Part):
    """A place, or all places of a host, that isn't to be proposed for a time, or ever again.

    until : the first day on which it may be proposed again; None = never
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [_only("resource"), _only("organization")]}
    )

    resource: uuid.UUID | None = None
    organization: uuid.UUID | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.resource is None) == (self.organization is None):
            raise ValueError("either a resource or an organization is named")
        return self


class Need(Part):
    """A need, as in the contract: only `at` is required; what is absent sets no limit."""

    at: At
    walk_minutes: Minutes | None = None
    speed_m_s: Speed = USUAL_SPEED_M_S
    radius_m: Metres | None = None
    age: Annotated[int, Field(ge=0, le=120), A_NUMBER] | None = None
    on: Day | None = None
    needs: dict[str, Weight] = Field(default_factory=dict)
    wishes: Wishes = Wishes()
    step: Rung | None = None
    limits: Limits = Limits()
    windows: tuple[Window, ...] = Field(default=(), max_length=MOST_WINDOWS)
    safety: Safety = Safety()
    set_aside: tuple[SetAside, ...] = Field(default=(), max_length=MOST_NAMED)

    @property
    def spans(self) -> list[tuple[int, int, int]]:
        """Return the hours in which the person can come: weekday (Monday 0) and minutes."""
        return [(DAYS.index(w.day), minutes_of(w.start), minutes_of(w.end)) for w in self.windows]

    @property
    def point(self) -> LonLat:
        assert self.at.lon is not None
        assert self.at.lat is not None
        return LonLat(self.at.lon, self.at.lat)


def could_be(field: str, value: object) -> bool:
    """Tell whether a need could say a value in a field (`age`, `limits.minutes`)."""
    head, _, tail = field.partition(".")
    said = {"at": {"lon": 0.0, "lat": 0.0}, head: {tail: value} if tail else value}
    try:
        Need.model_validate(said)
    except ValidationError:
        return False
    return True


def parse_need(
    data: Any,
    vocabulary: Vocabulary,
    geocode: Callable[[str], At | None] | None = None,
) -> Need:
    """Check a question from outside and return it, with its address turned into a point.

    Parameters
    ----------
    data : the decoded JSON
    vocabulary : the closed lists its codes must be in
    geocode : looks an address up; returns None where it isn't known. Without it, only points can
        be asked from

    Raises
    ------
    BadNeed
        For the first field that can't be used.
    """
    if not isinstance(data, dict):
        raise BadNeed("", sentence("need.not_an_object"))
    try:
        need = Need.model_validate(data)
    except ValidationError as error:
        raise _first_problem(error.errors(include_url=False, include_input=False)[0]) from None
    _check_codes(need, vocabulary)
    if vocabulary.has_replaced:
        need = _in_todays_words(need, vocabulary)
    for i, window in enumerate(need.windows):
        if window.start >= window.end:
            raise BadNeed(f"windows.{i}", sentence("need.window_order"))
    for i, area in enumerate(need.safety.exclude_areas):
        if not is_in_japan(area.lon, area.lat):
            raise BadNeed(f"safety.exclude_areas.{i}", sentence("need.outside_japan"))
    return _with_point(need, geocode)


def _first_problem(detail: ErrorDetails) -> BadNeed:
    field = ".".join(str(part) for part in detail["loc"])
    known = {"missing": "need.missing", "extra_forbidden": "need.unknown_field"}
    kind = str(detail["type"])
    if kind == "too_long":
        return BadNeed(field, sentence("need.too_many", most=detail["ctx"]["max_length"]))
    if kind.startswith("date") or detail["loc"][-1:] in (("on",), ("until",)):
        return BadNeed(field, sentence("need.bad_date"))
    if kind == "extra_forbidden":
        # The name of an unknown field may itself say something about a person.
        field = ".".join(str(part) for part in detail["loc"][:-1])
    if kind == "value_error" and detail["loc"][0] == "set_aside":
        return BadNeed(field, sentence("need.one_of_two"))
    if kind == "literal_error":  # the list is ours, and repeats nothing that was sent
        allowed = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        allowed = allowed.replace("True, False", "true, false")  # as JSON has them
        return BadNeed(field, sentence("need.bad_choice", allowed=allowed))
    return BadNeed(field, sentence(known.get(kind, "need.bad_value")))


def _check_codes(need: Need, vocabulary: Vocabulary) -> None:
    lists: list[tuple[str, str, tuple[str, ...]]] = [
        ("needs", "need", tuple(need.needs)),
        ("wishes.activities", "activity", need.wishes.activities),
        ("limits.languages", "language", need.limits.languages or ()),
        ("limits.holds", "requirement", need.limits.holds or ()),
    ]
    for field, axis, codes in lists:
        if not all(vocabulary.holds(axis, code) for code in codes):
            raise BadNeed(field, sentence("need.unknown_code"))


def _in_todays_words(need: Need, vocabulary: Vocabulary) -> Need:
    """Return a need in the words that entries hold since some were replaced.

    Of two needs that are one now, the weightier counts.
    """

    def current(axis: str, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(vocabulary.current(axis, code) for code in codes))

    needs: dict[str, Weight] = {}
    for code, weight in need.needs.items():
        now = vocabulary.current("need", code)
        needs[now] = max(weight, needs.get(now, weight))
    limits = need.limits
    told = {
        name: current(axis, codes)
        for name, axis, codes in (
            ("languages", "language", limits.languages),
            ("holds", "requirement", limits.holds),
        )
        if codes is not None
    }
    wishes = {"activities": current("activity", need.wishes.activities)}
    return need.model_copy(
        update={
            "needs": needs,
            "wishes": need.wishes.model_copy(update=wishes),
            "limits": limits.model_copy(update=told),
        }
    )


def _with_point(need: Need, geocode: Callable[[str], At | None] | None) -> Need:
    at = need.at
    if at.lon is not None and at.lat is not None:
        if not is_in_japan(at.lon, at.lat):
            swapped = is_in_japan(at.lat, at.lon)
            raise BadNeed("at", sentence("need.swapped" if swapped else "need.outside_japan"))
        return need
    if at.lon is not None or at.lat is not None or not at.address:
        raise BadNeed("at", sentence("need.no_place"))
    if geocode is None:
        raise BadNeed("at.address", sentence("need.no_addresses"))
    found = geocode(at.address)
    if found is None:
        raise BadNeed("at.address", sentence("need.address_unknown"))
    return need.model_copy(update={"at": found})


def minutes_of(clock: str) -> int:
    """Return the minutes from midnight of "HH:MM"."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
