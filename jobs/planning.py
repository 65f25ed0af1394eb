"""Questions about gaps as pages, commands and jobs put them: with what the program has at hand."""

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
from sqlalchemy.orm import Session

from geodata.areas import NoLayer, load_layer
from geodata.population import load_population
from jobs.program import Program
from resources.gaps import GapQuestion, Gaps, find_gaps
from resources.sites import Siting, find_sites
from resources.vocabulary import Vocabulary

DISTRICTS = "districts"
PUBLIC_BUILDINGS = ("facility",)
"""Kinds that are buildings of the public, where something could be opened."""


def kinds_that_count(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the kinds where people gather; a public building by itself is none."""
    return tuple(
        term.code
        for term in vocabulary.terms("kind")
        if term.facts.get("gathering") and term.code not in PUBLIC_BUILDINGS
    )


def districts_of(program: Program) -> gpd.GeoDataFrame | None:
    try:
        return load_layer(program.settings.layers_folder, DISTRICTS)
    except NoLayer:
        return None


def district_names(program: Program) -> dict[str, str]:
    areas = districts_of(program)
    return {} if areas is None else dict(zip(areas["code"], areas["name"], strict=True))


def gaps_of(program: Program, session: Session, question: GapQuestion, from_day: date) -> Gaps:
    """Return where places are missing, with the layers in force.

    Raises `NoPopulation` where no population was imported, `NoDemand` where nothing can be weighed.
    """
    return find_gaps(
        session,
        population=load_population(program.settings.layers_folder),
        question=question,
        from_day=from_day,
        streets=program.store.streets(),
        districts=districts_of(program),
    )


def sites_of(
    program: Program,
    session: Session,
    gaps: Gaps,
    sites: int,
    from_day: date,
    among: Sequence[str] = PUBLIC_BUILDINGS,
) -> Siting:
    return find_sites(
        session,
        gaps=gaps,
        among=among,
        sites=sites,
        from_day=from_day,
        streets=program.store.streets(),
    )
