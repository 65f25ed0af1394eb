"""Many people, few places: who goes where, so that as many as can be find a place that fits.

People and places are numbers here; what fits whom comes as arcs. Solved as a flow of least cost
(OR-Tools), so the answer is the best there is and not the first that was found. Households that
must stay together make it a harder problem, which `allocation_together` solves. Among equals the
load is spread over the hosts, see `even_loads`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching import allocation_together
from matching.even_loads import fits_weigh, levels
from matching.schemes import UNIT

Whole = NDArray[np.int64]


LARGEST = 2**31
"""No number is larger: for room without a limit, give one that nobody reaches."""


class Impossible(ValueError):
    """People and places that can't be put together, and why."""


@dataclass(frozen=True)
class Arcs:
    """Which place would suit whom, and how well: one arc a pair, each pair once.

    person : (m,) 0 … people − 1
    place : (m,) 0 … places − 1
    fit : (m,) ten-thousandths, as scores are
    """

    person: Whole
    place: Whole
    fit: Whole

    def __len__(self) -> int:
        return len(self.fit)

    def only(self, kept: NDArray[np.bool_]) -> "Arcs":
        return Arcs(self.person[kept], self.place[kept], self.fit[kept])


@dataclass(frozen=True)
class Room:
    """How many people there is room for.

    places : (n,) free places of each
    host : (n,) who runs each place, 0 … hosts − 1; None where hosts set no limit
    of_host : (hosts,) how many people each host can still accompany
    """

    places: Whole
    host: Whole | None = None
    of_host: Whole | None = None

    def with_one_more(self, place: int) -> "Room":
        """Return the same with one more free place; its host can accompany no more than before."""
        places = self.places.copy()
        places[place] += 1
        return Room(places, self.host, self.of_host)


@dataclass(frozen=True)
class Allocation:
    """Where each person goes.

    place : (people,) the place's number; −1 = none
    fit : (people,) ten-thousandths; 0 where there is none
    """

    place: Whole
    fit: Whole

    @property
    def placed(self) -> int:
        return int((self.place >= 0).sum())

    @property
    def total(self) -> int:
        """Return the sum of the fits, ten-thousandths."""
        return int(self.fit.sum())

    @property
    def floor(self) -> int | None:
        """Return the least fit of anybody who is placed; None where nobody is."""
        return int(self.fit[self.place >= 0].min()) if self.placed else None


def arcs_of(person: ArrayLike, place: ArrayLike, fit: ArrayLike) -> Arcs:
    """Return arcs of three sequences of the same length.

    fit : whole ten-thousandths; a score of an answer × 10,000

    Raises `Impossible`.
    """
    made = Arcs(*(_whole(x) for x in (person, place, fit)))
    if not len(made.person) == len(made.place) == len(made.fit):
        raise Impossible("person, place and fit must be of one length")
    if len(made) and (made.fit.min() < 0 or made.fit.max() > UNIT):
        raise Impossible(f"a fit lies between 0 and {UNIT}")
    _check_pairs(made)
    return made


def _check_pairs(arcs: Arcs) -> None:
    """Refuse a pair given twice: each of its arcs would count as a member of the household."""
    places = arcs.place.max(initial=0) + 1
    pairs = arcs.person * places + arcs.place
    pairs.sort()
    again = np.flatnonzero(pairs[1:] == pairs[:-1])
    if len(again):
        person, place = divmod(pairs[again[0]], places)
        raise Impossible(
            f"person {person} and place {place} are given more than once; "
            "give each pair once, with the fit that counts"
        )


def _whole(numbers: ArrayLike) -> Whole:
    """Return numbers as whole ones; a fraction is no number of a place, and no fit."""
    given = np.asarray(numbers).ravel()
    if given.dtype.kind not in "iub" and (np.floor(given) != given)[~np.isnan(given)].any():
        raise Impossible(f"numbers of people and places are whole, and fits are parts of {UNIT}")
    if len(given) and not (given.min() >= -LARGEST and given.max() <= LARGEST):
        raise Impossible(f"no number is above {LARGEST}; leave out a place whose room isn't known")
    return given.astype(np.int64)


def room_of(
    places: ArrayLike, host: ArrayLike | None = None, of_host: ArrayLike | None = None
) -> Room:
    """Return the room of plain sequences. Raises `Impossible`."""
    if (host is None) != (of_host is None):
        raise Impossible("hosts and their limits go together")
    made = _whole(places)
    if host is None or of_host is None:
        return Room(made)
    return Room(made, _whole(host), _whole(of_host))


def allocate(
    people: int,
    room: Room,
    arcs: Arcs,
    *,
    households: Sequence[Sequence[int]] = (),
    fair: bool = True,
    spread: bool = True,
) -> Allocation:
    """Put people in places: as many as can be, the worst-off as well as can be, then all.

    Where several ways do equally well, the load is spread: of them, one is taken with the least
    sum of squares of how many people each host gets, or each place where no hosts are given.

    Parameters
    ----------
    people : how many
    room : free places, and what hosts can bear
    arcs : what suits whom; nobody is put where they have no arc
    households : people who go to one place together or to none; each person in one at most
    fair : whether the fit of whoever fits least is made as good as it can be before the sum is.
           Without it the sum alone decides among those allocations that place most people.
    spread : whether the load decides among equals; it changes neither how many are placed nor
             their fits' sum or floor, so who asks for those alone is answered sooner without it

    Raises
    ------
    Impossible
        An arc leads to nobody or nowhere, or a number is below 0.

    Notes
    -----
    With `fair`, arcs below the floor are left out: the largest fit f for which as many people can
    still be placed on arcs of f and more. Bisection over the fits that occur finds it, each step a
    largest flow. The load isn't spread where numbers would outgrow 64 bits (a hundred thousand
    people at three hosts), nor where households make the search for it too long, see
    `allocation_together`.
    """
    _check(people, room, arcs, households)
    if any(len(h) > 1 for h in households):
        return _together(people, room, arcs, households, fair=fair, spread=spread)
    if fair and len(arcs):
        most = _most(people, room, arcs)
        arcs = arcs.only(arcs.fit >= _floor(arcs, lambda a: _most(people, room, a) == most))
    return _cheapest(people, room, arcs, spread=spread)


def _floor(arcs: Arcs, as_many: Callable[[Arcs], bool]) -> int:
    """Return the largest fit on whose arcs and better ones as many can be placed as on all."""
    values = np.unique(arcs.fit)
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if as_many(arcs.only(arcs.fit >= values[middle])):
            low = middle
        else:
            high = middle - 1
    return int(values[low])


def _together(
    people: int,
    room: Room,
    arcs: Arcs,
    households: Sequence[Sequence[int]],
    *,
    fair: bool,
    spread: bool,
) -> Allocation:
    unit_of = np.arange(people)
    for members in households:
        unit_of[list(members)] = members[0]
    problem = allocation_together.Problem(
        unit_of, room.places, room.host, room.of_host, arcs.person, arcs.place, arcs.fit
    )
    most = problem.most()
    kept = arcs
    if fair and len(arcs) and most:
        floor = _floor(arcs, lambda a: problem.on(a.person, a.place, a.fit).most() == most)
        kept = arcs.only(arcs.fit >= floor)
    chosen = problem.on(kept.person, kept.place, kept.fit).best(most, spread=spread)
    return _of_arcs(people, kept, chosen)


def _of_arcs(people: int, arcs: Arcs, taken: NDArray[np.bool_]) -> Allocation:
    place, fit = np.full(people, -1, np.int64), np.zeros(people, np.int64)
    place[arcs.person[taken]] = arcs.place[taken]
    fit[arcs.person[taken]] = arcs.fit[taken]
    return Allocation(place, fit)


def _check(people: int, room: Room, arcs: Arcs, households: Sequence[Sequence[int]]) -> None:
    def within(numbers: Whole, limit: int) -> bool:
        return not len(numbers) or bool(numbers.min() >= 0 and numbers.max() < limit)

    if people < 0:
        raise Impossible("fewer than no people")
    if not within(arcs.person, people):
        raise Impossible("an arc belongs to nobody")
    if not within(arcs.place, len(room.places)):
        raise Impossible("an arc leads to no place")
    if len(room.places) and room.places.min() < 0:
        raise Impossible("a place has fewer than no places left")
    if room.host is not None and room.of_host is not None:
        if len(room.host) != len(room.places) or not within(room.host, len(room.of_host)):
            raise Impossible("each place has one host")
        if len(room.of_host) and room.of_host.min() < 0:
            raise Impossible("a host has room for fewer than nobody")
    members = [person for household in households for person in household]
    if len(set(members)) != len(members) or not within(np.array(members, np.int64), people):
        raise Impossible("each person belongs to one household at most")


def _ends(people: int, room: Room) -> tuple[Whole, Whole, Whole, int]:
    """Return the arcs behind the places: tails, heads, capacities; and the sink's number.

    The last of them lead to the sink: one from each host, or from each place without hosts.
    """
    n = len(room.places)
    place_of = people + np.arange(n)
    if room.host is None or room.of_host is None:
        sink = people + n
        return place_of, np.full(n, sink), room.places, sink
    hosts = people + n + np.arange(len(room.of_host))
    sink = people + n + len(hosts)
    return (
        np.concatenate([place_of, hosts]),
        np.concatenate([people + n + room.host, np.full(len(hosts), sink)]),
        np.concatenate([room.places, room.of_host]),
        sink,
    )


def _most(people: int, room: Room, arcs: Arcs) -> int:
    """Return how many people can be placed."""
    from ortools.graph.python.max_flow import SimpleMaxFlow

    tails, heads, capacities, sink = _ends(people, room)
    source = sink + 1
    able = np.unique(arcs.person)
    flow = SimpleMaxFlow()
    flow.add_arcs_with_capacity(
        np.concatenate([np.full(len(able), source), arcs.person, tails]),
        np.concatenate([able, people + arcs.place, heads]),
        np.concatenate([np.ones(len(able) + len(arcs), np.int64), capacities]),
    )
    flow.solve(source, sink)
    return int(flow.optimal_flow())


def _loads(room: Room, arcs: Arcs) -> Whole:
    """Return how many people each host can get at most, or each place without hosts."""
    wishes = np.bincount(arcs.place, minlength=len(room.places))
    at_most = np.minimum(room.places, wishes)
    if room.host is None or room.of_host is None:
        return at_most
    of_places = np.zeros(len(room.of_host), np.int64)
    np.add.at(of_places, room.host, at_most)
    return np.minimum(room.of_host, of_places)


def _cheapest(people: int, room: Room, arcs: Arcs, *, spread: bool) -> Allocation:
    """Send as many as can be over people → places (→ hosts) → sink, at the least lack of fit.

    To spread the load, the way to the sink is an arc for each person more, each dearer than the
    one before; a lack of fit is made to weigh more than all of those can.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    tails, heads, capacities, sink = _ends(people, room)
    costs, weigh = np.zeros_like(tails), 1
    if spread:
        loads = _loads(room, arcs)
        weigh = fits_weigh(loads, people, nodes=sink + 1)
        if weigh > 1:
            steps = levels(loads)
            behind = len(tails) - len(loads)
            before, last = slice(behind), tails[behind:][steps.host]
            tails = np.concatenate([tails[before], last])
            heads = np.concatenate([heads[before], np.full(len(last), sink)])
            capacities = np.concatenate([capacities[before], np.ones(len(last), np.int64)])
            costs = np.concatenate([costs[before], steps.cost])
    every = np.arange(people)
    flow = SimpleMinCostFlow()
    chosen = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.person, people + arcs.place, np.ones(len(arcs), np.int64), weigh * (UNIT - arcs.fit)
    )
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_nodes_supplies(np.append(every, sink), np.append(np.ones(people, np.int64), -people))
    status = flow.solve_max_flow_with_min_cost()
    assert status == flow.OPTIMAL, status
    taken = flow.flows(chosen) > 0 if len(arcs) else np.zeros(0, np.bool_)
    return _of_arcs(people, arcs, taken)
