"""Of random people and places: each verdict is the reference's, and no list breaks a rule.

`make faults` puts a million pairs of a person and a place to it.
"""

import os
import random
import uuid
from datetime import UTC, datetime

import numpy as np
from oracle import catalogues
from oracle.reference import SAFETY, Reference
from sqlalchemy.orm import Session

from matching.ask import prepare
from matching.need import parse_need
from matching.rules import judge
from matching.schemes import default_weighing
from matching.sight import Sight
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.verdicts import FAIL, WORDS
from resources.commands import register_resource
from resources.database import Database
from resources.queries import Entry, _entries
from resources.registration import Registration

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PAIRS = int(os.environ.get("IBASHO_PAIRS", "8000"))
PLACES = 100 if PAIRS < 100_000 else 1_000


class Remembering(Reference):
    """The reference; it works a schedule's sessions out once for each day that is asked for."""

    known: dict[object, object]

    def sessions(self, entry: Entry) -> object:
        key = (entry.offering.id, self.day, self.start, self.need.limits.minutes)
        if key not in self.known:
            self.known[key] = super().sessions(entry)
        return self.known[key]


def test_every_verdict_is_the_references_and_no_list_breaks_a_rule(
    sqlite_database: Database, store: IndexStore, sqlite_hosts: list[uuid.UUID]
) -> None:
    r = random.Random(int(os.environ.get("IBASHO_SEED", "41")))
    today, hosts = NOW.date(), sqlite_hosts
    with sqlite_database.writing(by="test") as session:
        for _ in range(PLACES):
            register_resource(
                session,
                registration=Registration.model_validate(catalogues.registration(r, hosts, today)),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    pairs = shown = failed = 0
    known: dict[object, object] = {}
    with sqlite_database.reading() as session:
        entries = _entries(session)
        while pairs < PAIRS:
            asked = catalogues.need(r, hosts, today)
            asked["on"] = r.choice(["2026-12-28", None])
            found = _compare(session, store, entries, asked, known)
            pairs, shown, failed = pairs + found[0], shown + found[1], failed + found[2]
    assert shown > PAIRS // 400  # the test says something
    assert failed > PAIRS // 10
    print(f"{pairs:,} pairs of a person and a place, {shown:,} suggestions, no rule broken")


def _compare(
    session: Session, store: IndexStore, entries: list[Entry], asked: dict[str, object],
    known: dict[object, object],
) -> tuple[int, int, int]:  # fmt: skip
    """Compare one person with every place; return pairs, suggestions and failed pairs."""
    need = parse_need(asked, catalogues.VOCABULARY)
    reference = Remembering(
        catalogues.VOCABULARY, need, NOW, default_weighing().schemes["standard"]
    )
    reference.known = known
    reference.locations = [e.location for e in entries if e.location is not None]
    by_id = {e.offering.id: e for e in entries}
    ask = prepare(need, store.codebook, NOW)
    rows, distance_m = store.current(session).candidates(ask.origin, None)
    sight = Sight(rows, distance_m, ask, store.codebook)
    judged = judge(sight)
    codes = [rule.code for rule in judged.rules]
    bad: dict[uuid.UUID, list[str]] = {}
    for i in range(len(rows)):
        offering = uuid.UUID(int=int(rows["id_high"][i]) << 64 | int(rows["id_low"][i]))
        mine = {c: WORDS[int(v)] for c, v in zip(codes, judged.table[:, i], strict=True)}
        plain = reference.verdicts(by_id[offering])
        assert mine == plain, asked
        bad[offering] = [code for code, verdict in plain.items() if verdict == "fail"]
        assert not SAFETY & {c for c, v in plain.items() if v == "unknown"}
    answer = suggest_placements(session, store, need, limit=50, now=NOW)
    for suggestion in answer.suggestions:
        assert bad[suggestion.place.offering] == []
        assert suggestion.score == sum(suggestion.contributions.values())
    for miss in answer.nearest_misses:
        assert not SAFETY & set(bad[miss.place.offering])
    return len(rows), len(answer.suggestions), int(np.any(judged.table == FAIL, axis=0).sum())
