"""Japanese addresses as people write them, taken apart and looked up to the level of towns."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from geodata.coordinates import LonLat, great_circle_m
from geodata.gazetteer import City, Gazetteer, Town
from geodata.spelling import fold, key

PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 "
    "新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 "
    "奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 "
    "熊本県 大分県 宮崎県 鹿児島県 沖縄県"
).split()

_STREETS = re.compile(r"^.*?(?:上ル|上る|下ル|下る|東入ル?|西入ル?|東入る|西入る)")
_NUMBER = re.compile(r"^(?:番外地|(\d+)(?:番地?|号|丁)?(?:(?:-|ノ|番地?ノ?|の)?(\d+))?(?:号)?(?:-(\d+))?)")
_CHOME = re.compile(r"^(\d+)(?=-|番|ノ|号|$|丁目)")

CONTRADICTION_SLACK_M = 3_000.0
"""How far from its town, beyond the town's own size, a point may lie before it is questioned.
Large towns and offshore parts of a town (an island) lie well within the spread of a city; a point
in another city doesn't."""


@dataclass(frozen=True)
class Address:
    """An address taken apart.

    level : how far it is known: unknown / prefecture / city / town / chome
    lon, lat : of the smallest part that is known, WGS 84 degrees; None where there is no point
    accuracy_m : how far off the point may be, in metres
    """

    prefecture: str | None = None
    city: str | None = None
    town: str | None = None
    number: str | None = None
    rest: str | None = None
    level: str = "unknown"
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None

    @property
    def point(self) -> LonLat | None:
        return None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Text:
    """What is left to read: folded for comparing, with the way back to what was written."""

    written: str
    folded: str
    origin: list[int]
    at: int = 0

    @property
    def left(self) -> str:
        return self.folded[self.at :]

    def after(self, n: int) -> "_Text":
        return _Text(self.written, self.folded, self.origin, self.at + n)

    def rest(self) -> str | None:
        return self.written[self.origin[self.at] :].strip(" 　,、") or None


def geocode(
    text: str, gazetteer: Gazetteer, *, prefecture: str | None = None, city: str | None = None
) -> Address:
    """Take an address apart and find the smallest part that the gazetteer knows.

    Parameters
    ----------
    text : as people write it
    prefecture, city : where it lies, if the text doesn't say so itself

    Returns
    -------
    Address
        What isn't known is None; a town that the gazetteer doesn't hold is never replaced by a
        neighbour.
    """
    bare = re.sub(r"^\s*〒?\s*\d{3}[-‐−ー－]?\d{4}\s*", "", text.strip())
    reading = _Text(bare, *fold(bare))
    found_prefecture, reading = _prefecture(reading)
    candidates, after_city = _cities(reading, gazetteer, found_prefecture or prefecture, city)
    best: tuple[City, Town | None, _Text] | None = None
    matches = []
    for name in candidates:
        place = gazetteer.city(*name)
        town, after_town = _town(after_city[name], place)
        matches.append((place, town, after_town))
    with_town = [m for m in matches if m[1] is not None]
    if len(with_town) == 1:
        best = with_town[0]
    elif len(matches) == 1:
        best = matches[0]
    if best is None:
        if found_prefecture is None:
            return Address(rest=bare or None)
        return Address(prefecture=found_prefecture, rest=reading.rest(), level="prefecture")
    place, town, left = best
    return _answer(place, town, left)


def _answer(place: City, town: Town | None, left: _Text) -> Address:
    if town is None:
        whole = place.whole()
        return Address(
            place.prefecture, place.name, None, None, left.rest(), "city",
            whole.lon, whole.lat, whole.accuracy_m,
        )  # fmt: skip
    number, left = _house_number(left)
    level = "chome" if town.name.endswith("丁目") else "town"
    return Address(
        place.prefecture, place.name, town.name, number, left.rest(), level,
        town.lon, town.lat, town.accuracy_m,
    )  # fmt: skip


def _prefecture(reading: _Text) -> tuple[str | None, _Text]:
    for name in PREFECTURES:
        folded = key(name)
        if reading.left.startswith(folded):
            return name, reading.after(len(folded))
    return None, reading


def _cities(
    reading: _Text, gazetteer: Gazetteer, prefecture: str | None, city: str | None
) -> tuple[list[tuple[str, str]], dict[tuple[str, str], _Text]]:
    """Return the cities that the text may begin with, the longest name, and what follows each."""
    left = reading.left
    for length in range(min(len(left), 16), 1, -1):
        places = gazetteer.city_keys.get(left[:length], [])
        if prefecture is not None:
            places = [p for p in places if p[0] == prefecture]
        if places:
            return list(places), {p: reading.after(length) for p in places}
    if prefecture is not None and city is not None and city in gazetteer.cities(prefecture):
        return [(prefecture, city)], {(prefecture, city): reading}
    if city is not None and prefecture is None:
        places = gazetteer.city_keys.get(key(city), [])
        return list(places), dict.fromkeys(places, reading)
    return [], {}


def _town(reading: _Text, place: City) -> tuple[Town | None, _Text]:
    found = _town_at(reading, place)
    if found[0] is None and place.name.startswith("京都市"):
        streets = _STREETS.match(reading.left)
        while found[0] is None and streets:
            reading = reading.after(streets.end())
            found = _town_at(reading, place)
            streets = _STREETS.match(reading.left)
    return found


def _town_at(reading: _Text, place: City) -> tuple[Town | None, _Text]:
    start = reading
    for head in ("大字", "字"):
        if start.left.startswith(head):
            start = start.after(len(head))
            break
    left = start.left
    for length in range(min(len(left), place.longest_key), 0, -1):
        folded, after = left[:length], left[length:]
        if folded[-1].isdigit() and after[:1].isdigit():
            continue  # never half a number
        base = place.base(folded)
        if base is not None:
            chome = _CHOME.match(after)
            if chome:
                town = place.town(f"{folded}{int(chome[1])}丁目")
                if town is not None:
                    used = length + chome.end()
                    used += 2 if left[used:].startswith("丁目") else 0
                    used += 1 if left[used:].startswith("-") else 0
                    return town, start.after(used)
                if place.town(folded) is None:
                    return None, reading  # a 丁目 that doesn't exist
        town = place.town(folded)
        if town is not None:
            return town, start.after(length)
        if base is not None and not after[:1].isdigit():
            return base, start.after(length)
    return None, reading


def _house_number(reading: _Text) -> tuple[str | None, _Text]:
    match = re.match(r"^-?(?:番外地|\d+(?:(?:番地ノ|番地|番|号|ノ|-)\d+)*(?:番地|番|号)?)", reading.left)
    if not match or not any(c.isdigit() for c in match[0]):
        return None, reading
    number = "-".join(re.findall(r"\d+", match[0]))
    return number, reading.after(match.end())


def address_contradicts_point(address: Address, lon: float, lat: float) -> float | None:
    """Return how many metres a point lies from its address, where the two can't both be right.

    None where they agree, or where the address is known no closer than its prefecture.
    """
    if address.point is None or address.accuracy_m is None:
        return None
    import numpy as np

    away = float(great_circle_m(address.point, np.array([lon]), np.array([lat]))[0])
    return away if away > address.accuracy_m + CONTRADICTION_SLACK_M else None
