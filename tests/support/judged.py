"""Judged examples: an invented town, invented people, and what an experienced worker would say.

The data of the towns stands in tests/vignettes; `Town` builds a town's catalogue by the real commands,
`measure` compares a way of listing places with the judgement.
"""

import math
import tomllib
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from matching.need import Need, parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.models import Location, Offering, Organization, Resource
from resources.registration import Registration
from resources.schedule_text import parse_schedule
from resources.schedules import to_json
from resources.vocabulary import default_vocabulary

FOLDER = Path(__file__).resolve().parents[1] / "vignettes"
TOWNS = {
    "town": FOLDER,
    "harbour": FOLDER / "harbour",
    "village": FOLDER / "village",
    "city": FOLDER / "city",
    "estate": FOLDER / "estate",
    "snow": FOLDER / "snow",
    "factory": FOLDER / "factory",
    "onsen": FOLDER / "onsen",
    "riverside": FOLDER / "riverside",
    "newtown": FOLDER / "newtown",
    "suburb": FOLDER / "suburb",
    "yoimachi": FOLDER / "yoimachi",
    "shima": FOLDER / "shima",
    "minami": FOLDER / "minami",
    "byoin": FOLDER / "byoin",
    "kasumi": FOLDER / "kasumi",
    "nagise": FOLDER / "nagise",
    "ensen": FOLDER / "ensen",
}
"""The first grew up with the engine; the others were judged before anybody had seen their lists.

village : distances of kilometres, rides, circles that meet twice a month
city : dense, and a quarter of its places say next to nothing
estate : on a hillside; all that its places don't say is unknown, as in all that follow
snow : a small city and its hamlets; most people say what they wish in words alone
factory : of many languages; most places say a good deal
onsen : a hot-spring town, its hamlets and a station down the valley; one host runs several places
riverside : so dense that nearness tells little; neighbours differ in one thing
newtown : an estate and villages around it; of most people little is known
suburb : twelve themes with another weekday, age, sex or condition
yoimachi : the streets around a big station; much of it by night
shima : an island and its hamlets; one host runs most places, some are held on the mainland
minami : an ordinary city, most of whose places say a good deal
byoin : around a hospital; formal services beside others, and half the places say little
kasumi : an old castle town, made to be hard
nagise : two years after a flood and an earthquake, in temporary housing
ensen : a commuter town along a railway; everybody has several troubles at once
"""
UNSAID_IS_UNKNOWN = frozenset(
    folder for name, folder in TOWNS.items() if name not in ("town", "harbour", "village", "city")
)
MIDDLE = (139.68, 35.71)
DAY = date(2026, 12, 1)
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 8:30 in Japan on that day, a Tuesday
SHOWN = 10
WEEK = "月火水木金土日"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

KNOWN: dict[str, Any] = {
    "gender": "any", "languages": ["ja"], "requirements": [], "smoking": False, "alcohol": False,
    "animals": False, "online": False, "pays": False, "transport": False, "noise": "low",
    "conversation": "optional", "staff_present": True, "visit_first": True, "accompaniment": True,
    "fee_yen": 0, "with_child": False, "children_present": False, "child_safe": False,
    "confirms_participants": True, "publishes_members": False, "age_min": 18, "steps": [1, 2, 3],
    "audience": ["anyone"],
}  # fmt: skip
"""What a place says where it says nothing else, but for towns of `UNSAID_IS_UNKNOWN`."""


@dataclass(frozen=True)
class Vignette:
    """A person, and what belongs on the list.

    good : among the first five; fine : may be there; never : nowhere on the list
    first_not : not at the head; misses : among the near misses; nothing : the list is empty
    """

    title: str
    situation: str
    why: str
    need: dict[str, Any]
    scheme: str
    good: tuple[str, ...]
    fine: tuple[str, ...]
    never: tuple[str, ...]
    first_not: tuple[str, ...]
    misses: tuple[str, ...]
    nothing: bool

    @property
    def words(self) -> str:
        return f"{self.situation} {self.need.get('wishes', {}).get('text') or ''}"


def point(at: Sequence[float]) -> dict[str, float]:
    east, north = at
    metres = 111_195.0
    lon = MIDDLE[0] + east / (metres * math.cos(math.radians(MIDDLE[1])))
    return {"lon": round(lon, 6), "lat": round(MIDDLE[1] + north / metres, 6)}


def _entries(folder: Path, pattern: str, table: str) -> list[dict[str, Any]]:
    return [
        entry
        for path in sorted(folder.glob(pattern))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))[table]
    ]


def places(folder: Path = FOLDER) -> list[dict[str, Any]]:
    return _entries(folder, "places*.toml", "place")


def host_of(key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"host {key}")


def vignettes(folder: Path = FOLDER) -> list[Vignette]:
    return [_vignette(entry) for entry in _entries(folder, "vignettes*.toml", "vignette")]


def _vignette(entry: dict[str, Any]) -> Vignette:
    need: dict[str, Any] = {"at": point(entry["from"]), "on": DAY.isoformat()}
    names = {"age": "age", "step": "step", "walk": "walk_minutes", "speed": "speed_m_s",
             "radius": "radius_m", "needs": "needs", "wishes": "wishes", "limits": "limits"}  # fmt: skip
    need |= {there: entry[here] for here, there in names.items() if here in entry}
    need["windows"] = [w for text in entry.get("windows", ()) for w in _windows(text)]
    safety = dict(entry.get("safety", {}))
    if "exclude_organizations" in safety:
        safety["exclude_organizations"] = [str(host_of(k)) for k in safety["exclude_organizations"]]
    if "exclude_areas" in safety:
        safety["exclude_areas"] = [
            {**point(a["at"]), "radius_m": a["radius_m"]} for a in safety["exclude_areas"]
        ]
    need["set_aside"] = [
        {"organization": str(host_of(a["place"])), "until": a["until"]}
        for a in entry.get("set_aside", ())
    ]
    lists = {n: tuple(entry.get(n, ())) for n in ("good", "fine", "never", "first_not", "misses")}
    return Vignette(
        entry["title"], entry["situation"], entry["why"], {**need, "safety": safety},
        entry.get("scheme", "standard"), nothing=entry.get("nothing", False), **lists,
    )  # fmt: skip


def _windows(text: str) -> list[dict[str, str]]:
    days, hours = text.split()
    start, end = hours.split("-")
    return [
        {"day": day, "from": start.zfill(5), "to": end.zfill(5)}
        for run in days.replace("毎日", "月～日").split("・")
        for day in DAYS[WEEK.index(run[0]) : WEEK.index(run[-1]) + 1]
    ]


@contextmanager
def _named_after_their_place(session: Session) -> Iterator[Callable[[str], None]]:
    """Give new rows ids that are the same in every run, for ids break ties; a call says of what."""
    of = ""

    def name(key: str) -> None:
        nonlocal of
        of = key

    def give_ids(*_: object) -> None:
        for row in session.new:
            if isinstance(row, Resource | Location | Offering):
                row.id = uuid.uuid5(uuid.NAMESPACE_OID, f"{row.__tablename__} {of}")

    event.listen(session, "before_flush", give_ids)
    yield name
    event.remove(session, "before_flush", give_ids)


class Town:
    """An invented town in a catalogue of its own."""

    def __init__(self, database: Database, store: IndexStore, folder: Path = FOLDER) -> None:
        self.database, self.store = database, store
        self.key_of: dict[uuid.UUID, str] = {}
        unsaid: dict[str, Any] = {} if folder in UNSAID_IS_UNKNOWN else {**KNOWN, "step_free": True}
        with database.writing(by="judged") as session, _named_after_their_place(session) as name:
            told = places(folder)
            session.add_all(_hosts(told))
            session.flush()
            for place in told:
                name(place["key"])
                made = register_resource(
                    session,
                    registration=Registration.model_validate(_registration(place, unsaid)),
                    vocabulary=default_vocabulary(),
                    by="judged",
                )
                self.key_of[made.id] = place["key"]

    def need(self, vignette: Vignette) -> Need:
        return parse_need(vignette.need, default_vocabulary())

    def answer(self, vignette: Vignette) -> Any:
        with self.database.reading() as session:
            return suggest_placements(
                session, self.store, self.need(vignette), limit=SHOWN, scheme=vignette.scheme,
                now=NOW,
            )  # fmt: skip

    def listed(self, vignette: Vignette) -> list[str]:
        return [self.key_of[s.place.offering] for s in self.answer(vignette).suggestions]


def _hosts(told: list[dict[str, Any]]) -> Iterator[Organization]:
    """Make a host for each place that doesn't name another place whose host runs it, too."""
    now = clock.now()
    for place in told:
        if isinstance(said := place.get("host", {}), str):
            continue
        host = {"cap": 4, "now": 1, **said}
        rest = host.get("resting_days")
        yield Organization(
            id=host_of(place["key"]),
            name=f"{place['name']}の運営者（架空）",
            accompanied_cap=host["cap"],
            accompanied_now=host["now"],
            resting_until=None if rest is None else DAY + timedelta(days=rest),
            created_at=now,
            edited_at=now,
        )


def _registration(place: dict[str, Any], unsaid: dict[str, Any]) -> dict[str, Any]:
    facts = {**unsaid, **place.get("facts", {})}
    facts |= dict.fromkeys(place.get("unknown", ()))
    step_free = facts.pop("step_free", None)
    schedule = None
    if "when" in place:
        parsed = parse_schedule(place["when"]).schedule
        assert parsed is not None, place["key"]
        schedule = to_json(parsed)
    status = place.get("availability", "capacity")
    host = place.get("host", {})
    return {
        "organization": {"id": host_of(host if isinstance(host, str) else place["key"])},
        "resource": {
            "name": place["name"], "kind": place["kind"], "description": place["text"],
            "status": place.get("status", "published"), **facts,
        },
        "location": {**point(place["at"]), "accuracy_m": 10.0, "step_free": step_free,
                     "address": "架空の町"},
        "offering": {
            "schedule": schedule, "schedule_text": place.get("when"),
            "attendance": "drop_in", "min_minutes": 30, "min_per_week": 0,
            **place.get("sitting", {}),
            "availability": status, "places": 2 if status == "capacity" else None,
            "availability_said_on": DAY - timedelta(days=place.get("said_days", 10)),
            "availability_said_by": "host", "verified_by": "staff",
            "verified_on": DAY - timedelta(days=place.get("verified_days", 20)),
        },
    }  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """How well a way of listing does over all vignettes.

    hit_at_3, all_in_5, ndcg_at_5 : means, 0 … 1
    violations : places that must never appear, among the first `SHOWN`
    """

    hit_at_3: float
    all_in_5: float
    ndcg_at_5: float
    violations: int


def hit(v: Vignette, listed: Sequence[str]) -> bool:
    return not listed if v.nothing else bool(set(v.good) & set(listed[:3]))


def complete(v: Vignette, listed: Sequence[str]) -> bool:
    return not listed if v.nothing else set(v.good) <= set(listed[:5])


def ndcg(v: Vignette, listed: Sequence[str]) -> float:
    """Return the discounted gain of the first five (good 3, fine 1) over the best possible."""
    if v.nothing:
        return float(not listed)
    gain = {**dict.fromkeys(v.fine, 1.0), **dict.fromkeys(v.good, 3.0)}
    best = sorted(gain.values(), reverse=True)[:5]
    found = [gain.get(key, 0.0) for key in listed[:5]]
    ideal = sum(g / math.log2(i + 2) for i, g in enumerate(best))
    return sum(g / math.log2(i + 2) for i, g in enumerate(found)) / ideal


def measure(way: Callable[[Vignette], Sequence[str]], people: Sequence[Vignette]) -> Measured:
    lists = [(v, way(v)[:SHOWN]) for v in people]
    n = len(lists)
    return Measured(
        sum(hit(v, found) for v, found in lists) / n,
        sum(complete(v, found) for v, found in lists) / n,
        sum(ndcg(v, found) for v, found in lists) / n,
        sum(len(set(v.never) & set(found)) for v, found in lists),
    )
