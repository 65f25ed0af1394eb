"""The map of gaps for a meeting, as PNG or PDF."""

from pathlib import Path

from api.words import say
from geodata.drawing import Drawing, TownMark, draw_map
from geodata.population import load_population
from jobs.planning import districts_of
from jobs.program import Program
from resources.gaps import Gaps, points_of


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
