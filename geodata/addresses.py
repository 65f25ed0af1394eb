"""From an address as people write it to prefecture, city, town, number and a point."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from geodata.cities import CityName, CityNames, city_names, hinted_city, prefecture_at_start
from geodata.coordinates import LonLat, great_circle_m
from geodata.gazetteer import Gazetteer
from geodata.house_numbers import split_number, split_number_after_aza
from geodata.spelling import Folded, fold_text, tidy
from geodata.town_anywhere import only_town
from geodata.town_search import Found, find_town
from geodata.towns import Point

_POSTCODE = re.compile(r"^(?:〒\s*[0-9]{3}\s*[-‐−–ー]?\s*[0-9]{4}|[0-9]{3}[-‐−–ー][0-9]{4}\s)\s*")


@dataclass(frozen=True)
class Address:
    """An address taken apart, as far as the gazetteer knows it.

    level : how far it was understood, and what the point is the middle of.
        "chome" a 丁目, "town" a town (or all the 丁目 of one name), "city" a city or ward,
        "prefecture" no point, "unknown" nothing was recognised. The gazetteer has no points of
        single buildings, so no level promises one: `number` is kept as text.
    town : as the gazetteer writes it (南大塚三丁目).
    rest : what none of the others holds: building, floor, 字, 京都の通り名, an unknown town.
    accuracy_m : radius in metres around the point that holds nearly all addresses of that level.
    """

    prefecture: str | None
    city: str | None
    town: str | None
    number: str | None
    rest: str
    level: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None

    def as_json(self) -> dict[str, str | float | None]:
        """Return the fields as they go out; null where unknown."""
        return {**asdict(self), "rest": self.rest or None}


def geocode(
    text: str,
    gazetteer: Gazetteer,
    *,
    prefecture: str | None = None,
    city: str | None = None,
) -> Address:
    """Take an address apart and place it in its town; what can't be told apart stays unknown.

    Parameters
    ----------
    text : an address; full-width or half-width, numerals, hyphens and old characters as they come.
    prefecture, city : where the address is believed to lie if it doesn't say so itself.

    Examples
    --------
    >>> geocode("豊島区南大塚３－４１－１２ ○○ビル2階", gazetteer).town  # doctest: +SKIP
    '南大塚三丁目'
    """
    address = fold_text(_POSTCODE.sub("", tidy(text)))
    if not address.key:
        return _unknown(address)
    names = city_names(gazetteer)
    stated, start = prefecture_at_start(address.key, names)
    where = stated or prefecture
    hint = hinted_city(names, city, where)
    if hint:
        # Its own name may stand before the town: 焼津 is a town of 焼津市, not what 焼津市… means.
        said = [end for name, end in names.at(address.key, start, where) if name == hint]
        if found := _town_in(gazetteer, hint, address, said[0] if said else start):
            return _with_town(found, address)
    read = _best_city(gazetteer, names, address, start, where)
    if read is None and stated is None and where:
        read = _best_city(gazetteer, names, address, start, None)
    if isinstance(read, Found):
        return _with_town(read, address)
    if read:
        return _with_city(gazetteer, *read, address)
    if hint:
        return _with_city(gazetteer, hint, start, address)
    if not _names_a_city(names, address, start, where) and (
        found := only_town(gazetteer, address, start, where)
    ):
        return _with_town(found, address)
    return _with_prefecture(where, start, address) if where else _unknown(address)


def _town_in(gazetteer: Gazetteer, name: CityName, address: Folded, start: int) -> Found | None:
    found = [f for c in name.cities if (f := find_town(gazetteer, c, address, start))]
    return found[0] if len(found) == 1 else None


def _best_city(
    gazetteer: Gazetteer, names: CityNames, address: Folded, start: int, prefecture: str | None
) -> Found | tuple[CityName, int] | None:
    """Return the one town, or else the one city, that the address can mean.

    Where several cities bear the name (府中市, 中央区) the town decides, if only one has it.
    """
    read = list(names.at(address.key, start, prefecture))
    for _, same_end in groupby(read, key=itemgetter(1)):
        towns = [f for name, end in same_end if (f := _town_in(gazetteer, name, address, end))]
        if towns:
            return towns[0] if len({t.city for t in towns}) == 1 else None
    longest = [(name, end) for name, end in read if end == read[0][1]]
    return longest[0] if len(longest) == 1 else None


def _names_a_city(names: CityNames, address: Folded, start: int, where: str | None) -> bool:
    return any(names.at(address.key, start, where))


def _with_town(found: Found, address: Folded) -> Address:
    split = split_number_after_aza if found.aza_follows else split_number
    number, rest = split(address.after(found.end))
    rest = " ".join(part for part in (found.streets, rest) if part)
    place = found.city
    return Address(
        place.prefecture, place.name, found.town, number, rest, found.level, *_spread(found.point)
    )


def _with_city(gazetteer: Gazetteer, name: CityName, end: int, address: Folded) -> Address:
    points = [p for c in name.cities if (p := gazetteer.towns(c).point_of_several())]
    rest = address.after(end).strip()
    return Address(name.prefecture, name.name, None, None, rest, "city", *_spread(_around(points)))


def _with_prefecture(prefecture: str, end: int, address: Folded) -> Address:
    rest = address.after(end).strip()
    return Address(prefecture, None, None, None, rest, "prefecture", None, None, None)


def _unknown(address: Folded) -> Address:
    return Address(None, None, None, None, address.text, "unknown", None, None, None)


def _spread(point: Point | None) -> tuple[float | None, float | None, float | None]:
    if point is None:
        return None, None, None
    # Six decimals are 10 cm; the accuracy is an estimate, so whole metres.
    return round(point.lon, 6), round(point.lat, 6), float(round(point.accuracy_m))


def _around(points: Iterable[Point]) -> Point | None:
    lon, lat, accuracy_m = np.array([*points]).reshape(-1, 3).T
    if not len(lon):
        return None
    middle = LonLat(float(lon.mean()), float(lat.mean()))
    return Point(*middle, float(np.max(great_circle_m(middle, lon, lat) + accuracy_m)))
