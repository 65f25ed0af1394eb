"""A waiting list put to the catalogue: who could go where, and how the places are shared best."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np
from sqlalchemy.orm import Session

from matching.allocation import Allocation, Arcs, Room, allocate, arcs_of, room_of
from matching.answers import Answer, Relaxation, Suggestion
from matching.fresh import is_full
from matching.need import Need
from matching.schemes import USUAL
from matching.shared_places import (
    Considered,
    HostLoad,
    NotAmongPlaces,
    OneMore,
    Placed,
    Shared,
    Unplaced,
)
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.models import Organization
from resources.queries import entries_by_offering

OPTIONS = 20
"""How many offerings are considered for each person at first: those with room come first."""

MOST_OPTIONS = 320
"""So many at most, while somebody stays without a place and more would suit somebody."""

_WIDER = 4

WHAT_IF = 10
"""How many places are tried with one more seat, beside those that somebody names."""


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits: a label by which the list knows them, and their need.

    household : the same word for people of one household
    """

    label: str
    need: Need
    household: str | None = None


@dataclass(frozen=True)
class _Problem:
    """The list in numbers; `offered` holds each person's suggestions by the place's number.

    resting : of each person whose own list is empty, what fits but for hosts that receive nobody
    """

    offerings: tuple[uuid.UUID, ...]
    names: tuple[str, ...]
    room: Room
    arcs: Arcs
    households: tuple[tuple[int, ...], ...]
    offered: tuple[dict[int, Suggestion], ...]
    resting: tuple[Relaxation | None, ...]
    hosts: tuple[Organization | str, ...]  # a place's own name where nobody is known to run it


def share_places(
    session: Session,
    store: IndexStore,
    waiting: Sequence[Waiting],
    *,
    scheme: str = USUAL,
    options: int | None = None,
    fair: bool = True,
    together: bool = True,
    one_more: Collection[uuid.UUID] = (),
    now: datetime | None = None,
) -> Shared:
    """Share the places among those who wait, by the lists each of them would get alone.

    A fit is what a list goes by: score × (½ + ½ confidence). A place has as many seats as were
    said; one seat where only that there is room, or nothing, is known; none where one must wait,
    or it is full: nobody goes there, but who would fit is told so, and what one more seat would do.
    A host takes no more than it can still accompany.

    together : whether people of one household go to one place together or to none; else each of
        them is placed alone, for a son may need a quiet room and his mother a salon
    options : how many offerings are considered for each, and no more, whoever stays without a
        place; None = `OPTIONS`, and more, up to `MOST_OPTIONS`, while somebody stays without one
        and not all that suits was considered

    Raises
    ------
    UnknownScheme
    """
    if not together:
        waiting = [replace(person, household=None) for person in waiting]
    ask = partial(
        suggest_placements, session, store, scheme=scheme, now=now, for_sharing=True
    )  # fmt: skip
    problem, found = _shared(session, store, waiting, ask, options, fair=fair)
    people = len(waiting)
    asked = _numbers_of(problem, one_more)
    placed, unplaced = [], []
    for i, person in enumerate(waiting):
        if found.place[i] >= 0:
            suggestion = problem.offered[i][int(found.place[i])]
            placed.append(Placed(person.label, suggestion, int(found.fit[i])))
        else:
            unplaced.append(_unplaced(i, person.label, problem, found))
    other = found
    if fair:
        other = allocate(
            people, problem.room, problem.arcs,
            households=problem.households, fair=False, spread=False,
        )  # fmt: skip
    return Shared(
        scheme, tuple(placed), tuple(unplaced), _what_if(people, problem, found, fair, asked),
        _loads(problem, found), found.total, found.floor, (other.total, other.floor),
        _considered(problem),
    )  # fmt: skip


def _shared(
    session: Session,
    store: IndexStore,
    waiting: Sequence[Waiting],
    ask: Callable[..., Answer],
    options: int | None,
    *,
    fair: bool,
) -> tuple[_Problem, Allocation]:
    """Ask for each person, and share; ask again for more where that may help somebody."""
    answers: dict[int, Answer] = {}
    limit, most = (OPTIONS, MOST_OPTIONS) if options is None else (options, options)
    while True:
        for i, person in enumerate(waiting):
            if i not in answers:
                answers[i] = ask(person.need, limit=limit)
        problem = _problem(session, store, waiting, [answers[i] for i in range(len(waiting))])
        found = allocate(
            len(waiting), problem.room, problem.arcs, households=problem.households, fair=fair
        )
        somebody_left = any(
            mine and place < 0 for mine, place in zip(problem.offered, found.place, strict=True)
        )
        cut = [i for i, mine in enumerate(problem.offered) if len(mine) >= limit]
        if not somebody_left or not cut or limit >= most:
            return problem, found
        limit = min(limit * _WIDER, most)
        for i in cut:
            del answers[i]


def _considered(problem: _Problem) -> tuple[Considered, ...]:
    seats = problem.room.places.tolist()
    places = map(Considered, problem.offerings, problem.names, seats)
    return tuple(sorted(places, key=lambda p: (p.name, p.offering.int)))


def _loads(problem: _Problem, found: Allocation) -> tuple[HostLoad, ...]:
    assert problem.room.host is not None
    counts = np.bincount(
        problem.room.host[found.place[found.place >= 0]], minlength=len(problem.hosts)
    )
    loads = []
    for host, n in zip(problem.hosts, counts.tolist(), strict=True):
        if n and isinstance(host, Organization):
            loads.append(HostLoad(host.name, n, host.accompanied_now, host.accompanied_cap))
        elif n:
            loads.append(HostLoad(str(host), n, None, None))
    return tuple(sorted(loads, key=lambda h: (-h.placed, h.name)))


def _problem(
    session: Session,
    store: IndexStore,
    waiting: Sequence[Waiting],
    answers: Sequence[Answer],
) -> _Problem:
    numbers: dict[uuid.UUID, int] = {}
    offered: list[dict[int, Suggestion]] = []
    resting: list[Relaxation | None] = []
    seats: list[int] = []
    rows: list[tuple[int, int, int]] = []
    for i, answer in enumerate(answers):
        mine: dict[int, Suggestion] = {}
        for s in (*answer.suggestions, *answer.full):
            number = numbers.setdefault(s.place.offering, len(numbers))
            if number == len(seats):
                seats.append(_seats(s))
            mine[number] = s
            rows.append((i, number, _fit(s)))
        offered.append(mine)
        resting.append(answer.resting)
    homes: dict[str, list[int]] = {}
    for i, person in enumerate(waiting):
        if person.household is not None:
            homes.setdefault(person.household, []).append(i)
    table = np.array(rows, np.int64).reshape(-1, 3)
    names = {s.place.offering: s.place.name for mine in offered for s in mine.values()}
    accompanied = dict(zip(store.codebook.kinds, store.codebook.accompanies.tolist(), strict=True))
    room, hosts = _with_hosts(session, names, list(numbers), seats, len(waiting), accompanied)
    return _Problem(
        tuple(numbers),
        tuple(names[offering] for offering in numbers),
        room,
        arcs_of(table[:, 0], table[:, 1], table[:, 2]),
        tuple(tuple(members) for members in homes.values()),
        tuple(offered),
        tuple(resting),
        hosts,
    )


def _fit(s: Suggestion) -> int:
    """Return what a list goes by, in ten-thousandths."""
    return s.score * (100 + s.confidence) // 200


def _seats(s: Suggestion) -> int:
    if s.place.availability == "waitlist" or is_full(s.place):
        return 0
    return 1 if s.place.places is None else s.place.places


def _with_hosts(
    session: Session,
    names: dict[uuid.UUID, str],
    offerings: list[uuid.UUID],
    seats: list[int],
    people: int,
    accompanied: dict[str, bool],
) -> tuple[Room, tuple[Organization | str, ...]]:
    """Add what each host can still accompany; one that isn't known, or sets no limit, takes all.

    accompanied : kind → whether its hosts accompany people; a place where they don't is no load
    """
    entries = entries_by_offering(session, offerings)
    numbers: dict[uuid.UUID, int] = {}
    host: list[int] = []
    limits: list[int] = []
    hosts: list[Organization | str] = []
    for offering in offerings:
        entry = entries.get(offering)
        organization = None
        if entry is not None and accompanied[entry.resource.kind]:
            organization = entry.organization
        key = offering if organization is None else organization.id
        number = numbers.setdefault(key, len(numbers))
        if number == len(limits):
            limits.append(people if organization is None else _bears(organization, people))
            hosts.append(organization or names[offering])
        host.append(number)
    return room_of(seats, host, limits), tuple(hosts)


def _bears(host: Organization, people: int) -> int:
    if host.accompanied_cap is None:
        return people
    return max(host.accompanied_cap - (host.accompanied_now or 0), 0)


def _unplaced(i: int, label: str, problem: _Problem, found: Allocation) -> Unplaced:
    mine, resting = problem.offered[i], problem.resting[i]
    home = next((h for h in problem.households if i in h), (i,))
    if mine and not set.intersection(*(set(problem.offered[member]) for member in home)):
        return Unplaced(label, "no_common_place", len(mine))
    if mine:
        return Unplaced(label, _reason(list(mine), problem, found), len(mine))
    if resting is not None:
        return Unplaced(label, "resting", resting.count, resting.change)
    return Unplaced(label, "nothing_fits", 0)


def _reason(mine: list[int], problem: _Problem, found: Allocation) -> str:
    room = problem.room
    assert room.host is not None
    assert room.of_host is not None
    taken = np.bincount(found.place[found.place >= 0], minlength=len(room.places))
    borne = np.bincount(room.host, weights=taken, minlength=len(room.of_host))
    free = [n for n in mine if taken[n] < room.places[n]]
    if any(borne[room.host[n]] < room.of_host[room.host[n]] for n in free):
        return "together"  # alone there would be a seat
    return "host" if free else "full"


def _numbers_of(problem: _Problem, offerings: Collection[uuid.UUID]) -> list[int]:
    numbers = {offering: number for number, offering in enumerate(problem.offerings)}
    for offering in offerings:
        if offering not in numbers:
            raise NotAmongPlaces(offering)
    return [numbers[offering] for offering in dict.fromkeys(offerings)]


def _what_if(
    people: int, problem: _Problem, found: Allocation, fair: bool, asked: Sequence[int]
) -> tuple[OneMore, ...]:
    """Try one more seat at the places asked for, and at those that are wished for most."""
    effects = []
    for number in dict.fromkeys([*asked, *_wished_for(problem, found)]):
        other = allocate(
            people, problem.room.with_one_more(number), problem.arcs,
            households=problem.households, fair=fair, spread=False,
        )  # fmt: skip
        more = (other.placed - found.placed, other.total - found.total)
        if more > (0, 0) or number in asked:
            offering, name = problem.offerings[number], problem.names[number]
            effects.append(OneMore(offering, name, *more, asked=number in asked))
    effects.sort(key=lambda e: (not e.asked, -e.placed_more, -e.total_more, e.offering.int))
    return tuple(effects)


def _wished_for(problem: _Problem, found: Allocation) -> list[int]:
    """Return the places that those wish for most who got none, then who got another."""
    wished = np.zeros((len(problem.offerings), 2), np.int64)
    for i, mine in enumerate(problem.offered):
        for number, s in mine.items():
            wished[number, int(found.place[i] >= 0)] += max(_fit(s) - int(found.fit[i]), 0)
    most_first: list[int] = np.lexsort((-wished[:, 1], -wished[:, 0])).tolist()
    return most_first[:WHAT_IF]
