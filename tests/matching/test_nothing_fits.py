"""What isn't on the list is what a slow walk through everything says: removed, missed, to loosen."""

import random
import uuid
from datetime import UTC, datetime
from typing import Any

from oracle import catalogues
from oracle.nothing_fits import NothingFits, loosened
from oracle.reference import Reference
from sqlalchemy.orm import Session

from matching.need import parse_need
from matching.schemes import default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.commands import register_resource
from resources.database import Database
from resources.editing import add_offering
from resources.models import Offering
from resources.registration import OfferingPart, Registration

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PLACES = 90
QUESTIONS = 110
KNOWN_POINTS = {"exclude_areas": [{"lon": 140.5, "lat": 36.0, "radius_m": 10}]}
"""Who must keep away from an area is offered nothing of which nobody knows where it is."""

NARROW: tuple[dict[str, Any], ...] = (
    {"walk_minutes": 8, "radius_m": None, "safety": KNOWN_POINTS},
    {"walk_minutes": None, "radius_m": 500, "safety": KNOWN_POINTS, "limits": None},
    {"walk_minutes": 9, "radius_m": 450, "safety": KNOWN_POINTS, "limits": None, "windows": []},
    {"limits": {"max_yen": 0, "group_size": 2}},
    {"limits": {"minutes": 20, "sessions_per_week": 1}},
    {"windows": [{"day": "sun", "from": "05:00", "to": "06:30"}]},
    {"limits": {"pay_wanted": True, "step_free": True}},
    {"age": 97},
    {"step": 5, "limits": {"conversation": "none", "noise": "low"}},
)


def registered(session: Session, parts: dict[str, Any]) -> Offering:
    return register_resource(
        session,
        registration=Registration.model_validate(parts),
        vocabulary=catalogues.VOCABULARY,
        by="test",
    )


def test_removed_near_misses_and_the_loosening_are_those_of_a_slow_walk(
    sqlite_database: Database, store: IndexStore, sqlite_hosts: list[uuid.UUID]
) -> None:
    r, met = random.Random(23), list[Any]()
    with sqlite_database.writing(by="test") as session:
        for _ in range(PLACES):
            parts = catalogues.registration(r, sqlite_hosts, NOW.date())
            made = registered(session, parts)
            if r.random() < 0.4:  # on more days, there or elsewhere
                more = catalogues.registration(r, sqlite_hosts, NOW.date())["offering"]
                add_offering(
                    session, resource_id=made.resource_id, by="test",
                    location_id=r.choice([made.location_id, *met]) if met else None,
                    offering=OfferingPart.model_validate(parts["offering"] | {
                        "schedule": more["schedule"], "attendance": more["attendance"],
                    }),
                )  # fmt: skip
            if r.random() < 0.2:  # as another file has it
                registered(session, parts)
            met.append(made.location_id)
    nothing, loosening, applied, changed_hours, twice = 0, set(), 0, 0, 0
    with sqlite_database.reading() as session:
        for _ in range(QUESTIONS):
            asked = loosened(catalogues.need(r, sqlite_hosts, NOW.date()), r.choice(NARROW))
            asked = {name: value for name, value in asked.items() if value is not None}
            asked.get("wishes", {}).pop("text", None)
            need = parse_need(asked, catalogues.VOCABULARY)
            answer = suggest_placements(session, store, need, limit=200, now=NOW)
            reference = Reference(
                catalogues.VOCABULARY, need, NOW, default_weighing().schemes["standard"]
            )
            _, looked = reference.suggest(session, 200, lambda _: 0.0)
            slow = NothingFits(reference, looked)
            radius, found, near = slow.searched()
            assert answer.considered == len(found)
            assert answer.removed_by == slow.removed_by(found)
            assert [
                (m.place.offering, {f.rule for f in m.failed}) for m in answer.nearest_misses
            ] == [(x.entry.offering.id, set(x.fails)) for x in slow.nearest_misses(near)]
            by_id = {x.entry.offering.id: x for x in looked}
            for m in answer.nearest_misses:
                for f in m.failed:
                    if f.rule == "windows":
                        change = reference.change_of_hours(by_id[m.place.offering].entry)
                        assert f.change is not None
                        assert f.change.ja == change
                        changed_hours += 1
            if answer.suggestions:
                assert answer.relaxation is None
                continue
            nothing += 1
            told = answer.relaxation
            if told is not None:
                twice += told.count < slow.offerings(radius, told.rule)
            best = slow.relaxation(radius)
            assert (None if told is None else (told.rule, told.count)) == best
            if told is None or told.patch is None:
                continue
            loosening.add(told.rule)
            assert told.change is not None
            if told.rule == "windows":
                (*_, hours) = told.patch["windows"]
                part = slow.part_of_a_weekday(radius)
                assert part is not None
                day, begins, ends, brought = part
                assert hours == {"day": day, "from": begins, "to": ends}
                assert told.change_count == brought
            least = 1 if told.rule == "windows" else told.count / 2
            assert least <= told.change_count <= told.count
            again = suggest_placements(
                session, store, parse_need(loosened(asked, told.patch), catalogues.VOCABULARY),
                limit=200, now=NOW,
            )  # fmt: skip
            # Who comes more often finds the time criterion harder to fill.
            if told.rule != "sessions_per_week":
                assert again.fitting >= told.change_count
                applied += 1
    assert nothing >= 15  # the test says something
    assert applied >= 6
    assert changed_hours >= 20
    assert twice >= 3  # places that a list shows once
    assert {"windows", "reach"} <= loosening
