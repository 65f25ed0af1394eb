"""What the running program holds: settings, database, closed lists, index, gazetteer."""

from dataclasses import dataclass

from sqlalchemy import select

from geodata.gazetteer import Gazetteer, load_gazetteer
from jobs.schema import upgrade
from jobs.settings import Settings
from matching.store import IndexStore
from resources.database import Database
from resources.models import TaxonomyTerm
from resources.vocabulary import Term, Vocabulary, default_vocabulary


@dataclass(frozen=True)
class Program:
    """Everything a request, a job or a command needs from outside the library."""

    settings: Settings
    database: Database
    vocabulary: Vocabulary
    store: IndexStore

    def gazetteer(self) -> Gazetteer:
        """Return the gazetteer in use; raise `NoGazetteer` where none was imported."""
        return load_gazetteer(self.settings.gazetteer_folder)

    def close(self) -> None:
        self.database.close()


def _vocabulary(database: Database) -> Vocabulary:
    """Read the municipality's own lists; the default ones where there are none yet."""
    with database.reading() as session:
        rows = session.scalars(
            select(TaxonomyTerm)
            .where(TaxonomyTerm.active)
            .order_by(TaxonomyTerm.axis, TaxonomyTerm.position)
        ).all()
    if not rows:
        return default_vocabulary()
    return Vocabulary(Term(r.axis, r.code, r.ja, r.en, r.facts) for r in rows)


def open_program(settings: Settings) -> Program:
    """Open the database (made and brought to the schema where needed) and the index."""
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    upgrade(database)
    vocabulary = _vocabulary(database)
    store = IndexStore(settings.index_folder, vocabulary, settings.streets_folder)
    return Program(settings, database, vocabulary, store)
