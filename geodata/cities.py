"""Finding the prefecture and the city at the beginning of an address, as people write them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from geodata.gazetteer import City, Gazetteer
from geodata.spelling import fold_name

# fmt: off
PREFECTURES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県",
    "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",
    "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県",
    "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)
# fmt: on
_IN_COUNTY = re.compile(".+?郡(.+[町村])")
_WARD = re.compile("(.+?市)(.+区)")


@dataclass(frozen=True)
class CityName:
    """A way to write a city; 横浜市 alone stands for all of its wards."""

    prefecture: str
    name: str
    cities: tuple[City, ...]


@dataclass(frozen=True)
class CityNames:
    """All ways to write the cities of a gazetteer, by folded name."""

    by_key: dict[str, list[CityName]]
    longest_key: int

    def at(self, key: str, start: int, prefecture: str | None) -> Iterator[tuple[CityName, int]]:
        """Yield each city that can be read at `start`, with where its name ends."""
        for end in range(min(len(key), start + self.longest_key), start, -1):
            for name in self.by_key.get(key[start:end], ()):
                if prefecture in (None, name.prefecture):
                    yield name, end


_kept: WeakKeyDictionary[Gazetteer, CityNames] = WeakKeyDictionary()


def city_names(gazetteer: Gazetteer) -> CityNames:
    """Return all ways to write the cities of the gazetteer; worked out once for each."""
    if gazetteer not in _kept:
        _kept[gazetteer] = _names_of(gazetteer.cities)
    return _kept[gazetteer]


def _names_of(cities: Sequence[City]) -> CityNames:
    written: dict[tuple[str, str, str], list[City]] = {}
    for city in cities:
        # 郡 may be left out, and the name of the city before its ward's.
        ways = {city.name: city.name}
        if county := _IN_COUNTY.fullmatch(city.name):
            ways[county[1]] = city.name
        if ward := _WARD.fullmatch(city.name):
            ways |= {ward[1]: ward[1], ward[2]: city.name}
        for way, name in ways.items():
            written.setdefault((way, city.prefecture, name), []).append(city)
    by_key: dict[str, list[CityName]] = {}
    keys = fold_name("\n".join(way for way, _, _ in written)).split("\n")
    for key, ((_, prefecture, name), members) in zip(keys, written.items(), strict=True):
        by_key.setdefault(key, []).append(CityName(prefecture, name, tuple(members)))
    return CityNames(by_key, max(map(len, by_key), default=0))


def prefecture_at_start(key: str, names: CityNames) -> tuple[str | None, int]:
    """Return the prefecture at the beginning of a folded address and where its name ends.

    東京豊島区 without 都 is understood where a city of that prefecture follows.
    """
    for prefecture in PREFECTURES:
        if key.startswith(prefecture):
            return prefecture, len(prefecture)
    for prefecture in PREFECTURES:
        short = prefecture[:-1]
        if key.startswith(short) and any(names.at(key, len(short), prefecture)):
            return prefecture, len(short)
    return None, 0


def hinted_city(names: CityNames, city: str | None, prefecture: str | None) -> CityName | None:
    """Return the one city that a hint means, or None."""
    if not city:
        return None
    found: Sequence[CityName] = names.by_key.get(fold_name(city), ())
    fitting = [name for name in found if prefecture in (None, name.prefecture)]
    return fitting[0] if len(fitting) == 1 else None
