"""What a coordinator fills in to register a place, checked field by field."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from geodata.coordinates import is_in_japan
from resources import schedules
from resources.vocabulary import RUNGS, Vocabulary

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
OLDEST = 120
Age = Annotated[int, Field(ge=0, le=OLDEST)]
Codes = Annotated[list[str], Field(max_length=60)]


class BadRegistration(ValueError):
    """A field that can't be stored: `field` is its dotted name, `problem` a sentence's key."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationPart(Part):
    id: uuid.UUID | None = None  # an organisation that is known already
    name: Text | None = None
    name_kana: Text | None = None
    corporate_number: Annotated[str, StringConstraints(pattern=r"^\d{13}$")] | None = None
    description: LongText | None = None
    phone: Text | None = None
    email: Text | None = None
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://")] | None = None
    accompanied_cap: Annotated[int, Field(ge=0, le=10_000)] | None = None
    accompanied_now: Annotated[int, Field(ge=0, le=10_000)] | None = None
    resting_until: date | None = None


class ResourcePart(Part):
    name: Text
    kind: str
    name_kana: Text | None = None
    alias: Text | None = None
    description: LongText | None = None
    status: Literal["draft", "review", "published", "paused", "closed"] = "published"
    status_reason: LongText | None = None
    audience: Codes | None = None
    accepted_audience: Codes | None = None
    age_min: Age | None = None
    age_max: Age | None = None
    accepted_age_min: Age | None = None
    accepted_age_max: Age | None = None
    gender: Literal["any", "female", "male"] | None = None
    languages: Codes | None = None
    requirements: Codes | None = None
    needs: Codes | None = None
    activities: Codes | None = None
    steps: list[Annotated[int, Field(ge=0, le=RUNGS - 1)]] | None = None
    noise: Literal["low", "medium", "high"] | None = None
    group_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    conversation: Literal["none", "optional", "expected"] | None = None
    staff_present: bool | None = None
    visit_first: bool | None = None
    accompaniment: bool | None = None
    online: bool | None = None
    fee_yen: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    pays: bool | None = None
    pay_yen_hour: Annotated[int, Field(ge=0, le=100_000)] | None = None
    transport: bool | None = None
    with_child: bool | None = None
    animals: bool | None = None
    smoking: bool | None = None
    alcohol: bool | None = None
    children_present: bool | None = None
    child_safe: bool | None = None
    confirms_participants: bool | None = None
    publishes_members: bool | None = None
    phone: Text | None = None
    email: Text | None = None
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://")] | None = None
    contact_note: LongText | None = None
    host_support: LongText | None = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> "ResourcePart":
        for low, high in (
            (self.age_min, self.age_max),
            (self.accepted_age_min, self.accepted_age_max),
        ):
            if low is not None and high is not None and low > high:
                raise ValueError("age_min is above age_max")
        return self


class LocationPart(Part):
    id: uuid.UUID | None = None  # a place that is known already
    name: Text | None = None
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    prefecture: Text | None = None
    city: Text | None = None
    town: Text | None = None
    number: Text | None = None
    building: Text | None = None
    postcode: Annotated[str, StringConstraints(pattern=r"^\d{3}-?\d{4}$")] | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    point_level: Literal["prefecture", "city", "town", "chome", "number", "point"] | None = None
    point_source: Literal["file", "gazetteer", "pin"] | None = None
    step_free: bool | None = None
    accessibility: LongText | None = None
    visibility: Literal["public", "team", "hidden"] = "public"

    @model_validator(mode="after")
    def _point_in_japan(self) -> "LocationPart":
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        if self.lon is not None and self.lat is not None and not is_in_japan(self.lon, self.lat):
            raise ValueError("the point is outside Japan")
        return self


class OfferingPart(Part):
    label: Text | None = None
    schedule: dict[str, Any] | None = None
    schedule_text: Annotated[str, StringConstraints(max_length=2000)] | None = None
    attendance: Literal["drop_in", "whole"] | None = None
    min_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    min_per_week: Annotated[int, Field(ge=0, le=7)] | None = None
    capacity: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    availability: Literal["capacity", "waitlist", "assess-first", "none", "unknown"] = "unknown"
    places: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    availability_said_on: date | None = None
    availability_said_by: Literal["host", "staff", "source"] | None = None
    verified_on: date | None = None
    verified_by: Literal["host", "staff"] | None = None
    ends_on: date | None = None


class Registration(Part):
    """A resource with its host, its place and when it takes place."""

    organization: OrganizationPart | None = None
    resource: ResourcePart
    location: LocationPart | None = None
    offering: OfferingPart = OfferingPart()


LISTS = {
    "audience": "audience",
    "accepted_audience": "audience",
    "languages": "language",
    "requirements": "requirement",
    "needs": "need",
    "activities": "activity",
}


def check_codes(
    values: Mapping[str, Any], vocabulary: Vocabulary, *, stored: Mapping[str, Any] | None = None
) -> None:
    """Check the codes of a resource against what the closed lists offer.

    stored : what the entry holds already; a word that is retired meanwhile may stay there
    Raises `BadRegistration` for the first field with another code.
    """
    stored = stored or {}
    kind = values.get("kind")
    if kind is not None and kind != stored.get("kind") and not vocabulary.offers("kind", kind):
        raise BadRegistration("resource.kind", "unknown_code")
    for name, axis in LISTS.items():
        known = set(stored.get(name) or ())
        codes = [c for c in values.get(name) or () if c not in known]
        if not all(vocabulary.offers(axis, code) for code in codes):
            raise BadRegistration(f"resource.{name}", "unknown_code")


def check_schedule(schedule: dict[str, Any] | None) -> None:
    """Raise `BadRegistration` for a structured schedule that can't be."""
    if schedule is None:
        return
    try:
        schedules.from_json(schedule)
    except ValueError as error:
        raise BadRegistration("offering.schedule", "bad_schedule") from error


def check_registration(registration: Registration, vocabulary: Vocabulary) -> None:
    """Check what the shape alone can't: codes against the closed lists, and the schedule.

    Raises `BadRegistration` for the first field that can't be stored.
    """
    check_codes(registration.resource.model_dump(), vocabulary)
    check_schedule(registration.offering.schedule)
