"""The fast engine and a plain walk through all offerings give the same list."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import catalogues
from oracle.on_foot import invented_town
from oracle.reference import SAFETY, Reference

from geodata.coordinates import LonLat
from geodata.streets_source import import_streets
from matching import text
from matching.lists import lists_for
from matching.need import parse_need
from matching.schemes import default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.commands import register_resource, set_availability
from resources.database import Database
from resources.queries import Entry, _entries
from resources.registration import Registration

NOW = datetime(2026, 11, 23, 5, 10, tzinfo=UTC)  # a holiday, 14:10 in Japan
PLACES = 240
NEEDS = 30

HostsOf = Callable[[Database], list[uuid.UUID]]
Weighed = dict[str, dict[str, Any]]
"""The weights of each text of the catalogue, counted once for all needs."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_list_is_that_of_a_plain_walk_through_all_offerings(
    database: Database, store: IndexStore, hosts: list[uuid.UUID], seed: int
) -> None:
    compare(database, store, hosts, seed)


def test_so_it_is_where_streets_say_how_far_it_is(
    sqlite_database: Database, store: IndexStore, hosts_of: HostsOf, tmp_path: Path
) -> None:
    town = invented_town(random.Random(4), LonLat(139.7148, 35.7290), tmp_path / "town.osm")
    import_streets(town, tmp_path / "streets")
    store.streets_folder = tmp_path / "streets"
    routes = compare(sqlite_database, store, hosts_of(sqlite_database), seed=4, needs=60)
    assert routes["streets"] > 10  # the test says something of both
    assert routes["straight"] > 5


def compare(
    database: Database, store: IndexStore, hosts: list[uuid.UUID], seed: int, needs: int = NEEDS
) -> Counter[str]:
    """Put many needs to both; return how often each route was taken to what was suggested."""
    r = random.Random(seed)
    today = NOW.date()
    with database.writing(by="test") as session:
        for _ in range(PLACES):
            parts = catalogues.registration(r, hosts, today)
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    with database.writing(by="test") as session:
        for entry in r.sample(_entries(session), PLACES // 2):
            catalogues.witness(session, r, entry.offering.id, today)
    with database.reading() as session:
        store.build(session)
    # Some change after the base was built, so that the overlay takes part.
    with database.writing(by="test") as session:
        for entry in r.sample(_entries(session), 12):
            set_availability(
                session,
                offering_id=entry.offering.id,
                status=r.choice(["none", "capacity"]),
                places=r.choice([None, 2]),
                said_by="host",
                said_on=today,
                by="test",
            )
        for entry in r.sample(_entries(session), 12):
            catalogues.witness(session, r, entry.offering.id, today)
        catalogues.experience(session, r, hosts[3])
        for _ in range(8):
            parts = catalogues.registration(r, hosts, today)
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    suggested = 0
    routes: Counter[str] = Counter()
    streets = store.streets()
    with database.reading() as session:
        index = store.current(session)
        idf = np.asarray(index.base.columns.texts["text_idf"])
        weighed: Weighed = {}
        for i in range(needs):
            need = parse_need(catalogues.need(r, hosts, today), catalogues.VOCABULARY)
            scheme = r.choice(list(default_weighing().schemes.values()))
            answer = suggest_placements(session, store, need, limit=8, scheme=scheme.code, now=NOW)
            reference = Reference(catalogues.VOCABULARY, need, NOW, scheme, streets)
            likeness = _text_of(reference.words, idf, weighed)
            listed, looked = reference.suggest(session, 8, likeness)
            suggested += len(listed)
            alone = next(lists_for(session, store, [need], limit=8, scheme=scheme.code, now=NOW))
            assert [tuple(one) for one in alone] == [
                (s.place.offering, s.score, s.confidence) for s in answer.suggestions
            ]
            by_id = {x.entry.offering.id: x for x in looked}
            assert [s.place.offering for s in answer.suggestions] == [
                x.entry.offering.id for x in listed
            ], f"need {i}"
            for suggestion in answer.suggestions:
                plain = by_id[suggestion.place.offering]
                assert {v.rule: v.verdict for v in suggestion.verdicts} == plain.verdicts
                assert suggestion.score == sum(suggestion.contributions.values()) == plain.score
                assert suggestion.confidence == plain.confidence
                assert suggestion.distance_m == plain.metres
                routes[suggestion.route] += suggestion.distance_m is not None
            for miss in answer.nearest_misses:
                plain = by_id[miss.place.offering]
                assert {v.rule for v in miss.failed} == set(plain.fails)
                assert not set(plain.fails) & SAFETY
                assert all(v.change is not None for v in miss.failed)
                for v in miss.failed:
                    if v.rule == "windows" and v.change is not None:
                        assert v.change.ja == reference.change_of_hours(plain.entry)
    assert suggested > needs / 2  # the test says something
    return routes


def _text_of(words, idf, weighed: Weighed):
    """Return the likeness of one entry's text to the words, by a plain dot product."""
    if not words:
        return None
    # Counted by scikit-learn's vectorizer, as the texts are; the engine takes a shorter way.
    counted = text._counts([text.fold(words)])
    asked = np.zeros(text.FEATURES)
    asked[counted.indices] = counted.data * idf[counted.indices]
    asked /= np.linalg.norm(asked) or 1.0

    def likeness_of(entry: Entry) -> float:
        said = text.plain(entry.resource.name, entry.resource.description)
        row = weighed.get(said) or weighed.setdefault(said, text.matrix([said], idf))
        return min(1.0, float(asked[row["text_index"]] @ row["text_value"].astype(np.float64)))

    return likeness_of
