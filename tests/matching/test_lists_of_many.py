"""Many lists at once: each is the one that the person would get alone."""

import random
import uuid
from datetime import date

from oracle import catalogues

from matching.lists import lists_for
from matching.need import parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.commands import register_resource
from resources.database import Database
from resources.models import Offering
from resources.registration import Registration

TODAY = date(2026, 11, 24)


def test_lists_of_many_who_ask_from_few_points_are_those_of_each_alone(
    database: Database, store: IndexStore
) -> None:
    r = random.Random(11)
    hosts = [uuid.uuid4() for _ in range(4)]
    with database.writing(by="test") as session:
        for _ in range(120):
            register_resource(
                session,
                registration=Registration.model_validate(
                    catalogues.registration(r, hosts, TODAY) | {"organization": {"name": "架空"}}
                ),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    with database.reading() as session:
        store.build(session)
    asked = [catalogues.need(r, hosts, TODAY) for _ in range(60)]
    points = [need["at"] for need in asked[:4]]
    needs = [parse_need(need | {"at": r.choice(points)}, catalogues.VOCABULARY) for need in asked]
    with database.writing(by="test") as session:
        # Booked since the index was built: no news to the change log, and still no room.
        for offering in session.query(Offering).filter_by(availability="capacity").limit(25):
            offering.places = 0
        session.flush()
        many = list(lists_for(session, store, needs, limit=5))
        alone = [suggest_placements(session, store, need, limit=5) for need in needs]
        assert [[tuple(place) for place in listed] for listed in many] == [
            [(s.place.offering, s.score, s.confidence) for s in answer.suggestions]
            for answer in alone
        ]
        assert sum(map(len, many)) > 30
        session.rollback()
