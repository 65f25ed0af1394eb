"""Which sessions of a week go together, and when one comes to each: a search (OR-Tools CP-SAT).

Each place once, or as often as it expects at least; never in two places at a time, with the way
and a pause between them; and together they answer as much as they can. Where one comes and goes at
will, when one comes is part of the search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from geodata.coordinates import LonLat
from matching.schemes import UNIT
from matching.ways_between import WaysBetween

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

PER_DAY = 2

PAUSE_MINUTES = 10
"""Between two sessions of a day, besides the way."""

COVERING = UNIT
"""What it counts to answer all needs with the week, beside a place's score of at most the same."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Option:
    """One session that could be part of the week.

    place : number of the place; needs : what it answers; score : ten-thousandths
    opens, closes : between these the person can be there
    stay : minutes of it that they would be there, at most all
    times : how many sessions of the place a week holds, where it holds any
    uncertain : whether a public holiday may cancel it
    """

    place: int
    opens: datetime
    closes: datetime
    stay: int
    score: int
    needs: frozenset[str]
    at: LonLat | None
    times: int = 1
    uncertain: bool = False

    @property
    def room(self) -> int:
        """Return how many minutes later than at the beginning one can come, and stay as long."""
        return (self.closes - self.opens) // _MINUTE - self.stay


@dataclass(frozen=True)
class Stay:
    """An option taken, and when one comes; as long as its `stay`."""

    option: Option
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.option.stay)


def between(one: Option, other: Option, ways: WaysBetween) -> int | None:
    """Return the minutes that must lie between two stays, 0 where they are of days apart.

    None where they can't both be in a week: of one place on one day, or on two where it expects one
    session; or the way on that day isn't known, or longer than the person would walk. A night that
    goes on after midnight is of the next day, too.
    """
    earlier, later = sorted((one, other), key=lambda o: (o.opens, o.closes))
    if one.place == other.place and (one.times == 1 or earlier.opens.date() == later.opens.date()):
        return None
    if later.opens.date() > earlier.closes.date():
        return 0
    way = ways.minutes(one.at, other.at)
    if way is None or ways.is_too_long(way):
        return None
    return way + PAUSE_MINUTES


def best_week(
    options: Sequence[Option],
    needs: Mapping[str, int],
    *,
    most: int,
    ways: WaysBetween,
) -> list[Stay]:
    """Return the stays that go together and count most, in order of time, each as early as it goes.

    A week counts the scores of its sessions, and for each need that it answers `COVERING` × the
    need's share of all weights; so a second place for the same need counts less than one for
    another. Of a place that expects several sessions a week there are so many or none. Among weeks
    that count the same, one is taken with the fewest sessions that a holiday may cancel, and of
    those one in which the person comes nearest to when places open.
    """
    if not options:
        return []
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"session {i}") for i in range(len(options))]
    later = [model.new_int_var(0, o.room, f"later {i}") for i, o in enumerate(options)]
    _keep_apart(model, options, taken, later, ways)
    for place, times in {o.place: o.times for o in options if o.times > 1}.items():
        goes = model.new_bool_var(f"place {place}")
        of_place = [t for t, o in zip(taken, options, strict=True) if o.place == place]
        model.add(sum(of_place) == times * goes)
    model.add(sum(taken) <= most)
    for day in sorted({o.opens.date() for o in options}):
        model.add(
            sum(t for t, o in zip(taken, options, strict=True) if o.opens.date() == day) <= PER_DAY
        )
    gains = [o.score * t for o, t in zip(options, taken, strict=True)]
    total = sum(needs.values())
    for code, weight in needs.items():
        answering = [t for t, o in zip(taken, options, strict=True) if code in o.needs]
        if answering:
            answered = model.new_bool_var(f"need {code}")
            model.add(sum(answering) >= answered)
            gains.append(round(COVERING * weight / total) * answered)
    any_wait = 1 + sum(o.room for o in options)
    doubts = sum(t for t, o in zip(taken, options, strict=True) if o.uncertain)
    model.maximize(any_wait * ((len(options) + 1) * sum(gains) - doubts) - sum(later))
    solver = _solved(model)
    chosen = [
        Stay(option, option.opens + timedelta(minutes=solver.value(wait)))
        for option, t, wait in zip(options, taken, later, strict=True)
        if solver.boolean_value(t)
    ]
    return sorted(chosen, key=lambda s: (s.start, s.end, s.option.place))


def _keep_apart(
    model: "CpModel",
    options: Sequence[Option],
    taken: Sequence["IntVar"],
    later: Sequence["IntVar"],
    ways: WaysBetween,
) -> None:
    """Ask of two sessions that are taken that one is over, and the way gone, before the other."""
    first = min(o.opens for o in options)
    begins: list[Any] = [
        (o.opens - first) // _MINUTE + wait for o, wait in zip(options, later, strict=True)
    ]
    for i, j in combinations(range(len(options)), 2):
        one, other = options[i], options[j]
        apart = between(one, other, ways)
        if apart is None:
            model.add_at_most_one(taken[i], taken[j])
        elif min(one.closes, other.closes) + timedelta(minutes=apart) > max(one.opens, other.opens):
            before = model.new_bool_var(f"{i} before {j}")
            both = [taken[i], taken[j]]
            model.add(begins[i] + one.stay + apart <= begins[j]).only_enforce_if([*both, before])
            model.add(begins[j] + other.stay + apart <= begins[i]).only_enforce_if(
                [*both, before.negated()]
            )


def _solved(model: "CpModel") -> "CpSolver":
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same answer each time
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    return solver
