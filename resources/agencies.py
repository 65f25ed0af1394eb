"""Who must be at the table for some needs, and who leads; with the agency graph's other questions.

Pure functions on a networkx graph, see `agency_graph`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from resources.agency_cover import fewest_agencies
from resources.agency_graph import (
    BELONGS_TO,
    COORDINATES,
    NEED_FIELDS,
    REFERS_TO,
    Taker,
    UnknownInGraph,
    agencies_for_need,
    build_graph,
    check_known,
    covers,
    referral_path,
)

__all__ = [
    "BELONGS_TO",
    "COORDINATES",
    "NEED_FIELDS",
    "REFERS_TO",
    "Seat",
    "Table",
    "Taker",
    "UnknownInGraph",
    "agencies_for_need",
    "build_graph",
    "referral_path",
    "table_for_needs",
]

WORKING_BODY = "suishin_bukai"


@dataclass(frozen=True)
class Seat:
    """An agency at the table and the needs it is there for.

    only_one : the needs that nobody else at all could take
    path : how a case gets from this agency to the one that leads, by who refers to whom
    """

    code: str
    ja: str
    en: str
    needs: tuple[str, ...]
    only_one: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "agency": self.code,
            "ja": self.ja,
            "en": self.en,
            "needs": list(self.needs),
            "only_one": list(self.only_one),
            "path": list(self.path),
        }


@dataclass(frozen=True)
class Table:
    """Who must be there for some needs: the fewest agencies that take them all, and who leads.

    lead : the agency that coordinates the seats; None where the graph names none
    officers : members of the working body whose field one of the needs lies in, with those needs
    nobody : needs that no agency takes, neither directly nor by its field
    """

    seats: tuple[Seat, ...]
    lead: Seat | None
    officers: tuple[Seat, ...]
    nobody: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "seats": [s.as_json() for s in self.seats],
            "lead": None if self.lead is None else self.lead.as_json(),
            "officers": [s.as_json() for s in self.officers],
            "nobody": list(self.nobody),
        }


def table_for_needs(
    graph: "nx.DiGraph[str]",
    needs: Mapping[str, int] | Sequence[str],
    district: str | None = None,
) -> Table:
    """Return who must be at the table: the fewest agencies that take all the needs, and who leads.

    needs : codes, the weightiest first; or codes with weights 1 … 3
    Among tables of one size the one with most agencies of the district itself is taken, then the
    one with most desks, then the first by code.

    Raises
    ------
    UnknownInGraph
        For a need or a district that the graph doesn't know.
    """
    ordered = sorted(needs, key=lambda n: -needs[n]) if isinstance(needs, Mapping) else needs
    wanted = list(dict.fromkeys(ordered))
    check_known(graph, "need", wanted)
    takers = {need: _who_can(graph, need, district) for need in wanted}
    nobody = tuple(need for need in wanted if not takers[need])
    answered = {need: found for need, found in takers.items() if found}
    chosen = fewest_agencies(answered)
    lead = _lead(graph, chosen)
    seats = []
    for code in chosen:
        mine = tuple(n for n in answered if code in {t.code for t in answered[n]})
        alone = tuple(n for n in mine if len(answered[n]) == 1)
        path = () if lead is None else tuple(referral_path(graph, code, lead))
        seats.append(_seat(graph, code, mine, alone, path))
    seats.sort(key=lambda s: min(wanted.index(n) for n in s.needs))
    return Table(
        seats=tuple(seats),
        lead=None if lead is None else _seat(graph, lead, tuple(answered)),
        officers=tuple(_officers(graph, wanted, district)),
        nobody=nobody,
    )


def _who_can(graph: "nx.DiGraph[str]", need: str, district: str | None) -> list[Taker]:
    """Return those that name the need; where nobody does, those in whose field it lies."""
    found = agencies_for_need(graph, need, district)
    return [t for t in found if t.directly] or found


def _lead(graph: "nx.DiGraph[str]", chosen: Sequence[str]) -> str | None:
    """Return who coordinates most of those chosen; one agency alone leads its own case."""
    if len(chosen) == 1:
        return chosen[0]
    counts: dict[str, int] = {}
    for code in chosen:
        for leader in graph.predecessors(code):
            if COORDINATES in graph.edges[leader, code]["relations"]:
                counts[leader] = counts.get(leader, 0) + 1
    return min(counts, key=lambda c: (-counts[c], c)) if counts else None


def _officers(graph: "nx.DiGraph[str]", needs: Sequence[str], district: str | None) -> list[Seat]:
    found = []
    for code, facts in graph.nodes(data=True):
        mine = tuple(
            n for n in needs if n in facts["needs"] or facts["fields"] & set(NEED_FIELDS.get(n, ()))
        )
        if WORKING_BODY in facts["meetings"] and mine and covers(facts, district):
            found.append(_seat(graph, code, mine))
    return sorted(found, key=lambda s: (-len(s.needs), s.code))


def _seat(
    graph: "nx.DiGraph[str]",
    code: str,
    needs: tuple[str, ...],
    only_one: tuple[str, ...] = (),
    path: tuple[str, ...] = (),
) -> Seat:
    facts = graph.nodes[code]
    return Seat(code, facts["ja"], facts["en"], needs, only_one, path)
