"""Times "near, on foot, and open" among generated places, beside scipy's Dijkstra and pandas.

The other way is what one would write with SciPy and pandas: Dijkstra from the two crossings at the
ends of the street one stands in, distances to all places, filters and a sort. Both know the streets
and where each place lies on them; both give the same places in the same order, which is checked.
The streets are invented: crooked blocks over the whole generated area, a fifth of them missing.

    python -m benchmarks.nearby --places 100000
"""

import argparse
import statistics
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.suggest import prepared
from geodata.coordinates import LonLat, great_circle_m
from geodata.releases import publish
from geodata.straight import DETOUR
from geodata.streets import NAME, StreetGraph
from geodata.streets_source import LEAST_PIECE_M, line_length_m, pieces
from jobs.program import Program
from matching.encoding import day_number
from matching.index import Index
from matching.nearby import NearbyQuestion, nearby_places
from matching.rows import eve_of
from resources.clock import JAPAN

OUT = Path(__file__).parent / "out"
WHEN = datetime(2026, 12, 1, 13, 30, tzinfo=JAPAN)
BLOCK_M = 120.0
MINUTES, SPEED, LEFT, SHOWN = 15.0, 1.1, 30, 20
ROUNDS = 3


def lay_streets(program: Program, index: Index) -> None:
    """Publish invented streets over the area of all places, where there are none yet."""
    if program.store.streets() is not None:
        return
    columns = index.base.columns
    lon, lat = columns["lon"], columns["lat"]
    west, east = np.nanmin(lon) - 0.01, np.nanmax(lon) + 0.01
    south, north = np.nanmin(lat) - 0.01, np.nanmax(lat) + 0.01
    step = BLOCK_M / 111_195
    r = np.random.default_rng(1)
    across, up = np.arange(west, east, step * 1.23), np.arange(south, north, step)
    x, y = np.meshgrid(across, up)
    points = np.stack([x, y], axis=-1) + r.uniform(-0.25, 0.25, (*x.shape, 2)) * step
    number = np.arange(x.size).reshape(x.shape)
    ends = np.concatenate(
        [
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1),
            np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1),
        ]
    )
    ends = ends[r.random(len(ends)) < 0.8]
    lines = shapely.linestrings(points.reshape(-1, 2)[ends])
    piece = pieces(ends[:, 0], ends[:, 1], x.size)[ends[:, 0]]
    metres = line_length_m(lines)
    kept = np.bincount(piece, metres)[piece] >= LEAST_PIECE_M
    edges = gpd.GeoDataFrame(
        {"start": ends[kept, 0], "end": ends[kept, 1], "length_m": metres[kept], "steps": False},
        geometry=lines[kept],
        crs="EPSG:4326",
    )
    publish(program.settings.streets_folder, NAME, edges.to_parquet)


class PandasWay:
    """All places as a data frame, all streets as a matrix; each question goes through them."""

    def __init__(self, program: Program, index: Index, streets: StreetGraph) -> None:
        columns = index.base.columns
        gathering = program.store.codebook.gathering
        today = day_number(WHEN.date())
        frame = pd.DataFrame(
            {name: columns[name] for name in ("id_high", "id_low", "lon", "lat", "resource")}
        )
        frame["wanted"] = (
            gathering[columns["kind"]]
            & (columns["status"] == 0)
            & ((columns["ends_day"] < 0) | (columns["ends_day"] >= today))
            & (columns["availability"] != 4)
            & ~((columns["availability"] == 1) & (columns["places"] == 0))
        )
        frame["known"] = columns["schedule_known"] == 1
        for name, column in streets.snap(columns["lon"], columns["lat"])._asdict().items():
            frame[name] = column
        self.frame, self.streets = frame, streets
        self.slots = slots_of(index)
        n = streets.crossings
        # Parallel streets: the shortest counts; the matrix would add them up.
        pairs = pd.DataFrame(
            {
                "a": np.minimum(streets.start, streets.end),
                "b": np.maximum(streets.start, streets.end),
                "m": streets.length_m,
            }
        )
        shortest = pairs.groupby(["a", "b"], as_index=False)["m"].min()
        self.matrix = coo_array((shortest["m"], (shortest["a"], shortest["b"])), (n, n)).tocsr()

    def ask(self, origin: LonLat) -> list[int]:
        limit = MINUTES * 60 * SPEED
        straight = great_circle_m(
            origin, self.frame["lon"].to_numpy(), self.frame["lat"].to_numpy()
        )
        metres = self._metres(origin, straight, limit)
        near = self.frame.assign(metres=metres)
        near = near[near["wanted"] & (near["metres"] <= limit)]
        near = near.assign(walk=np.ceil(near["metres"] / SPEED / 60))
        there = near.join(self.slots, how="inner")
        arrival = WHEN.hour * 60 + WHEN.minute + there["walk"]
        fits = there[(there["start"] <= arrival) & (there["end"] - arrival >= LEFT)]
        sure = fits.groupby(level=0)["unsure"].min()
        near = near.assign(state=np.where(near["known"], 3, 2))
        near.loc[sure.index, "state"] = sure.to_numpy()
        open_ones = near[near["state"] < 3]
        open_ones = open_ones.assign(later=open_ones["state"] > 0)
        by = ["later", "walk", "metres", "id_high", "id_low"]
        first = open_ones.sort_values(by).drop_duplicates("resource").head(SHOWN)
        return [
            (int(h) << 64) | int(low)
            for h, low in zip(first["id_high"], first["id_low"], strict=True)
        ]

    def _metres(self, origin: LonLat, straight: Any, limit: float) -> Any:
        at = self.streets.snap([origin.lon], [origin.lat])
        edge = int(at.edge[0])
        rough = np.rint(straight) * DETOUR
        if edge < 0:
            return rough
        s = self.streets
        ends = [int(s.start[edge]), int(s.end[edge])]
        found = dijkstra(self.matrix, directed=False, indices=ends, limit=limit + 500)
        along, off = self.frame["along_m"].to_numpy(), self.frame["off_m"].to_numpy()
        place = self.frame["edge"].to_numpy()
        own = [float(at.along_m[0]), float(s.length_m[edge] - at.along_m[0])]
        best = np.where(place == edge, np.abs(along - own[0]), np.inf)
        for k in (0, 1):
            best = np.minimum(best, own[k] + found[k][s.start[place]] + along)
            best = np.minimum(best, own[k] + found[k][s.end[place]] + s.length_m[place] - along)
        by_streets = np.maximum(np.rint(best + off + at.off_m[0]), np.rint(straight))
        same = (place >= 0) & (s.piece[place] == s.piece[edge])
        return np.where(same, by_streets, rough)


def slots_of(index: Index) -> pd.DataFrame:
    """Return the sessions of the day, by row; those of the eve and of the morrow moved to it."""
    rows, _ = index.candidates(LonLat(139.7, 35.7), None)
    slots = rows.slots(eve_of(WHEN.date()))
    row = np.repeat(np.arange(len(rows)), np.diff(slots.pointer))
    parts = []
    for bit, shift in ((1, 0), (0, -1440), (2, 1440)):
        on = ((slots.held >> np.uint64(bit)) & np.uint64(1)) == 1
        unsure = ((slots.uncertain >> np.uint64(bit)) & np.uint64(1)).astype(int)
        parts.append(
            pd.DataFrame(
                {
                    "start": slots.start[on] + shift,
                    "end": slots.end[on] + shift,
                    "unsure": unsure[on],
                },
                index=row[on],
            )
        )
    return pd.concat(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    program = prepared(arguments.places, "-streets")
    with program.database.reading() as session:
        index = program.store.current(session)
        lay_streets(program, index)
        streets = program.store.streets()
        assert streets is not None
        other = PandasWay(program, index, streets)
        lon, lat = index.base.columns["lon"], index.base.columns["lat"]
        r = np.random.default_rng(2)
        rows = r.choice(np.flatnonzero(~np.isnan(lon)), arguments.questions)
        origins = [
            LonLat(float(lon[k] + r.normal(0, 0.002)), float(lat[k] + r.normal(0, 0.002)))
            for k in rows
        ]
        questions = [
            NearbyQuestion(o, MINUTES, SPEED, when=WHEN, minutes_left=LEFT, limit=SHOWN)
            for o in origins
        ]
        theirs = [other.ask(o) for o in origins]
        ours = [
            [p.place.offering.int for p in nearby_places(session, program.store, q).places]
            for q in questions
        ]
        times: dict[str, list[float]] = {"nearby": [], "scipy and pandas": []}
        for _ in range(ROUNDS):
            # Anew each time: no question finds what another has searched.
            cold = StreetGraph(
                streets.start, streets.end, streets.length_m, streets.steps, streets.lines,
                streets.crossings,
            )  # fmt: skip
            warmed(program, index, cold)
            for question, origin in zip(questions, origins, strict=True):
                started = time.perf_counter()
                nearby_places(session, program.store, question)
                middle = time.perf_counter()
                other.ask(origin)
                times["nearby"].append((middle - started) * 1000)
                times["scipy and pandas"].append((time.perf_counter() - middle) * 1000)
    report(arguments.places, streets, times, ours == theirs)
    program.close()
    if ours != theirs:
        raise SystemExit(1)


def warmed(program: Program, index: Index, streets: StreetGraph) -> None:
    """Put a graph without memories of earlier searches in force, and every place on it."""
    program.store.streets = lambda: streets  # type: ignore[method-assign]
    index.base.on_streets.of(streets, np.arange(len(index.base.columns)))
    streets.neighbours, streets.piece  # noqa: B018 - made now, as at the start of a server


def report(places: int, streets: StreetGraph, times: dict[str, list[float]], same: bool) -> None:
    lines = [
        f"{places:,} places, {streets.crossings:,} crossings, {len(streets.start):,} streets",
        "",
        "| way | median ms | 99 % ms | questions |",
        "|---|---|---|---|",
    ]
    for name, taken in times.items():
        p99 = sorted(taken)[int(len(taken) * 0.99)]
        lines.append(f"| {name} | {statistics.median(taken):.2f} | {p99:.2f} | {len(taken)} |")
    one, other = (statistics.median(taken) for taken in times.values())
    lines += ["", f"same answers: {same}; scipy and pandas ÷ nearby, medians: {other / one:.0f}"]
    text = "\n".join(lines)
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "nearby.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
