"""Reads what each kind of invented place is like, and draws one of it."""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILES = ("community", "children", "elderly", "work", "other")
UNKNOWN_SHARE = {
    "noise": 0.08, "conversation": 0.08, "group_size": 0.12, "visit_first": 0.1,
    "accompaniment": 0.2, "fee_yen": 0.04, "with_child": 0.15, "children_present": 0.15,
    "child_safe": 0.2, "confirms_participants": 0.22, "publishes_members": 0.22, "smoking": 0.2,
    "alcohol": 0.15, "animals": 0.25, "min_per_week": 0.15, "min_minutes": 0.2, "online": 0.2,
    "requirements": 0.1, "languages": 0.05, "transport": 0.1, "step_free": 0.15, "age_min": 0.1,
    "attendance": 0.05,
}  # fmt: skip
"""How often staff don't know it yet; what a flavour says itself is always known."""

COMMON: dict[str, Any] = {
    "gender": "any", "languages": ["ja"], "requirements": [], "smoking": False, "alcohol": False,
    "animals": False, "online": False, "pays": False, "transport": False,
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of place as the demo makes it; `flavours` are the entries of its file."""

    code: str
    count: int
    names: tuple[str, ...]
    host: str
    rooms: tuple[str, ...]
    rhythms: tuple[str, ...]
    more: float
    set: dict[str, Any]
    pick: dict[str, Any]
    host_support: tuple[str, ...]
    flavours: tuple[dict[str, Any], ...]


@dataclass
class Drawn:
    """One place's facts before it has a name, a host and a point."""

    kind: Kind
    facts: dict[str, Any]
    opening: str
    names: tuple[str, ...]
    rhythms: tuple[str, ...]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all kinds in a fixed order."""
    found = []
    for name in FILES:
        text = files("jobs.demo").joinpath(f"kinds_{name}.toml").read_text(encoding="utf-8")
        for code, entry in tomllib.loads(text).items():
            found.append(
                Kind(
                    code=code,
                    count=entry["count"],
                    names=tuple(entry["names"]),
                    host=entry["host"],
                    rooms=tuple(entry["rooms"]),
                    rhythms=tuple(entry["rhythms"]),
                    more=entry["more"],
                    set=entry["set"],
                    pick=entry["pick"],
                    host_support=tuple(entry.get("host_support", ())),
                    flavours=tuple(entry["flavour"]),
                )
            )
    return tuple(found)


@cache
def words() -> dict[str, Any]:
    """Return the made-up words and the sentences for descriptions."""
    text = files("jobs.demo").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def draw(kind: Kind, number: int, r: random.Random) -> Drawn:
    """Draw the facts of a kind's place; flavours take turns, so that each one occurs."""
    flavour = kind.flavours[number % len(kind.flavours)]
    said = flavour.get("set", {})
    facts = {**COMMON, **kind.set}
    facts |= {name: r.choice(choices) for name, choices in kind.pick.items()}
    facts |= said
    facts |= {name: r.choice(choices) for name, choices in flavour.get("pick", {}).items()}
    for name, share in UNKNOWN_SHARE.items():
        if name in facts and name not in said and r.random() < share:
            facts[name] = None
    if not facts["pays"]:
        facts.pop("pay_yen_hour", None)
    if kind.host_support:
        facts["host_support"] = r.choice(kind.host_support)
    return Drawn(
        kind=kind,
        facts=facts,
        opening=r.choice(flavour["text"]),
        names=tuple(flavour.get("names", kind.names)),
        rhythms=tuple(flavour.get("rhythms", kind.rhythms)),
    )
