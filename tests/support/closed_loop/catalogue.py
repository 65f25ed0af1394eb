"""The town as the engine knows it: a catalogue made and changed by the real commands."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time

from casework.outcomes import suggested_facts
from closed_loop.people import Person
from closed_loop.town import Place
from matching.answers import Suggestion
from matching.evaluation import Evaluation
from matching.learned import Learned
from matching.learned_kept import in_force, keep_run
from matching.need import Need, parse_need
from matching.schemes import default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.why import explain
from resources import clock
from resources.clock import JAPAN
from resources.commands import register_resource, set_availability, verify_offering
from resources.database import Database
from resources.hubs import LISTED
from resources.models import Organization
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

BY = "closed loop"


class Catalogue:
    """A town in a database of its own; left : number of a place → seats that are free."""

    def __init__(self, database: Database, store: IndexStore, town: Sequence[Place]) -> None:
        self.database, self.store = database, store
        self.left = {place.number: place.seats for place in town}
        self.offering: dict[int, uuid.UUID] = {}
        self.resource: dict[int, uuid.UUID] = {}
        self.place_of: dict[uuid.UUID, Place] = {}
        now, lists = clock.now(), default_vocabulary()
        with database.writing(by=BY) as session:
            for host in sorted({place.host for place in town}, key=lambda h: h.id.int):
                session.add(
                    Organization(
                        id=host.id, name="架空の法人", resting_until=host.resting_until,
                        accompanied_cap=None, accompanied_now=None, created_at=now, edited_at=now,
                    )
                )  # fmt: skip
            session.flush()
            for place in town:
                registration = Registration.model_validate(place.registration())
                made = register_resource(
                    session, registration=registration, vocabulary=lists, by=BY
                )
                self.offering[place.number] = made.id
                self.resource[place.number] = made.resource_id
                self.place_of[made.id] = place

    def need(self, person: Person, on: date) -> Need:
        return parse_need(person.need(on, self.resource), default_vocabulary())

    def listed(self, person: Person, on: date) -> list[Suggestion]:
        """Return the list that staff would be shown."""
        with self.database.reading() as session:
            answer = suggest_placements(
                session, self.store, self.need(person, on), limit=LISTED, now=_morning(on)
            )
        return list(answer.suggestions)

    def explained(self, person: Person, place: Place, on: date) -> Suggestion:
        """Return what the engine says of a pair, be it on the list or not."""
        need, offering = self.need(person, on), self.offering[place.number]
        with self.database.reading() as session:
            return explain(session, self.store, need, offering, now=_morning(on)).suggestion

    def facts(self, found: Suggestion, shown_at: int | None) -> dict[str, object]:
        """Return what is kept of a pair as a placement begins."""
        with self.database.reading() as session:
            learned = self.store.current(session).learned
        share = 0.0 if learned is None else learned.share
        scheme = default_weighing().scheme("standard")
        return suggested_facts(found, scheme, shown_at=shown_at, learned_share=share)

    def taken(self, place: Place, seats: int, on: date) -> None:
        """Take a seat, or give one back (-1), and say so as staff would."""
        self.left[place.number] -= seats
        with self.database.writing(by=BY) as session:
            set_availability(
                session, offering_id=self.offering[place.number], status="capacity",
                places=self.left[place.number], said_by="staff", said_on=on, by=BY,
            )  # fmt: skip

    def verified(self, on: date) -> None:
        """Let staff confirm all places on a day."""
        with self.database.writing(by=BY) as session:
            for offering in self.offering.values():
                verify_offering(session, offering_id=offering, verified_by="staff", on=on, by=BY)

    def built_anew(self) -> None:
        """Build the index anew, as happens now and then: what changed since costs at each look."""
        with self.database.reading() as session:
            self.store.build(session)

    def kept(self, evaluation: Evaluation, learned: Learned | None, outcomes: int) -> None:
        """Keep a run of learning, as the weekly job does."""
        with self.database.writing(by=BY) as session:
            told = evaluation.as_json()
            keep_run(session, outcomes=outcomes, evaluation=told, learned=learned, by=BY)

    def in_force(self) -> Learned | None:
        with self.database.reading() as session:
            return in_force(session)


def _morning(on: date) -> datetime:
    return datetime.combine(on, time(8, 30), JAPAN)
