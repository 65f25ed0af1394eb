"""An hour without its zone would mean that of the machine: every entry that takes a moment refuses it."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from oracle import catalogues
from sqlalchemy.orm import Session

from geodata.coordinates import LonLat
from matching.ask import prepare
from matching.codebook import Codebook
from matching.lists import lists_for
from matching.nearby import NearbyQuestion, nearby_places
from matching.need import parse_need
from matching.path import path_of
from matching.scheme_preview import preview
from matching.schemes import USUAL, default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.table import Table
from matching.waiting_list import Waiting, share_places
from matching.week import week_of
from matching.why import explain
from resources.clock import NoZone
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration

NAIVE = datetime.fromisoformat("2026-11-24T10:00")
HERE = LonLat(139.7148, 35.7290)
NEED = parse_need({"at": HERE._asdict()}, catalogues.VOCABULARY)
NEAR = NearbyQuestion(at=HERE)
OWN = uuid.UUID(int=7)
USUALLY = (default_weighing(), USUAL)

Entry = Callable[[Session, IndexStore], Any]

ENTRIES: dict[str, Entry] = {
    "suggest": lambda s, store: suggest_placements(s, store, NEED, now=NAIVE),
    "lists": lambda s, store: list(lists_for(s, store, [NEED], now=NAIVE)),
    "week": lambda s, store: week_of(s, store, NEED, now=NAIVE),
    "path": lambda s, store: path_of(s, store, NEED, now=NAIVE),
    "nearby": lambda s, store: nearby_places(s, store, NEAR, now=NAIVE),
    "nearby, when": lambda s, store: nearby_places(
        s, store, NearbyQuestion(at=HERE, when=NAIVE)
    ),
    "sharing": lambda s, store: share_places(s, store, [Waiting("A", NEED)], now=NAIVE),
    "preview": lambda s, store: preview(
        s, store, [], before=USUALLY, after=USUALLY, now=NAIVE
    ),
}  # fmt: skip


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_moment_without_a_zone_is_refused(
    sqlite_database: Database, store: IndexStore, entry: str
) -> None:
    with (
        sqlite_database.reading() as session,
        pytest.raises(NoZone, match="the moment has no time zone; give it one"),
    ):
        ENTRIES[entry](session, store)


def test_so_it_is_where_one_place_is_asked_about(
    sqlite_database: Database, store: IndexStore
) -> None:
    with sqlite_database.writing(by="test") as session:
        offering = register_resource(
            session,
            registration=Registration.model_validate({
                "resource": {"name": "サロン", "kind": "salon"},
                "location": HERE._asdict(), "offering": {},
            }),
            vocabulary=catalogues.VOCABULARY,
            by="test",
        )  # fmt: skip
    with sqlite_database.reading() as session, pytest.raises(NoZone):
        explain(session, store, NEED, offering.id, now=NAIVE)


def test_so_it_is_of_a_table_and_of_what_makes_a_need_ready() -> None:
    table = Table(pd.DataFrame([{"name": "本の部屋", "kind": "salon", "id": OWN}]))
    with pytest.raises(NoZone):
        table.suggest(NEED, now=NAIVE)
    with pytest.raises(NoZone):
        table.why(NEED, OWN, now=NAIVE)
    with pytest.raises(NoZone):
        prepare(NEED, Codebook(catalogues.VOCABULARY), NAIVE)
