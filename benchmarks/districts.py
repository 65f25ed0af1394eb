"""Times which district each of a million points lies in, beside a spatial join of GeoPandas.

The areas are the ground nearest to each chome of the demo ward, 83 of them. Both give the same
code for each point, borders included, which is checked.

    python -m benchmarks.districts
"""

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geodata.areas import district_of
from jobs.demo.facts import towns

POINTS = 1_000_000
OUT = Path(__file__).parent / "out"


def areas() -> gpd.GeoDataFrame:
    points = shapely.multipoints([tuple(town.at) for town in towns()])
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=points.envelope))
    codes = [f"{k:03d}" for k in range(len(cells))]
    return gpd.GeoDataFrame({"code": codes}, geometry=cells, crs="EPSG:4326")


def joined(districts: gpd.GeoDataFrame, lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    pairs = gpd.sjoin(points, districts, predicate="intersects")
    first = pairs.groupby(level=0)["code"].min().reindex(range(len(lon)))
    return [None if code != code else code for code in first]


def main() -> None:
    districts = areas()
    west, south, east, north = districts.total_bounds
    r = np.random.default_rng(1)
    lon, lat = r.uniform(west, east, POINTS), r.uniform(south, north, POINTS)
    # Some on the borders themselves: their corners.
    corners = shapely.get_coordinates(districts.geometry.to_numpy())
    lon[: len(corners)], lat[: len(corners)] = corners.T
    started = time.perf_counter()
    ours = district_of(districts, lon, lat).tolist()
    middle = time.perf_counter()
    theirs = joined(districts, lon, lat)
    ended = time.perf_counter()
    text = (
        f"{POINTS:,} points in {len(districts)} areas\n\n| way | seconds |\n|---|---|\n"
        f"| district_of | {middle - started:.2f} |\n| geopandas sjoin | {ended - middle:.2f} |\n\n"
        f"same answers: {ours == theirs}"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "districts.md").write_text(text + "\n", encoding="utf-8")
    if ours != theirs:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
