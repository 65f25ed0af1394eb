"""Finding the town that an address names, and refusing a neighbour that only looks like it."""

import re
from dataclasses import dataclass, replace

from geodata.gazetteer import City, Gazetteer
from geodata.numerals import KANJI_NUMERALS
from geodata.spelling import Folded
from geodata.towns import Point, Towns, base_of

_NUMBER = re.compile("([0-9]{1,9})(?![0-9])(丁|番町|番丁|番地|番|号|地割)?")
_CHOME_COUNTERS = ("丁", "番町", "番丁")
_NUMBERS_FOLLOW = re.compile(
    rf"$|[\s0-9(\[、,・-]|[{KANJI_NUMERALS}]+(?:番|号|丁|の|ノ|-)"
    rf"|[甲乙丙丁戊己庚辛壬癸イロハニホヘト]\s*[0-9{KANJI_NUMERALS}]"
    r"|番外|無番|官有|番地|(?:地先|地内|先|付近|ほか|他|外|内)(?=$|[\s、,)])"
)
_OAZA = re.compile("大字|字")
_AZA_FOLLOWS = re.compile("大字|小字|字")
_UNLISTED_AZA = re.compile(r"[^0-9\s市町村丁区]{2,}[0-9]+(?![0-9]|丁)")
_NAME_GOES_ON = re.compile("[^-0-9(,番甲乙丙丁イロハニホヘト]")
_SIDE = re.compile(r"[東西南北](?:[0-9]|$)")  # 稲荷町三丁目北 is no part of 稲荷町三丁目
_BUILDING_FOLLOWS = re.compile(
    r"(?![^\s]*[市町村丁区])(?:[ァ-ヴー]{4,}(?![ァ-ヴー]|[0-9]+[-番])|[^0-9\s]{2,}?(?:館|ビル|センター|学校|園|病院|医院|"
    r"クリニック|役所|役場|寺|神社|荘|ハイツ|マンション|コーポ|団地|ホール|プラザ|会|店|局|署)"
    r"(?=$|[0-9\s]))"
)
_LINE_AND_NUMBER = re.compile("[東西南北][0-9]")  # 十四号北1番地, in Hokkaido
_STREETS = re.compile("[上下](?:ケ|カ)?ル|[東西南北]入ル?|入ル|角")


@dataclass(frozen=True)
class Found:
    """A town that an address names, and where in the folded address its name ends."""

    city: City
    town: str
    level: str
    point: Point | None
    end: int
    aza_follows: bool = False
    streets: str = ""


def find_town(gazetteer: Gazetteer, city: City, address: Folded, start: int) -> Found | None:
    """Return the town named at `start`, or None where the gazetteer doesn't know it."""
    towns = gazetteer.towns(city)
    found = _at(city, towns, address, start)
    if found is None and city.name.startswith("京都市"):
        # 西中筋通北小路通上る丸屋町: the streets name a crossing, the town stands after them.
        for street in reversed(list(_STREETS.finditer(address.key, start))):
            if found := _at(city, towns, address, street.end()):
                return replace(found, streets=address.between(start, street.end()))
    return found


def _at(city: City, towns: Towns, address: Folded, start: int) -> Found | None:
    for end in range(min(len(address.key), start + towns.longest_key), start - 1, -1):
        part = address.key[start:end]
        whole = towns.by_key.get(part)
        chome = towns.chome_by_base.get(part)
        number = _NUMBER.match(address.key, end) if chome else None
        if chome and number and _is_chome(number, address, start, end, bool(whole)):
            row = _chome_row(chome, number)
            if row is not None and not _SIDE.match(address.after(number.end())):
                after = number.end() + (address.key[number.end() : number.end() + 1] == "-")
                return Found(city, towns.names[row], "chome", towns.point(row), after)
            if part and (number[2] or not whole):
                return None  # no such chome: the others of its name would be neighbours
        if whole and (found := _whole(city, towns, whole, address, end)):
            return found
        if chome and part and not whole and _ends_here(part, "town", address.after(end)):
            said_oaza = bool(_OAZA.match(address.between(start, end)))
            return _all_chome(city, towns, chome, end, said_oaza)
    return None


def _is_chome(
    number: re.Match[str], address: Folded, start: int, end: int, stands_alone: bool
) -> bool:
    """Tell whether the number after a name means a chome: 5-15-7, 5丁目, but not 5番地.

    大和町2 is a house number where 大和町 is a town by itself, 池袋2 is a chome; 大字片柳1-1 is
    none, for a 大字 has no 丁目.
    """
    if number[2]:
        return number[2] in _CHOME_COUNTERS
    if _OAZA.match(address.between(start, end)):
        return False
    if address.key[number.end() : number.end() + 1] in ("-", "ノ"):
        return True
    return end > start and not stands_alone


def _chome_row(numbered: dict[tuple[str, str], int], number: re.Match[str]) -> int | None:
    counters = (number[2],) if number[2] else _CHOME_COUNTERS
    digits = str(int(number[1]))
    return next((numbered[c, digits] for c in counters if (c, digits) in numbered), None)


def _all_chome(
    city: City, towns: Towns, numbered: dict[tuple[str, str], int], end: int, said_oaza: bool
) -> Found | None:
    """東池袋 alone, where the gazetteer has its chome only: the middle of them."""
    rows = [row for (counter, _), row in numbered.items() if counter == "丁"]
    # 大字片柳 was left when 片柳一丁目 was made of a part of it: not the same ground.
    if not rows or said_oaza:
        return None
    return Found(city, base_of(towns.names[rows[0]]), "town", towns.point_of_several(rows), end)


def _whole(city: City, towns: Towns, rows: list[int], address: Folded, end: int) -> Found | None:
    row = rows[0] if len(rows) == 1 else _as_written(towns, rows, address.text)
    if row is None:
        return None
    name = towns.names[row]
    level = "chome" if base_of(name) != name else "town"
    aza = _aza_follows(towns, row, address, end)
    if not aza and not _ends_here(name, level, address.after(end)):
        return None
    return Found(city, name, level, towns.point(row), end, aza_follows=aza)


def _as_written(towns: Towns, rows: list[int], text: str) -> int | None:
    """Of towns that differ in spelling only, return the one spelt as in the address."""
    spelt = [row for row in rows if towns.names[row] in text]
    return max(spelt, key=lambda row: len(towns.names[row]), default=None)


def _aza_follows(towns: Towns, row: int, address: Folded, end: int) -> bool:
    if _AZA_FOLLOWS.match(address.after(end)):
        return True
    key = address.key
    if any(
        key.startswith(koaza, end) and not _NAME_GOES_ON.match(key, end + len(koaza))
        for koaza in towns.koaza[row]
    ):
        return True
    # 岡本町幸ノ神858: a 字 that isn't listed. Not where parts of the 町 are towns (四倉町白岩).
    name = towns.names[row]
    unlisted = name.endswith("町") and _UNLISTED_AZA.match(address.after(end))
    return bool(unlisted) and not any(n.startswith(name) and n != name for n in towns.names)


def _ends_here(town: str, level: str, after: str) -> bool:
    """Tell whether a town's name can end before this: 池袋 does not before 本町 or 東一丁目.

    A name that goes on is another town's, which the gazetteer doesn't know: a neighbour at best.
    """
    if level == "chome":
        return not _SIDE.match(after)
    if town.endswith(("号", "線")) and _LINE_AND_NUMBER.match(after):
        return True
    return bool(_NUMBERS_FOLLOW.match(after) or _BUILDING_FOLLOWS.match(after))
