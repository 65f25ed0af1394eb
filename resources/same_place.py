"""Whether two entries may be one and the same place: field by field, with the evidence.

Each field that both know gives weight for or against, as in Fellegi and Sunter's record linkage
("A Theory for Record Linkage", 1969): what agrees by chance seldom weighs most. The weights are
fixed and stand below; likeness of words is rapidfuzz's.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rapidfuzz import fuzz

from geodata.coordinates import LonLat, straight_m
from geodata.numerals import KANJI_NUMERALS, number_of
from geodata.spelling import fold_name, tidy
from resources.addresses_alike import AddressParts, address_parts, addresses_alike

ENOUGH = 4.0
"""Total weight from which two entries are proposed as one."""

PART = 85.0
"""How alike a name is to one that begins or ends with it."""

SHORTEST_PART = 4

OTHER_NUMBER = 60.0
"""How alike names can be at most whose numbers differ: 第一保育園 and 第二保育園 are two."""

# Forms of companies and corporations; what is left is the name that tells one from another.
_FORMS = re.compile(
    "株式会社|有限会社|合同会社|合資会社|一般社団法人|公益社団法人|一般財団法人|公益財団法人|"
    "社会福祉法人|医療法人社団|医療法人財団|医療法人|学校法人|宗教法人|特定非営利活動法人|"
    "認定npo法人|npo法人|npo|㈱|㈲|\\(株\\)|\\(有\\)|\\(社福\\)|\\(福\\)|\\(医\\)|\\(学\\)|\\(特非\\)|\\(npo\\)"
)
# What people shorten, as `fold_name` spells it, and its short form.
_SHORTENED = {
    "社会福祉協議会": "社協",
    "放課後児童クラブ": "学童",
    "学童クラブ": "学童",
    "学童保育": "学童",
    "放課後等デイサービス": "放デイ",
    "コミユニテイセンター": "コミセン",
    "地域包括支援センター": "包括",
    "子育テ支援センター": "子育テセンター",
    "就労継続支援": "就労",
}
_LONG = re.compile("|".join(sorted(_SHORTENED, key=len, reverse=True)))
_ROMAN = {ord(c): str(i) for i, c in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", start=1)}
_NOT_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(rf"\d+|[{KANJI_NUMERALS}]+|[東西南北](?!京)")


@dataclass(frozen=True)
class Facts:
    """What is compared of an entry; None = not known."""

    name: str
    kana: str | None = None
    kind: str | None = None
    address: str | None = None
    phone: str | None = None
    lon: float | None = None
    lat: float | None = None
    alias: str | None = None

    # Worked out once: an entry is compared with many.
    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The plain forms of its name, its reading and what it is also called."""
        said = (self.name, self.kana, self.alias)
        return tuple(dict.fromkeys(plain_name(words) for words in said if words))

    @cached_property
    def digits(self) -> str | None:
        """The digits of its telephone number; None where that is none."""
        digits = re.sub(r"\D", "", tidy(self.phone or ""))
        digits = "0" + digits[2:] if digits.startswith("81") and len(digits) >= 11 else digits
        return digits if len(digits) >= 9 else None

    @cached_property
    def place(self) -> AddressParts | None:
        return address_parts(self.address) if self.address else None


@dataclass(frozen=True)
class Evidence:
    """What one field says: how alike (0 … 100, or metres for the distance), and its weight."""

    field: str
    likeness: float
    weight: float


@dataclass(frozen=True)
class Likeness:
    """How likely two entries are one place."""

    weight: float
    evidence: tuple[Evidence, ...]

    @property
    def enough(self) -> bool:
        return self.weight >= ENOUGH

    def as_json(self) -> dict[str, Any]:
        return {
            "weight": round(self.weight, 2),
            "evidence": [
                {"field": e.field, "likeness": round(e.likeness, 1), "weight": e.weight}
                for e in self.evidence
            ],
        }


def plain_name(name: str) -> str:
    """Return a name without company forms, spaces and marks, in one spelling of each character."""
    folded = fold_name(name.translate(_ROMAN)).lower()
    left = _NOT_WORDS.sub("", _FORMS.sub("", folded)) or _NOT_WORDS.sub("", folded)
    return _LONG.sub(lambda found: _SHORTENED[found[0]], left)


def compare(one: Facts, other: Facts) -> Likeness:
    """Return how likely two entries are one place; fields that one of them lacks say nothing."""
    found = [_names(one, other)]
    for evidence in (_phones(one, other), _addresses(one, other), _apart(one, other)):
        if evidence is not None:
            found.append(evidence)
    if one.kind is not None and other.kind is not None:
        same = one.kind == other.kind
        found.append(Evidence("kind", 100.0 if same else 0.0, 0.5 if same else -1.0))
    return Likeness(sum(e.weight for e in found), tuple(found))


def _names(one: Facts, other: Facts) -> Evidence:
    alike = max((_alike(a, b) for a in one.forms for b in other.forms), default=0.0)
    if alike <= OTHER_NUMBER:  # two rooms of one house share everything else
        return Evidence("name", alike, -5.5)
    return Evidence("name", alike, _step(alike, ((97, 4.5), (90, 3.0), (80, 1.0)), -2.5))


def _alike(a: str, b: str) -> float:
    """Return 0 … 100, by the letters that would have to be changed."""
    if not a or not b:
        return 0.0
    alike = fuzz.ratio(a, b)
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= SHORTEST_PART and (longer.startswith(shorter) or longer.endswith(shorter)):
        alike = max(alike, PART)  # さくら保育園 and 市立さくら保育園
    one, other = _numbers(a), _numbers(b)
    if one == other:
        return alike
    # Where only one of them has a number, it may have been left out.
    return min(alike, OTHER_NUMBER if one and other else 75.0)


def _numbers(name: str) -> list[str]:
    found = _NUMBER.findall(name)
    return [n if n in "東西南北" else str(number_of(n)) for n in found]


def _phones(one: Facts, other: Facts) -> Evidence | None:
    if one.digits is None or other.digits is None:
        return None
    same = one.digits == other.digits
    return Evidence("phone", 100.0 if same else 0.0, 3.5 if same else -1.5)


def _addresses(one: Facts, other: Facts) -> Evidence | None:
    if one.place is None or other.place is None:
        return None
    return Evidence("address", *addresses_alike(one.place, other.place))


def _apart(one: Facts, other: Facts) -> Evidence | None:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    metres = straight_m(LonLat(one.lon, one.lat), LonLat(other.lon, other.lat))
    if math.isnan(metres):
        return None
    weight = 2.0 if metres <= 60 else 1.0 if metres <= 300 else -0.5 if metres <= 1500 else -4.0
    return Evidence("distance_m", metres, weight)


def _step(value: float, steps: tuple[tuple[float, float], ...], below: float) -> float:
    return next((weight for least, weight in steps if value >= least), below)
