"""The agency graph: who takes a need, who must be at the table, who refers to whom."""

import itertools
import random
from dataclasses import dataclass, field

import pytest

from resources.agencies import (
    COORDINATES,
    REFERS_TO,
    UnknownInGraph,
    agencies_for_need,
    build_graph,
    referral_path,
    table_for_needs,
)


@dataclass
class Desk:
    code: str
    needs: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    districts: list[str] | None = None
    programmes: list[str] = field(default_factory=list)
    meetings: list[str] = field(default_factory=list)

    @property
    def ja(self) -> str:
        return f"窓口{self.code}"

    @property
    def en(self) -> str:
        return f"Desk {self.code}"


@dataclass
class Way:
    origin: str
    target: str
    relation: str = REFERS_TO


WARD = [
    Desk("east", ["dementia", "frailty"], ["elderly"], ["d1"], ["consultation"]),
    Desk("west", ["dementia", "frailty"], ["elderly"], ["d2"], ["consultation"]),
    Desk("health", ["mental_health", "dementia"], ["health"], None, ["consultation"]),
    Desk("work", ["job_search", "poverty"], ["work", "hardship"], None, ["consultation"]),
    Desk("housing", ["unstable_housing"], ["housing"], None, [], ["suishin_bukai"]),
    Desk("elders", ["caregiving"], ["elderly"], None, [], ["suishin_bukai"]),
    Desk("body", programmes=["coordination"]),
]
WAYS = [
    *(Way(d.code, "body") for d in WARD[:5]),
    *(Way("body", d.code, COORDINATES) for d in WARD[:6]),
    Way("elders", "east"),
]


def test_the_desk_of_the_district_comes_before_those_of_the_whole_ward() -> None:
    takers = agencies_for_need(build_graph(WARD, WAYS), "dementia", "d1")
    assert [t.code for t in takers] == ["east", "health", "elders"]
    assert [t.directly for t in takers] == [True, True, False]
    assert takers[0].reason() == "この圏域の担当・この課題を受け止める窓口"
    assert takers[2].reason("en") == "covers the whole municipality, works in the need's field"


def test_a_desk_of_another_district_does_not_take_a_need_here() -> None:
    codes = {t.code for t in agencies_for_need(build_graph(WARD, WAYS), "frailty", "d2")}
    assert "west" in codes
    assert "east" not in codes


def test_without_a_district_every_desk_counts() -> None:
    codes = {t.code for t in agencies_for_need(build_graph(WARD, WAYS), "frailty")}
    assert {"east", "west"} <= codes


def test_who_takes_no_consultations_is_nobodys_desk() -> None:
    assert all(
        t.code != "body" for t in agencies_for_need(build_graph(WARD, WAYS), "isolation", "d1")
    )


@pytest.mark.parametrize(("need", "district"), [("dragons", "d1"), ("dementia", "d9")])
def test_an_unknown_need_or_district_is_refused_by_name(need: str, district: str) -> None:
    graph = build_graph(WARD, WAYS)
    with pytest.raises(UnknownInGraph, match=r"dragons|d9"):
        agencies_for_need(graph, need, district)
    with pytest.raises(UnknownInGraph):
        table_for_needs(graph, [need], district)


def test_a_link_to_nobody_is_refused() -> None:
    with pytest.raises(UnknownInGraph, match="nowhere"):
        build_graph(WARD, [Way("east", "nowhere")])


def test_the_table_is_the_fewest_agencies_with_the_one_that_coordinates_them() -> None:
    table = table_for_needs(
        build_graph(WARD, WAYS), {"job_search": 1, "dementia": 3, "poverty": 2}, "d1"
    )
    assert [s.code for s in table.seats] == ["east", "work"]  # the weightiest need first
    assert table.seats[1].needs == ("poverty", "job_search")
    assert table.seats[1].only_one == ("poverty", "job_search")
    assert table.lead is not None
    assert table.lead.code == "body"
    assert table.seats[0].path == ("east", "body")
    assert [o.code for o in table.officers] == ["elders"]
    assert table.nobody == ()


def test_one_agency_alone_leads_its_own_case() -> None:
    table = table_for_needs(build_graph(WARD, WAYS), ["poverty", "job_search"], "d1")
    assert table.lead is not None
    assert table.lead.code == "work"


def test_a_need_that_nobody_takes_is_named() -> None:
    table = table_for_needs(build_graph(WARD, WAYS), ["identity", "truancy", "poverty"], "d1")
    assert table.nobody == ("truancy",)  # identity lies in the field of the health desk
    assert [s.code for s in table.seats] == ["health", "work"]


def test_no_needs_make_an_empty_table() -> None:
    table = table_for_needs(build_graph(WARD, WAYS), [], "d1")
    assert table.as_json() == {"seats": [], "lead": None, "officers": [], "nobody": []}


def test_the_way_of_a_referral_follows_who_refers_to_whom() -> None:
    graph = build_graph(WARD, WAYS)
    assert referral_path(graph, "elders", "body") == ["elders", "east", "body"]
    assert referral_path(graph, "body", "elders") == []  # coordinating is not referring
    with pytest.raises(UnknownInGraph):
        referral_path(graph, "elders", "nobody")


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_table_is_as_small_as_trying_all_tables_finds(seed: int) -> None:
    r = random.Random(seed)
    needs = r.sample(["dementia", "frailty", "poverty", "debt", "truancy", "grief", "illness"], 6)
    desks = [Desk(f"a{i}", r.sample(needs, r.randint(1, 3))) for i in range(8)]
    graph = build_graph(desks, [])
    table = table_for_needs(graph, needs)
    takeable = {n for d in desks for n in d.needs}
    assert set(needs) - takeable == set(table.nobody)
    smallest = next(
        size
        for size in range(len(desks) + 1)
        if any(
            takeable <= {n for d in some for n in d.needs}
            for some in itertools.combinations(desks, size)
        )
    )
    assert len(table.seats) == smallest
    assert takeable <= {n for s in table.seats for n in s.needs}


def test_among_tables_of_one_size_the_nearest_one_is_taken_then_that_of_desks() -> None:
    desks = [
        Desk("a", ["poverty"]),
        Desk("b", ["poverty"], programmes=["consultation"]),
        Desk("c", ["poverty"], districts=["d1"]),
        Desk("e", ["debt"], districts=["d2"]),
    ]
    graph = build_graph(desks, [])
    assert [s.code for s in table_for_needs(graph, ["poverty"], "d1").seats] == ["c"]
    assert [s.code for s in table_for_needs(graph, ["poverty"], "d2").seats] == ["b"]


def test_a_long_list_of_needs_is_still_taken_whole() -> None:
    needs = [f"need{i}" for i in range(30)]
    desks = [Desk(f"a{i}", needs[i : i + 3]) for i in range(0, 30, 2)]
    table = table_for_needs(build_graph(desks, []), needs)
    assert {n for s in table.seats for n in s.needs} == set(needs)
