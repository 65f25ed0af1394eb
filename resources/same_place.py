"""Whether two entries may be one and the same place: field by field, with the evidence.

Each field that both know gives weight for or against, as in Fellegi and Sunter's record linkage
("A Theory for Record Linkage", 1969): what agrees by chance seldom weighs most. The weights are
fixed and stand below; likeness of words is rapidfuzz's.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from geodata.coordinates import LonLat, straight_m
from geodata.spelling import fold_name, tidy

ENOUGH = 4.0
"""Total weight from which two entries are proposed as one."""

PART = 85.0
"""How alike a name is to one that begins or ends with it."""

SHORTEST_PART = 4

# Forms of companies and corporations; what is left is the name that tells one from another.
_FORMS = re.compile(
    "株式会社|有限会社|合同会社|合資会社|一般社団法人|公益社団法人|一般財団法人|公益財団法人|"
    "社会福祉法人|医療法人社団|医療法人財団|医療法人|学校法人|宗教法人|特定非営利活動法人|"
    "認定npo法人|npo法人|npo|㈱|㈲|\\(株\\)|\\(有\\)|\\(社福\\)|\\(福\\)|\\(医\\)|\\(学\\)|\\(特非\\)|\\(npo\\)"
)
_NOT_WORDS = re.compile(r"[\W_]+")


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
    folded = fold_name(name).lower()
    left = _NOT_WORDS.sub("", _FORMS.sub("", folded))
    return left or _NOT_WORDS.sub("", folded)


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
    pairs = [(plain_name(one.name), plain_name(other.name))]
    if one.kana and other.kana:
        pairs.append((plain_name(one.kana), plain_name(other.kana)))
    alike = max(_alike(a, b) for a, b in pairs)
    weight = _step(alike, ((97, 4.5), (90, 3.0), (80, 1.0), (65, -2.0)), -5.0)
    return Evidence("name", alike, weight)


def _alike(a: str, b: str) -> float:
    """Return 0 … 100, by the letters that would have to be changed."""
    if not a or not b:
        return 0.0
    alike = fuzz.ratio(a, b)
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= SHORTEST_PART and (longer.startswith(shorter) or longer.endswith(shorter)):
        alike = max(alike, PART)  # さくら保育園 and 市立さくら保育園
    # 第一保育園 and 第二保育園 are alike in every letter but the one that matters.
    return min(alike, 75.0) if _numbers(a) != _numbers(b) else alike


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+|[一二三四五六七八九十]+|[東西南北](?!京)", name)


def _phones(one: Facts, other: Facts) -> Evidence | None:
    a, b = (re.sub(r"\D", "", tidy(f.phone or "")) for f in (one, other))
    if len(a) < 9 or len(b) < 9:
        return None
    same = a == b
    return Evidence("phone", 100.0 if same else 0.0, 3.5 if same else -1.5)


def _addresses(one: Facts, other: Facts) -> Evidence | None:
    if not one.address or not other.address:
        return None
    a, b = _address(one.address), _address(other.address)
    if a.endswith(b) or b.endswith(a):  # one of them leaves the prefecture or the city out
        return Evidence("address", 100.0, 3.0)
    alike = fuzz.ratio(a, b)
    return Evidence("address", alike, _step(alike, ((92, 1.0), (75, 0.0)), -2.0))


def _address(text: str) -> str:
    numbered = re.sub(r"丁目|番地の?|番|号", "-", fold_name(text)).strip("-")
    return re.sub(r"-+", "-", re.sub(r"[\s　]", "", numbered))


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
