"""The loop: people come, the engine lists, somebody begins, the truth says who stays, it learns.

Two towns that are the same at first see the same people: in one nothing is ever learned, in the
other the engine learns by its own rule after every month. Both are looked at by `plain_rules`.
"""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from closed_loop import truth
from closed_loop.catalogue import Catalogue
from closed_loop.people import Person, arrived
from closed_loop.plain_rules import broken
from closed_loop.town import BEFORE, Place
from matching.evaluation import Evaluation
from matching.learning import Outcome, learn
from matching.retraining import retrain

VERIFIED_AFTER = 3
"""Months after which staff confirm every place again."""

BEGINS_AT = (0.7, 0.2, 0.1)
"""The policy: who begins takes the first of the list so often, the second, the third."""

GOES = 0.85
"""Share of those who begin that go there at all."""

ASKED_NAIVELY = 8
"""Of so many people one is also put to a learner that knows no rules."""

LOOKED_AT_NAIVELY = 20
"""Among so many places, drawn anew each time: what the engine says of a pair is asked for each."""


@dataclass(frozen=True)
class World:
    """How much happens: places of the town, months, people who come in each of them.

    strength : how much the hidden truth says; 0 = nothing
    known_after : months after which it is known who stayed; a seat is given back then, or at twice
        that
    """

    places: int
    months: int
    people: int
    seed: int
    strength: float = 1.0
    known_after: int = 3


@dataclass
class Round:
    """What a month brought.

    begun : placements that began in the town that learns, and whose people went
    plain, learned : the true chance of staying of those who went, a mean, where nothing is learned
        and where it is; best : of the same people at the best place that breaks no rule
    on : whether what was learned counted in the lists; evaluation : what the run after it said
    outcomes : of how many it was known by then whether they stayed
    shown : places on lists in both towns; broken : of these, and of those begun, what breaks a rule
    naive, naive_broken : choices of the learner without rules, and those that break one
    """

    number: int
    begun: int
    plain: float | None
    learned: float | None
    best: float | None
    on: bool
    evaluation: Evaluation
    outcomes: int
    shown: int
    broken: list[str]
    naive: int
    naive_broken: int


@dataclass
class _Side:
    """One of the two towns and what happened there."""

    catalogue: Catalogue
    world: "World"
    outcomes: list[Outcome] = field(default_factory=list)
    waiting: list[tuple[int, int, bool]] = field(default_factory=list)  # index, month, stays
    leaving: list[tuple[int, Place]] = field(default_factory=list)
    shown: int = 0
    broken: list[str] = field(default_factory=list)

    def month_began(self, month: int, on: date) -> None:
        """Write down who is known to have stayed; give back the seats of those who left."""
        for index, then, stayed in [w for w in self.waiting if w[1] == month]:
            self.outcomes[index] = _known(self.outcomes[index], stayed)
            self.waiting.remove((index, then, stayed))
        for then, place in [x for x in self.leaving if x[0] == month]:
            self.catalogue.taken(place, -1, on)
            self.leaving.remove((then, place))
        if month % VERIFIED_AFTER == 0:
            self.catalogue.verified(on)
        self.catalogue.built_anew()

    def comes(self, person: Person, month: int, on: date, seed: int) -> float | None:
        """Let somebody come; return their true chance where they went somewhere."""
        r = random.Random(seed)  # what befalls a person is the same in both towns
        rank, goes, luck = r.choices(range(3), BEGINS_AT)[0], r.random() < GOES, r.random()
        listed = self.catalogue.listed(person, on)
        for s in listed:
            self.looked_at(person, self.catalogue.place_of[s.place.offering], on)
        if not listed:
            return None
        rank = min(rank, len(listed) - 1)
        place = self.catalogue.place_of[listed[rank].place.offering]
        facts = self.catalogue.facts(listed[rank], rank + 1)
        self.outcomes.append(
            Outcome(on, place.kind, facts["values"], facts["score"], None, rank + 1, goes, None)
        )
        if not goes:
            return None
        chance = truth.chance(person, place, self.world.strength)
        stays = luck < chance
        self.waiting.append((len(self.outcomes) - 1, month + self.world.known_after, stays))
        self.catalogue.taken(place, 1, on)
        self.leaving.append((month + self.world.known_after * (2 if stays else 1), place))
        return chance

    def looked_at(self, person: Person, place: Place, on: date) -> None:
        self.shown += 1
        self.broken += broken(person, place, on=on, left=self.catalogue.left[place.number])


def _known(outcome: Outcome, stayed: bool) -> Outcome:
    return Outcome(
        outcome.on, outcome.kind, outcome.values, outcome.score, outcome.group, outcome.shown_at,
        outcome.accepted, stayed,
    )  # fmt: skip


def day_of(month: int, part: float = 0.0) -> date:
    """Return the first day of a month since the town was registered, or one that far into it."""
    months = BEFORE.month - 1 + month
    return date(BEFORE.year + months // 12, months % 12 + 1, 1 + int(28 * part))


def simulate(
    plain: Catalogue, learning: Catalogue, town: Sequence[Place], world: World
) -> list[Round]:
    """Let people come month by month, and return what each month brought.

    plain, learning : two catalogues of the same town; only in the second a run is kept
    """
    r = random.Random(world.seed)
    sides = _Side(plain, world), _Side(learning, world)
    return [_month(r, sides, town, month) for month in range(world.months)]


def _month(
    r: random.Random, sides: tuple[_Side, _Side], town: Sequence[Place], month: int
) -> Round:
    without, with_it = sides
    for side in sides:
        side.month_began(month, day_of(month))
        side.shown, side.broken = 0, []
    counted = with_it.catalogue.in_force() is not None
    chances: tuple[list[float], list[float], list[float]] = ([], [], [])
    naive = naive_broken = 0
    for n in range(with_it.world.people):
        on = day_of(month, n / with_it.world.people)
        person, seed = arrived(r, list(town)), r.getrandbits(32)
        best = _best(with_it, town, person, on)
        if n % ASKED_NAIVELY == 0 and (
            place := _naive(with_it, r.sample(list(town), LOOKED_AT_NAIVELY), person, on)
        ):
            naive += 1
            left = with_it.catalogue.left[place.number]
            naive_broken += bool(broken(person, place, on=on, left=left))
        found = [side.comes(person, month, on, seed) for side in sides]
        for chance, kept in zip(found, chances, strict=False):
            if chance is not None:
                kept.append(chance)
        if found[1] is not None and best is not None:
            chances[2].append(best)
    evaluation, model = retrain(with_it.outcomes, on=day_of(month + 1))
    known = sum(o.stayed is not None for o in with_it.outcomes)
    with_it.catalogue.kept(evaluation, model, known)
    means = [statistics.mean(c) if c else None for c in chances]
    return Round(
        month, len(chances[1]), means[0], means[1], means[2], counted, evaluation, known,
        without.shown + with_it.shown, without.broken + with_it.broken, naive, naive_broken,
    )  # fmt: skip


def _best(side: _Side, town: Sequence[Place], person: Person, on: date) -> float | None:
    """Return the true chance at the best place that breaks no rule; None where all do."""
    left = side.catalogue.left
    allowed = [p for p in town if not broken(person, p, on=on, left=left[p.number])]
    return max((truth.chance(person, p, side.world.strength) for p in allowed), default=None)


def _naive(side: _Side, places: Sequence[Place], person: Person, on: date) -> Place | None:
    """Return the place of the highest learned chance, whatever the rules; None before it can learn."""
    known = [o for o in side.outcomes if o.stayed is not None]
    model = learn(known)
    if model is None:
        return None
    pairs = []
    for place in places:
        facts = side.catalogue.facts(side.catalogue.explained(person, place, on), None)
        pairs.append(
            Outcome(on, place.kind, facts["values"], facts["score"], None, None, False, None)
        )
    chances = model.chance(pairs).tolist()
    return places[max(range(len(places)), key=chances.__getitem__)]
