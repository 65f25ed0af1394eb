"""The graph of agencies: who takes a need in a district, and who refers to whom.

Pure functions on a networkx graph; agencies and links are anything with the attributes named below.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import networkx as nx

REFERS_TO, BELONGS_TO, COORDINATES = "refers_to", "belongs_to", "coordinates"
NEED_FIELDS: dict[str, tuple[str, ...]] = {
    "illness": ("health",),
    "injury": ("health",),
    "disability": ("disability",),
    "suspected_disability": ("disability", "health"),
    "mental_health": ("health", "disability"),
    "suicidal": ("health",),
    "addiction": ("health",),
    "unstable_housing": ("housing", "hardship"),
    "homeless": ("housing", "hardship"),
    "poverty": ("hardship",),
    "debt": ("hardship",),
    "money_management": ("hardship",),
    "job_search": ("work", "hardship"),
    "job_retention": ("work", "hardship"),
    "life_rhythm": ("health", "hardship"),
    "isolation": ("isolation",),
    "withdrawal": ("isolation",),
    "family": ("children",),
    "truancy": ("education", "children"),
    "delinquency": ("children", "education"),
    "low_schooling": ("education", "work"),
    "single_parent": ("children", "hardship"),
    "violence": ("children",),
    "foreign": ("isolation",),
    "ex_offender": ("hardship", "housing", "work"),
    "communication": ("disability", "isolation"),
    "literacy": ("education", "disability"),
    "caregiving": ("elderly",),
    "double_care": ("elderly", "children"),
    "young_carer": ("children", "education"),
    "eight_fifty": ("elderly", "isolation", "hardship"),
    "childcare": ("children",),
    "postpartum": ("health", "children"),
    "dementia": ("elderly", "health"),
    "frailty": ("elderly",),
    "hoarding": ("elderly", "housing", "isolation"),
    "grief": ("isolation", "elderly", "health"),
    "bullying": ("education", "children"),
    "identity": ("isolation", "health"),
    "no_role": ("isolation", "elderly"),
}
"""The fields of the plan that a need lies in, for those that no agency names among its own."""


class AgencyFacts(Protocol):
    """What the graph reads of an agency; `districts` None means the whole municipality."""

    code: Any
    ja: Any
    en: Any
    programmes: Any
    fields: Any
    needs: Any
    districts: Any
    meetings: Any


class LinkFacts(Protocol):
    """What the graph reads of a link."""

    origin: Any
    target: Any
    relation: Any


class UnknownInGraph(LookupError):
    """A need, district or agency that the graph doesn't hold."""

    def __init__(self, what: str, code: str, known: Iterable[str]) -> None:
        self.what = what
        self.code = code
        self.known = sorted(known)
        super().__init__(f"no {what} has the code {code!r}; known are {', '.join(self.known)}")


@dataclass(frozen=True)
class Taker:
    """An agency that takes a need, and on what ground.

    directly : it names the need among its own; False = only the need's field is its own
    local : it covers the district by name; False = it covers the whole municipality
    desk : it is one of the desks that turn nobody away (包括的相談支援事業)
    """

    code: str
    ja: str
    en: str
    directly: bool
    local: bool
    desk: bool

    def reason(self, language: str = "ja") -> str:
        if language == "ja":
            where = "この圏域の担当" if self.local else "全域を担当"
            how = "この課題を受け止める窓口" if self.directly else "この課題の分野を所管"
            return f"{where}・{how}"
        where = "covers this district" if self.local else "covers the whole municipality"
        how = "takes this need" if self.directly else "works in the need's field"
        return f"{where}, {how}"

    def as_json(self) -> dict[str, Any]:
        return {
            "agency": self.code,
            "ja": self.ja,
            "en": self.en,
            "directly": self.directly,
            "local": self.local,
            "desk": self.desk,
            "reason": {"ja": self.reason("ja"), "en": self.reason("en")},
        }


def build_graph(
    agencies: Iterable[AgencyFacts],
    links: Iterable[LinkFacts],
    *,
    needs: Iterable[str] | None = None,
    districts: Iterable[str] | None = None,
) -> "nx.DiGraph[str]":
    """Return the graph: a node for each agency, on each edge the set of its relations.

    needs : the municipality's need codes; the plan's own where nothing is said
    districts : the municipality's districts; those that agencies name where nothing is said

    Raises
    ------
    UnknownInGraph
        For a link to an agency that is not among the agencies.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    for a in sorted(agencies, key=lambda a: str(a.code)):
        graph.add_node(
            a.code,
            ja=a.ja,
            en=a.en,
            programmes=frozenset(a.programmes),
            fields=frozenset(a.fields),
            needs=frozenset(a.needs),
            districts=None if a.districts is None else frozenset(a.districts),
            meetings=frozenset(a.meetings),
        )
    for link in sorted(links, key=lambda e: (e.origin, e.target, e.relation)):
        for end in (link.origin, link.target):
            if end not in graph:
                raise UnknownInGraph("agency", end, graph)
        if not graph.has_edge(link.origin, link.target):
            graph.add_edge(link.origin, link.target, relations=set())
        graph.edges[link.origin, link.target]["relations"].add(link.relation)
    taken = {need for _, facts in graph.nodes(data=True) for need in facts["needs"]}
    named = {d for _, facts in graph.nodes(data=True) for d in facts["districts"] or ()}
    graph.graph["needs"] = frozenset(NEED_FIELDS if needs is None else needs) | taken
    graph.graph["districts"] = frozenset(districts or ()) | named
    return graph


def agencies_for_need(
    graph: "nx.DiGraph[str]", need: str, district: str | None = None
) -> list[Taker]:
    """Return who takes a need in a district, the nearest to it first.

    Those that name the need come before those in whose field it lies; in each, those that cover
    the district by name before those for the whole municipality, desks before others, and
    specialists before those that take much else. Without a district all agencies count.

    Raises
    ------
    UnknownInGraph
        For a need or a district that the graph doesn't know.
    """
    check_known(graph, "need", [need])
    check_known(graph, "district", [] if district is None else [district])
    fields = set(NEED_FIELDS.get(need, ()))
    found = []
    for code, facts in graph.nodes(data=True):
        directly = need in facts["needs"]
        # Who takes no need at all holds no consultations: a department's head, a meeting.
        by_field = bool(facts["needs"]) and bool(fields & facts["fields"])
        if (directly or by_field) and covers(facts, district):
            local = facts["districts"] is not None
            desk = "consultation" in facts["programmes"]
            taker = Taker(code, facts["ja"], facts["en"], directly, local, desk)
            found.append((not directly, not local, not desk, len(facts["needs"]), code, taker))
    return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:-1])]


def referral_path(graph: "nx.DiGraph[str]", origin: str, target: str) -> list[str]:
    """Return the agencies from one to another by who refers to whom; empty where there is no way.

    Raises
    ------
    UnknownInGraph
        For an agency that the graph doesn't hold.
    """
    for code in (origin, target):
        if code not in graph:
            raise UnknownInGraph("agency", code, graph)
    ways = nx.DiGraph()
    ways.add_nodes_from(graph)
    ways.add_edges_from(
        (a, b) for a, b, facts in graph.edges(data=True) if REFERS_TO in facts["relations"]
    )
    try:
        return list(nx.shortest_path(ways, origin, target))
    except nx.NetworkXNoPath:
        return []


def check_known(graph: "nx.DiGraph[str]", what: str, codes: Iterable[str]) -> None:
    """Raise `UnknownInGraph` for a code that the graph doesn't know."""
    known = graph.graph[f"{what}s"]
    for code in codes:
        if code not in known:
            raise UnknownInGraph(what, code, known)


def covers(facts: Mapping[str, Any], district: str | None) -> bool:
    """Tell whether an agency covers a district, by name or with the whole municipality."""
    return district is None or facts["districts"] is None or district in facts["districts"]
