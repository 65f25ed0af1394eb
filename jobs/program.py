"""What the running program holds: settings, database, closed lists, index, gazetteer."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from casework.sealed_fields import KeyRing
from casework.sealed_words import RING
from geodata.gazetteer import Gazetteer, NoGazetteer, load_gazetteer
from jobs.belonging import check_belonging
from jobs.keys import give_keys, made_ring, ring_of
from jobs.schema import upgrade
from jobs.settings import Settings, secret_key
from matching.store import IndexStore
from resources.changes import latest_revision
from resources.database import Database
from resources.terms import lists_changed, read_vocabulary
from resources.vocabulary import Vocabulary, default_vocabulary


@dataclass
class Program:
    """Everything a request, a job or a command needs from outside the library.

    vocabulary : the closed lists; `look_again` and `follow_lists` take what was edited since
    catching_up : held while open data follows the change log
    """

    settings: Settings
    database: Database
    vocabulary: Vocabulary
    store: IndexStore
    catching_up: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _lists_seen: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        give_keys(self.database, self.settings)

    def look_again(self) -> None:
        """Take the closed lists as they are now; asked before every job."""
        # A database that can't be reached is no news here: whoever asks it will say so.
        with suppress(SQLAlchemyError), self.database.reading() as session:
            self.follow_lists(latest_revision(session))

    def follow_lists(self, newest: int) -> None:
        """Take the closed lists as of a revision, the newest one; told before every request.

        So a list that another process edited is in force with the next request.
        """
        if newest == self._lists_seen:
            return
        with suppress(SQLAlchemyError), self.database.reading() as session:
            if lists_changed(session, since=self._lists_seen):
                self.vocabulary = read_vocabulary(session) or self.vocabulary
            self._lists_seen = newest

    def gazetteer(self) -> Gazetteer:
        """Return the gazetteer in use; raise `NoGazetteer` where none was imported."""
        return load_gazetteer(self.settings.gazetteer_folder)

    def gazetteer_if_any(self) -> Gazetteer | None:
        """Return the gazetteer in use; None where none was imported."""
        try:
            return self.gazetteer()
        except NoGazetteer:
            return None

    def ring(self) -> KeyRing:
        """Return the keys of what is sealed; the first call makes them. Raises `NoKeys`."""
        return ring_of(self.database, self.settings)

    def make_keys(self) -> None:
        """Make what this installation signs and seals with, where there is none yet.

        For what keeps running: there is then something to copy to the other machines before they
        start. Whoever only brings a copy back brings its keys. Raises `NoKeys`, `NoSecret`.
        """
        secret_key(self.settings.home)
        self.ring()

    def close(self) -> None:
        self.database.close()


def open_program(settings: Settings) -> Program:
    """Open the database (made and brought to the schema where needed) and the index.

    Raises `DatabaseLost`, `NoKeys`, `NoSecret` where what belongs together isn't there together.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    # Of many municipalities few are asked at a time, but all are held open.
    database = Database(settings.database, kept=1 if settings.municipality else 10)
    try:
        check_belonging(database, settings)
        # Nothing is sealed where there is no ring, and nobody else is let in meanwhile.
        database.info[RING] = partial(made_ring, settings)
        upgrade(database)
        with database.reading() as session:
            vocabulary = read_vocabulary(session) or default_vocabulary()
    except BaseException:
        database.close()
        raise
    store = IndexStore(settings.index_folder, vocabulary, settings.streets_folder)
    return Program(settings, database, vocabulary, store)
