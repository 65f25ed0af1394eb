"""Finding a town when the address doesn't say in which city it lies."""

from weakref import WeakKeyDictionary

from geodata.gazetteer import City, Gazetteer
from geodata.spelling import Folded, fold_name
from geodata.town_search import Found, find_town
from geodata.towns import base_of

LONGEST_TOWN = 40
"""Characters of the longest name to look for; the longest in Japan has 26."""

_kept: WeakKeyDictionary[Gazetteer, dict[str, set[City]]] = WeakKeyDictionary()


def only_town(
    gazetteer: Gazetteer, address: Folded, start: int, prefecture: str | None
) -> Found | None:
    """Return the town at `start` where just one city (of the prefecture) has such a town."""
    cities_by_town = _cities_by_town(gazetteer)
    key = address.key
    cities: set[City] = set()
    for end in range(start + 1, min(len(key), start + LONGEST_TOWN) + 1):
        cities |= cities_by_town.get(key[start:end], set())
    found = [
        town
        for city in cities
        if prefecture in (None, city.prefecture)
        and (town := find_town(gazetteer, city, address, start))
    ]
    return found[0] if len(found) == 1 else None


def _cities_by_town(gazetteer: Gazetteer) -> dict[str, set[City]]:
    """Folded names of towns (with and without 丁目) to the cities that have one; made once.

    Some two seconds for the whole of Japan, so only when the first such address comes.
    """
    if gazetteer not in _kept:
        found: dict[str, set[City]] = {}
        for city in gazetteer.cities:
            names = set(gazetteer.town[city.first : city.after].to_pylist())
            names |= {base_of(name) for name in names}
            for key in fold_name("\n".join(names)).split("\n"):
                found.setdefault(key, set()).add(city)
        _kept[gazetteer] = found
    return _kept[gazetteer]
