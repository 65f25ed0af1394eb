"""What a caller of the read API may ask for, as conditions on open offerings, all of which hold."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from json import loads
from typing import Any, Literal

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, func, or_, select
from sqlalchemy.orm import Session

from geodata.coordinates import LonLat
from resources.days import day_bits
from resources.hsds import near
from resources.hsds.taxonomies import LISTS, SINGLES, axis_of, term_of
from resources.models import Location, Offering, Organization, Resource
from resources.open_rows import Opened
from resources.public_entries import is_open
from resources.schedules import BadSchedule, from_json, slots
from resources.vocabulary import Vocabulary

MOST_SCHEDULES = 20_000
MOST_WORDS = 8

Sort = Literal["id", "name", "modified", "distance"]
Condition = ColumnElement[bool]


class UnknownPostcode(LookupError):
    """No open place has this postcode, so nobody here knows where it is."""

    def __init__(self) -> None:
        super().__init__("no place of the open data has this postcode")


class TooManySchedules(ValueError):
    """So many different schedules can't be looked through for one day."""

    def __init__(self) -> None:
        super().__init__("too many different schedules; ask for a smaller area")


@dataclass(frozen=True)
class Filters:
    """What is asked for; None = no limit.

    near : with `radius_m` only what lies within it; without, the origin of `sort` "distance"
    proximity_m : needs `postcode`
    """

    search: str | None = None
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: uuid.UUID | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    proximity_m: float | None = None
    near: LonLat | None = None
    radius_m: float | None = None
    open_on: date | None = None
    has_capacity: bool | None = None
    sort: Sort = "id"


def conditions(
    session: Session,
    filters: Filters,
    vocabulary: Vocabulary,
    *,
    whole_service: bool,
) -> list[Condition]:
    """Return the conditions, for a statement that joins Offering, Resource, Location, host.

    whole_service : a change to any offering of a resource counts as one of the resource
    Raises `UnknownPostcode`, `TooManySchedules`.
    """
    found = [*_words(filters.search), *_classes(filters, vocabulary), *_changed(
        filters.modified_after, whole_service)]  # fmt: skip
    if filters.organization_id is not None:
        found.append(Resource.organization_id == filters.organization_id)
    if filters.postcode is not None:
        found += _around_postcode(session, filters.postcode, filters.proximity_m)
    if filters.near is not None and filters.radius_m is not None:
        found.append(near.within(filters.near, filters.radius_m))
    if filters.has_capacity is not None:
        found.append(_has_capacity(filters.has_capacity))
    if filters.open_on is not None:
        found += _takes_place(session, filters.open_on, found)
    return found


def split_words(search: str | None) -> list[str]:
    """Return the words of a search; each must be found."""
    return (search or "").split()[:MOST_WORDS]


def _words(search: str | None) -> list[Condition]:
    columns = (
        Resource.name,
        Resource.name_kana,
        Resource.alias,
        Resource.description,
        Organization.name,
        Location.name,
        Location.address,
    )
    return [
        or_(*(column.icontains(word, autoescape=True) for column in columns))
        for word in split_words(search)
    ]


def _classes(filters: Filters, vocabulary: Vocabulary) -> list[Condition]:
    found: list[Condition] = []
    if filters.taxonomy_term_id is not None:
        term = term_of(vocabulary, filters.taxonomy_term_id)
        found.append(false() if term is None else _is(term.axis, term.code, vocabulary))
    if filters.taxonomy_id is not None:
        axis = axis_of(vocabulary, filters.taxonomy_id)
        found.append(false() if axis is None else _has_any(axis))
    return found


def _is(axis: str, code: str, vocabulary: Vocabulary) -> Condition:
    if axis in SINGLES:
        return cast(_column(SINGLES[axis]), Text) == code
    if axis == "availability":
        return Offering.availability == code
    if axis == "step":
        return _holds("steps", str(vocabulary.codes("step").index(code)))
    return _holds(LISTS[axis], f'"{code}"') if axis in LISTS else false()


def _has_any(axis: str) -> Condition:
    if axis in SINGLES:
        return cast(_column(SINGLES[axis]), Text).is_not(None)
    if axis == "availability":
        return Offering.availability.is_not(None)
    name = "steps" if axis == "step" else LISTS.get(axis)
    return false() if name is None else cast(_column(name), Text).not_in(["[]", "null"])


def _column(name: str) -> Any:
    return getattr(Resource, name)


def _holds(name: str, written: str) -> Condition:
    """Tell whether a stored list holds a code; codes have no characters that JSON escapes."""
    return cast(_column(name), Text).contains(written, autoescape=True)


def _changed(after: datetime | None, whole_service: bool) -> list[Condition]:
    if after is None:
        return []
    same = (
        Opened.resource_id == Offering.resource_id
        if whole_service
        else Opened.offering_id == Offering.id
    )
    changed = select(Opened.offering_id).where(same, Opened.at >= after).correlate(Offering)
    return [exists(changed)]


def _has_capacity(wanted: bool) -> Condition:
    """Return what is known to have places, or known to have none; the rest is in neither."""
    if wanted:
        some_left = or_(Offering.places.is_(None), Offering.places > 0)
        return and_(Offering.availability == "capacity", some_left)
    return Offering.availability.in_(["none", "waitlist"])


def _around_postcode(session: Session, postcode: str, proximity_m: float | None) -> list[Condition]:
    """Return who may come from there, and with a distance what lies within it.

    Where a postcode lies is the middle of the open places that have it.
    """
    digits = postcode.replace("-", "")
    there = (
        select(func.avg(Location.lon), func.avg(Location.lat), func.min(Location.city))
        .select_from(Offering)
        .join(Resource, Offering.resource_id == Resource.id)
        .join(Location, Offering.location_id == Location.id)
        .where(is_open(), func.replace(Location.postcode, "-", "") == digits)
    )
    lon, lat, city = session.execute(there).one()
    if lon is None and city is None:
        raise UnknownPostcode
    limited = _holds("requirements", '"residence"')
    found: list[Condition] = [
        or_(Resource.requirements.is_(None), ~limited, Location.city.is_(None),
            Location.city == city)
    ]  # fmt: skip
    if proximity_m is not None:
        if lon is None:
            raise UnknownPostcode
        found.append(near.within(LonLat(lon, lat), proximity_m))
    return found


def _takes_place(session: Session, day: date, others: list[Condition]) -> list[Condition]:
    """Return what is sure to take place on a day.

    A schedule is judged once, however many offerings have it. A public holiday of which nothing is
    said counts as no: somebody would stand before a closed door.
    """
    written = cast(Offering.schedule, Text)
    distinct = (
        select(written)
        .select_from(Offering)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .outerjoin(Organization, Resource.organization_id == Organization.id)
        .where(is_open(), Offering.schedule.is_not(None), *others)
        .distinct()
        .limit(MOST_SCHEDULES + 1)
    )
    texts = list(session.scalars(distinct))
    if len(texts) > MOST_SCHEDULES:
        raise TooManySchedules
    return [
        written.in_(list(_those_on(texts, day))),
        or_(Offering.ends_on.is_(None), Offering.ends_on >= day),
    ]


def _those_on(texts: Iterable[str], day: date) -> Iterable[str]:
    return (text for text in texts if takes_place(text, day))


@lru_cache(maxsize=50_000)
def takes_place(written: str, day: date) -> bool:
    """Tell whether a schedule, written as JSON, surely has a session that starts on a day."""
    try:
        schedule = from_json(loads(written))
    except BadSchedule:
        return False
    for selector, _, _ in slots(schedule):
        held, uncertain = day_bits(selector, day, 1)
        if held & ~uncertain:
            return True
    return False
