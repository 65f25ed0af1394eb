"""Two people merge the same two entries at the same moment, each into the other."""

import threading
import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.commands import register_resource
from resources.database import Database
from resources.merged import MERGED, Merge
from resources.merging import CannotMerge, merge_resources
from resources.models import Resource
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

Way = Callable[[Session, uuid.UUID, uuid.UUID], None]


def _pair(database: Database) -> tuple[uuid.UUID, uuid.UUID]:
    made = []
    for name in ("架空の一", "架空の二"):
        registration = Registration.model_validate({"resource": {"name": name, "kind": "salon"}})
        with database.writing(by="test") as session:
            made.append(
                register_resource(
                    session, registration=registration, vocabulary=default_vocabulary(), by="test"
                ).resource_id
            )
    return made[0], made[1]


def _at_once(database: Database, way: Way) -> list[str]:
    """Merge a pair both ways from two threads; return how it stands with the two then."""
    one, other = _pair(database)
    ready = threading.Barrier(2, timeout=20)

    def run(kept: uuid.UUID, away: uuid.UUID) -> None:
        ready.wait()
        try:
            with database.writing(by="user:x") as session:
                way(session, kept, away)
        except CannotMerge:
            pass

    threads = [threading.Thread(target=run, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with database.reading() as session:
        statement = select(Resource.status).where(Resource.id.in_([one, other]))
        return sorted(session.scalars(statement))


def test_one_of_the_two_merges_is_refused_and_one_entry_stays(database: Database) -> None:
    def way(session: Session, kept: uuid.UUID, away: uuid.UUID) -> None:
        merge_resources(session, kept_id=kept, merged_id=away, by="user:x")

    for _ in range(5):
        assert _at_once(database, way) == [MERGED, "published"]


def test_looking_first_and_merging_then_loses_both_entries(database: Database) -> None:
    """The naive way, with what each looked at before the other wrote: nothing is left to suggest."""
    looked = threading.Barrier(2, timeout=20)

    def way(session: Session, kept: uuid.UUID, away: uuid.UUID) -> None:
        with database.reading() as early:
            fine = early.get_one(Resource, away).status != MERGED
        looked.wait()
        if fine:
            changes.acting(session, by="user:x")
            session.get_one(Resource, away).status = MERGED
            session.add(
                Merge(
                    id=uuid.uuid4(), kept_id=kept, merged_id=away, writes=[], by="user:x",
                    at=clock.now(),
                )
            )  # fmt: skip
            session.flush()

    assert _at_once(database, way) == [MERGED, MERGED]
