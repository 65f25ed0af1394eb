"""The parameters of the HSDS read API, checked; those of our own profile among them."""

import re
import uuid
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from starlette.exceptions import HTTPException

from geodata.coordinates import position
from resources.hsds.filters import Filters, Sort
from resources.hsds.near import FARTHEST_M

PER_PAGE = 50
MOST_PER_PAGE = 500
MOST_FULL_PER_PAGE = 100

_SPACE_FOR_PLUS = re.compile(r"(T[0-9:.]+) (\d\d:\d\d)$")


def _as_moment(value: Any) -> Any:
    """Read a moment, or a day that begins at midnight; without an offset it is UTC."""
    if not isinstance(value, str):
        return value
    # A "+" that wasn't escaped arrives as a space.
    text = _SPACE_FOR_PLUS.sub(r"\1+\2", value.strip())
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(0), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("no moment") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _in_utc(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 2200:
        raise ValueError("no moment of these times")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_as_moment), AfterValidator(_in_utc)]
Search = Annotated[str, Field(max_length=200, description="Words, each of which must be found.")]
Postcode = Annotated[str, Field(pattern=r"^\d{3}-?\d{4}$")]
Id = Annotated[uuid.UUID, Field(description="An id; one that nothing has finds nothing.")]


class Paged(BaseModel):
    """Which page; `ndjson` streams everything, one object a line, without pages."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = PER_PAGE
    format: Literal["json", "ndjson"] = "json"


class Searched(Paged):
    search: Search | None = None


class Classed(Searched):
    taxonomy_term_id: Id | None = None
    taxonomy_id: Id | None = None
    full: bool = False


class Terms(Searched):
    """Terms of the closed lists; these have one level: each is at the top, none has a parent."""

    taxonomy_id: Id | None = None
    top_only: bool = False
    parent_id: Id | None = None


class Organizations(Classed):
    full_service: bool = False
    sort: Literal["id", "name"] = "id"


class Offered(Classed):
    """Services, or services at their places; `lat` and what follows it are our profile's."""

    organization_id: Id | None = None
    modified_after: Annotated[
        Moment | None, Field(description="Changed at this moment or later.")
    ] = None
    postcode: Postcode | None = None
    proximity: Annotated[
        float | None, Field(gt=0, le=FARTHEST_M, description="Metres from the postcode.")
    ] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    radius_m: Annotated[float | None, Field(gt=0, le=FARTHEST_M)] = None
    open_on: Annotated[date | None, Field(description="Surely takes place on this day.")] = None
    has_capacity: Annotated[
        bool | None,
        Field(description="true: known to have places; false: known to have none."),
    ] = None
    sort: Sort = "id"


class Services(Offered):
    minimal: bool = False


OrganizationsAsked = Annotated[Organizations, Query()]
ServicesAsked = Annotated[Services, Query()]
PlacesAsked = Annotated[Offered, Query()]
TermsAsked = Annotated[Terms, Query()]
TaxonomiesAsked = Annotated[Searched, Query()]


def refused(ja: str, en: str) -> HTTPException:
    return HTTPException(422, {"ja": ja, "en": en})  # type: ignore[arg-type]


def checked(asked: Paged) -> None:
    """Raise where parameters don't go together."""
    full = getattr(asked, "full", False) or getattr(asked, "full_service", False)
    if full and asked.per_page > MOST_FULL_PER_PAGE:
        raise refused(
            f"full のときの per_page は {MOST_FULL_PER_PAGE} までです。",
            f"With full, per_page is at most {MOST_FULL_PER_PAGE}.",
        )
    if asked.format == "ndjson" and getattr(asked, "sort", "id") != "id":
        raise refused(
            "ndjson は id の順です。sort を外してください。",
            "ndjson comes in the order of ids; leave sort out.",
        )


def filters_of(asked: Offered) -> Filters:
    """Return what is asked of the catalogue. Raises `BadPosition` for a point outside Japan."""
    checked(asked)
    if (asked.lat is None) != (asked.lon is None):
        raise refused("lat と lon は両方を指定してください。", "Give both lat and lon.")
    near = None
    if asked.lat is not None and asked.lon is not None:
        near = position(asked.lon, asked.lat)
    if asked.radius_m is not None and near is None:
        raise refused("radius_m には lat と lon が要ります。", "radius_m needs lat and lon.")
    if asked.sort == "distance" and near is None:
        raise refused(
            "距離の順には lat と lon が要ります。", "The order of distance needs lat and lon."
        )
    if asked.proximity is not None and asked.postcode is None:
        raise refused("proximity には postcode が要ります。", "proximity needs postcode.")
    return Filters(
        search=asked.search,
        taxonomy_term_id=str(asked.taxonomy_term_id) if asked.taxonomy_term_id else None,
        taxonomy_id=str(asked.taxonomy_id) if asked.taxonomy_id else None,
        organization_id=asked.organization_id,
        modified_after=asked.modified_after,
        postcode=asked.postcode,
        proximity_m=asked.proximity,
        near=near,
        radius_m=asked.radius_m,
        open_on=asked.open_on,
        has_capacity=asked.has_capacity,
        sort=asked.sort,
    )


def filters_of_organizations(asked: Organizations) -> Filters:
    checked(asked)
    return Filters(
        search=asked.search,
        taxonomy_term_id=str(asked.taxonomy_term_id) if asked.taxonomy_term_id else None,
        taxonomy_id=str(asked.taxonomy_id) if asked.taxonomy_id else None,
        sort=asked.sort,
    )
