"""The engine learns from an invented town's outcomes by its own rule, and never breaks one.

What breaks a rule is read off the invented facts by `closed_loop.plain_rules`, which knows nothing
of the engine's verdicts. The long run is `python -m benchmarks.closed_loop`.
"""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from closed_loop.made import run
from closed_loop.people import Person, arrived
from closed_loop.plain_rules import broken
from closed_loop.rounds import World
from closed_loop.town import Place, town

WORLD = World(places=50, months=12, people=40, seed=2, strength=3.0, known_after=1)
DAY = date(2026, 1, 5)


def test_it_switches_itself_on_and_no_list_breaks_a_rule_where_a_learner_alone_does(
    tmp_path: Path,
) -> None:
    rounds = run(tmp_path, WORLD)
    assert sum(r.shown for r in rounds) > 800
    assert [r.broken for r in rounds] == [[]] * len(rounds)
    assert not rounds[0].on
    assert rounds[0].evaluation.reason == "too_few"
    first = next(r.number for r in rounds if r.evaluation.used)
    assert rounds[first].evaluation.reason == "better"
    assert [r.on for r in rounds[: first + 2]] == [False] * (first + 1) + [True]
    # The two towns are the same until something was learned.
    assert all(r.plain == r.learned for r in rounds[: first + 1])
    assert any(r.plain != r.learned for r in rounds[first + 1 :])
    assert all(r.best >= r.learned for r in rounds)
    assert sum(r.naive for r in rounds) > 5
    assert sum(r.naive_broken for r in rounds) > 5


def _pair() -> tuple[Person, Place]:
    """Return somebody and a place where no rule is broken."""
    r = random.Random(2)
    places = town(r, 200)
    while True:
        person = replace(arrived(r, places), kept_from=None, not_host=None, not_place=None)
        for place in places:
            if not broken(person, place, on=DAY, left=1):
                return person, place


FACTS = {
    "age": ({"age": 30}, {"age_min": 31}),
    "gender": ({"gender": "male"}, {"gender": "female"}),
    "reach": ({"walk_minutes": 1.0}, {"east_m": 5000.0}),
    "hours": ({"free": {"mon": (540, 720)}}, {"days": ("tue",)}),
    "steps": ({"step": 1}, {"steps": (3, 4)}),
    "noise": ({"noise": "low"}, {"noise": "high"}),
    "group": ({"group_size": 10}, {"group_size": 25}),
    "talk": ({"conversation": "optional"}, {"conversation": "expected"}),
    "fee": ({"max_yen": 0}, {"fee_yen": 100}),
    "step_free": ({"step_free": True}, {"step_free": False}),
    "sober": ({"age": 19}, {"alcohol": True}),
    "kept_from": ({"kept_from": (0.0, 0.0, 400.0)}, {"east_m": 10.0, "north_m": 10.0}),
    "protected": ({"protected": True}, {"publishes_members": None}),
    "no_children": ({"no_children": True}, {"children_present": None}),
    "no_alcohol": ({"no_alcohol": True}, {"alcohol": None}),
    "child_safe": ({"age": 17}, {"child_safe": None}),
}


@pytest.mark.parametrize("rule", FACTS)
def test_the_plain_rules_find_each_that_is_broken(rule: str) -> None:
    person, place = _pair()
    of_person, of_place = FACTS[rule]
    assert rule in broken(replace(person, **of_person), replace(place, **of_place), on=DAY, left=1)
    assert rule not in broken(person, place, on=DAY, left=1)


def test_the_plain_rules_find_what_depends_on_the_day_or_is_named() -> None:
    person, place = _pair()
    assert broken(person, place, on=DAY, left=0) == ["full"]
    assert broken(replace(person, not_host=place), place, on=DAY, left=1) == ["not_host"]
    assert broken(replace(person, not_place=place), place, on=DAY, left=1) == ["not_place"]
    resting = replace(place, host=replace(place.host, resting_until=DAY))
    assert broken(person, resting, on=DAY, left=1) == ["rest"]
    assert broken(person, resting, on=date(2026, 1, 6), left=1) == []
