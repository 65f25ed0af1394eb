"""The four districts of the demo as areas: the ground nearest to each chome's point, joined up.

The number of districts is a fact of the plan; their outlines are invented.
"""

import geopandas as gpd
import numpy as np
import shapely

from jobs.demo.facts import DISTRICTS, people_of_towns, towns

LAYER = "districts"
PLANE = "EPSG:6677"
"""Plane rectangular coordinates, zone IX (JGD2011), in metres: Tokyo."""

EDGE_M = 250.0
"""How far beyond the outermost points of the chome the ward is taken to reach."""


def town_population() -> gpd.GeoDataFrame:
    """Return town, people and point of each chome, as `geodata.population` keeps them."""
    people = people_of_towns()
    return gpd.GeoDataFrame(
        {"town": [t.name for t in towns()], "people": [people[t.name] for t in towns()]},
        geometry=shapely.points([tuple(t.at) for t in towns()]),
        crs="EPSG:4326",
    )


def district_areas() -> gpd.GeoDataFrame:
    """Return code, name and geometry (WGS 84) of each district; together a partition."""
    points = gpd.GeoSeries(
        shapely.points([tuple(town.at) for town in towns()]), crs="EPSG:4326"
    ).to_crs(PLANE)
    joined = shapely.multipoints(points.to_numpy())
    ward = shapely.buffer(shapely.concave_hull(joined, ratio=0.3), EDGE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(joined, extend_to=ward))
    owner = points.sindex.query(cells, predicate="contains")
    districts = np.array([town.district for town in towns()])
    cell_district = np.empty(len(cells), dtype=object)
    cell_district[owner[0]] = districts[owner[1]]
    geometry = [
        shapely.intersection(shapely.union_all(cells[cell_district == code]), ward)
        for code in DISTRICTS
    ]
    return gpd.GeoDataFrame(
        {"code": list(DISTRICTS), "name": [ja for ja, _, _ in DISTRICTS.values()]},
        geometry=geometry,
        crs=PLANE,
    ).to_crs("EPSG:4326")
