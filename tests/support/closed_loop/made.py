"""Makes two catalogues of one invented town, and lets the loop run over them."""

import random
from pathlib import Path

from closed_loop.catalogue import Catalogue
from closed_loop.rounds import Round, World, simulate
from closed_loop.town import town
from matching.store import IndexStore
from resources.database import Database
from resources.models import Base
from resources.vocabulary import default_vocabulary


def run(folder: Path, world: World) -> list[Round]:
    """Return what each month brought; folder : an existing one, for the two databases."""
    made = town(random.Random(world.seed), world.places)
    databases = [Database(f"sqlite:///{folder / name}.sqlite3") for name in ("plain", "learning")]
    catalogues = []
    for database, name in zip(databases, ("plain", "learning"), strict=True):
        Base.metadata.create_all(database.engine)
        store = IndexStore(folder / f"{name}-index", default_vocabulary())
        catalogues.append(Catalogue(database, store, made))
    try:
        return simulate(catalogues[0], catalogues[1], made, world)
    finally:
        for database in databases:
            database.close()
