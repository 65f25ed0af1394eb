"""The demo ward, loaded once in a test process; each test that wants it has a copy of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from door import make_program
from given_keys import with_keys

from casework.sealed_words import RING
from jobs.demo.load import load_demo
from jobs.program import Program
from jobs.tables import METADATA
from resources.database import Database

CATALOGUE = "demo.sqlite3"


@dataclass(frozen=True)
class DemoWard:
    """What is copied: the files, and the keys with which they were sealed."""

    folder: Path
    ring: object

    def copied(self, folder: Path, **settings: object) -> Program:
        """Open a copy of the ward in a folder, which is made where it isn't there."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        database = Database(f"sqlite:///{folder / CATALOGUE}")
        database.info[RING] = lambda: self.ring
        return make_program(database, folder / "home", **settings)


def loaded(folder: Path) -> DemoWard:
    """Load the demo into a folder, its index built."""
    database = with_keys(Database(f"sqlite:///{folder / CATALOGUE}"))
    METADATA.create_all(database.engine)
    program = make_program(database, folder / "home", demo=True)
    load_demo(program)
    with database.reading() as session:
        program.store.current(session)
    ring = database.info[RING]()
    database.close()
    return DemoWard(folder, ring)
