"""Questions about gaps as pages and commands put them: with what the program has at hand."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
from sqlalchemy.orm import Session

from api.words import say
from geodata.areas import NoLayer, load_layer
from geodata.drawing import Drawing, TownMark, draw_map
from geodata.population import load_population
from jobs.program import Program
from resources.gaps import GapQuestion, Gaps, find_gaps, points_of
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


def map_of_gaps(program: Program, gaps: Gaps, path: Path, title: str, language: str) -> None:
    """Write the map of gaps to a .png or .pdf; raises `NoJapaneseFont`."""
    population = load_population(program.settings.layers_folder)
    is_gap = {(t.town, t.lon, t.lat): t.is_gap for t in gaps.towns}
    lon, lat = points_of(population)
    areas, streets = districts_of(program), program.store.streets()
    words = {key: say(f"gaps.map_{key}", language) for key in ("gap", "served", "place")}
    source = say("gaps.map_source", language)
    if streets is not None:
        source += " " + say("gaps.map_streets", language)
    if any(p.invented for p in gaps.places):
        source += " " + say("gaps.map_invented", language)
    drawing = Drawing(
        title,
        [
            TownMark(name, shape, people, is_gap[name, x, y])
            for name, shape, people, x, y in zip(
                population["town"], population.geometry, population["people"], lon, lat, strict=True
            )
        ],
        [(p.lon, p.lat) for p in gaps.places if p.hours_a_week],
        [] if areas is None else areas.geometry.tolist(),
        None if streets is None else streets.lines,
        words,
        source,
    )
    draw_map(drawing, path)


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
