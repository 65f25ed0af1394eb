"""The facts of the demo: towns, stations and agencies of Toshima.

Towns: Geolonia 住所データ (2024-01), CC BY 4.0. Stations: 国土数値情報 鉄道データ N02 (国土交通省),
one point for each name. People of each chome: 国勢調査 2015 (e-Stat), by way of
nyampire/jp_chome_boundary, CC0. Agencies: 豊島区重層的支援体制整備事業実施計画 (令和5年度); what
of them is the demo's own reading is said in agencies.toml.
"""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from geodata.coordinates import LonLat
from resources.agencies import BELONGS_TO, COORDINATES, REFERS_TO

PREFECTURE, CITY = "東京都", "豊島区"
WORKING_BODY = "suishin_bukai"
COUNCIL = "suishin_kaigi"
NUMERALS = "①②③④"

DISTRICTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "d1": ("第1圏域（デモの区割り）", "District 1 (drawn for the demo)",
           ("駒込", "巣鴨", "西巣鴨", "北大塚")),
    "d2": ("第2圏域（デモの区割り）", "District 2 (drawn for the demo)",
           ("南大塚", "東池袋", "上池袋", "池袋", "池袋本町")),
    "d3": ("第3圏域（デモの区割り）", "District 3 (drawn for the demo)",
           ("南池袋", "雑司が谷", "高田", "目白", "西池袋")),
    "d4": ("第4圏域（デモの区割り）", "District 4 (drawn for the demo)",
           ("長崎", "南長崎", "千早", "要町", "高松", "千川")),
}  # fmt: skip
"""Four districts (a fact: the ward counts four 圏域); which chome lies in which is invented."""


@dataclass(frozen=True)
class Town:
    """A chome with the point that stands for it."""

    name: str
    at: LonLat
    district: str

    @property
    def postcode(self) -> str:
        known = _postcodes()
        return known.get(self.name) or known[self.area]

    @property
    def area(self) -> str:
        """Return the name without its chome: 南大塚三丁目 → 南大塚."""
        return _area(self.name)


@dataclass(frozen=True)
class AgencyFact:
    """An agency as the table of agencies holds it."""

    code: str
    ja: str
    en: str
    division: str | None
    operator: str | None
    programmes: list[str]
    fields: list[str]
    needs: list[str]
    districts: list[str] | None
    meetings: list[str]
    source: str


@dataclass(frozen=True)
class LinkFact:
    origin: str
    target: str
    relation: str


def _area(name: str) -> str:
    return name.removesuffix("丁目").rstrip("一二三四五六七八九十")


def _text(name: str) -> str:
    return files("jobs.demo").joinpath(name).read_text(encoding="utf-8")


@cache
def _postcodes() -> dict[str, str]:
    """Return postcodes by area, or by town where an area has several."""
    return tomllib.loads(_text("postcodes.toml"))


@cache
def towns() -> tuple[Town, ...]:
    """Return the 83 chome of the ward."""
    district_of = {area: code for code, (_, _, areas) in DISTRICTS.items() for area in areas}
    rows = csv.DictReader(_text("towns.csv").splitlines())
    return tuple(
        Town(r["town"], LonLat(float(r["lng"]), float(r["lat"])), district_of[_area(r["town"])])
        for r in rows
    )


@cache
def people_of_towns() -> dict[str, int]:
    """Return how many people lived in each chome at the census of 2015."""
    return {
        r["town"]: int(r["people"]) for r in csv.DictReader(_text("population.csv").splitlines())
    }


@cache
def stations() -> dict[str, LonLat]:
    """Return the stations in and at the edge of the ward."""
    rows = csv.DictReader(_text("stations.csv").splitlines())
    return {r["name"]: LonLat(float(r["lon"]), float(r["lat"])) for r in rows}


@cache
def agencies() -> tuple[AgencyFact, ...]:
    """Return every agency once, whether it is a desk, a member of a meeting or both."""
    data = tomllib.loads(_text("agencies.toml"))
    entries = [*_centres(data["centre"][0]), *data["agency"]]
    return tuple(_agency(entry, data["source"]) for entry in entries)


def _agency(entry: dict[str, Any], source: str) -> AgencyFact:
    return AgencyFact(
        code=entry["code"],
        ja=entry["ja"],
        en=entry["en"],
        division=entry.get("division"),
        operator=entry.get("operator"),
        programmes=entry.get("programmes", []),
        fields=entry.get("fields", []),
        needs=entry.get("needs", []),
        districts=entry.get("districts"),
        meetings=entry.get("meetings", []),
        source=source,
    )


def _centres(shared: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the eight centres, numbered, two in each district; and the four coordinators."""
    found: list[dict[str, Any]] = []
    for number, district in enumerate(DISTRICTS, start=1):
        for place in (1, 2):
            found.append(
                {
                    **shared,
                    "code": f"centre_{district}_{place}",
                    "ja": f"高齢者総合相談センター（第{number}圏域{NUMERALS[place - 1]}）",
                    "en": f"Comprehensive Advice Center for the Elderly {number}-{place}",
                    "districts": [district],
                }
            )
        found.append(
            {
                "code": f"coordinator_{district}",
                "ja": f"生活支援コーディネーター（第2層・第{number}圏域）",
                "en": f"Coordinator, second layer, district {number}",
                "operator": "社会福祉法人等",
                "programmes": ["community"],
                "fields": ["elderly", "isolation"],
                "needs": ["no_role", "isolation"],
                "districts": [district],
            }
        )
    return found


@cache
def links() -> tuple[LinkFact, ...]:
    """Return who belongs to what, who coordinates whom, who refers to whom."""
    every = agencies()
    found = []
    for a in every:
        if a.needs:  # 断らない相談支援: whoever takes consultations passes complex cases on
            found.append(LinkFact(a.code, WORKING_BODY, REFERS_TO))
            found.append(LinkFact(WORKING_BODY, a.code, COORDINATES))
        if a.division == "保健福祉部" and a.code != "hoken_fukushi_bu":
            found.append(LinkFact(a.code, "hoken_fukushi_bu", BELONGS_TO))
        if a.division == "子ども家庭部" and a.code != "kodomo_katei_bu":
            found.append(LinkFact(a.code, "kodomo_katei_bu", BELONGS_TO))
        if a.operator and a.operator.startswith("豊島区民社会福祉協議会"):
            found.append(LinkFact(a.code, "shakyo", BELONGS_TO))
    found.append(LinkFact(WORKING_BODY, COUNCIL, BELONGS_TO))
    for district in DISTRICTS:
        coordinator = f"coordinator_{district}"
        found.append(LinkFact(coordinator, f"centre_{district}_1", BELONGS_TO))
        found.append(LinkFact("coordinator_first", coordinator, COORDINATES))
    found += [LinkFact(a, b, REFERS_TO) for a, b in REFERRALS]
    return tuple(found)


REFERRALS = (
    ("ikebukuro_hokenjo", "kokage"),  # the plan's case: the nurse of the district, then Kokage
    ("nagasaki_kenko", "kokage"),
    ("csw", "kurashi_shigoto"),
    ("csw", "hikikomori"),
    ("hikikomori", "kurashi_shigoto"),
    ("kurashi_shigoto", "hikikomori"),
    ("assist_toshima", "hikikomori"),
    ("kosodate_information", "kodomo_katei_center"),
    ("hoiku", "kodomo_katei_center"),
    ("kyoiku_center", "assist_toshima"),
)
"""Usual ways between desks, beside the one to the working body; the demo's own, but for Kokage."""
