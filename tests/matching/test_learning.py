"""What is learned counts only where it beats the rules on later outcomes; small groups aren't told."""

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import simulated

from matching.evaluation import by_group, calibration, evaluate, ndcg
from matching.learning import (
    FEWEST,
    FEWEST_OF_A_KIND,
    FULL_AT,
    FULL_WEIGHT,
    SMALL_CELL,
    BadOutcome,
    Outcome,
    learn,
    outcome_of,
    split_by_time,
    weight_of,
)

GOOD = {"on": "2026-05-01", "kind": "salon", "values": {"needs": 0.5}, "score": 0.6, "shown_at": 1,
        "accepted": True, "stayed": False}  # fmt: skip


def test_with_enough_outcomes_of_a_world_that_has_a_truth_the_model_beats_the_rules() -> None:
    found = evaluate(simulated.outcomes(1500))
    assert found.used
    assert found.reason == "better"
    assert found.ndcg_learned > found.ndcg_rules + 0.01
    assert found.brier_learned < found.brier_share
    assert found.weight == FULL_WEIGHT
    for told in found.calibration:
        assert told.expected == pytest.approx(told.stayed, abs=0.2)


@pytest.mark.parametrize("seed", range(6))
def test_in_a_world_without_a_truth_it_stays_off(seed: int) -> None:
    found = evaluate(simulated.outcomes(800, seed=seed, strength=0.0))
    assert not found.used
    assert found.weight == 0.0
    assert found.reason == "not_better"


def test_few_outcomes_teach_nothing() -> None:
    few = evaluate(simulated.outcomes(FEWEST))
    assert (few.used, few.reason, few.ndcg_learned) == (False, "too_few", None)
    assert evaluate([]).reason == "too_few"
    same = [replace(o, stayed=True) for o in simulated.outcomes(400) if o.accepted]
    assert learn(same) is None


def test_its_weight_grows_with_what_it_rests_on() -> None:
    assert weight_of(FEWEST - 1) == 0.0
    assert 0 < weight_of(FEWEST) < weight_of(FULL_AT // 2) < weight_of(FULL_AT) == FULL_WEIGHT
    assert weight_of(10 * FULL_AT) == FULL_WEIGHT


def test_it_learns_from_earlier_outcomes_and_is_judged_by_later_ones() -> None:
    outcomes = simulated.outcomes(300)
    earlier, later = split_by_time(outcomes[::-1])
    known = min(o.on for o in later) - timedelta(days=91)
    assert max(o.on for o in earlier) <= known, "what was learned was known by then"
    left_out = [o for o in outcomes if known < o.on < min(o.on for o in later)]
    assert len(earlier) + len(left_out) + len(later) == 300
    assert 60 <= len(later) <= 120
    one_day = [replace(o, on=date(2026, 1, 1)) for o in outcomes]
    assert split_by_time(one_day)[0] == []


def test_nothing_is_told_of_groups_of_a_few() -> None:
    base = simulated.outcomes(100)
    few = [replace(o, group="rare") for o in base[: SMALL_CELL - 1]]
    groups, small = by_group([*base, *few])
    assert {g.name for g in groups} == set(simulated.GROUPS)
    assert small == 1
    told = groups[0]
    own = [o for o in base if o.group == told.name]
    assert told.shown == len(own)
    assert told.accepted == sum(o.accepted for o in own) / len(own)
    # From the shares and one number the number of all follows, and then that of a group left out.
    assert sum(g.share for g in groups) == pytest.approx(1.0)


def test_small_bins_of_a_calibration_are_left_out() -> None:
    chance = np.array([0.1] * 10 + [0.9] * (SMALL_CELL - 1))
    (only,) = calibration(chance, np.array([0.0] * 8 + [1.0] * (2 + SMALL_CELL - 1)))
    assert (only.count, only.stayed) == (10, pytest.approx(0.2))


def test_ndcg_is_one_in_the_best_order_and_less_in_any_other() -> None:
    gains = np.array([1.0, 0.0, 1.0])
    assert ndcg(np.array([3.0, 1.0, 2.0]), gains) == 1.0
    assert ndcg(np.array([1.0, 3.0, 2.0]), gains) < 1.0
    assert ndcg(np.array([1.0, 3.0, 2.0]), np.zeros(3)) == 0.0


def test_a_line_that_cannot_be_used_is_named() -> None:
    assert outcome_of(GOOD, 1) == Outcome(
        date(2026, 5, 1), "salon", {"needs": 0.5}, 0.6, None, 1, True, False
    )
    for change in (
        {"on": "yesterday"},
        {"score": 1.2},
        {"values": {"unheard of": 0.5}},
        {"accepted": "yes"},
        {"shown_at": 0},
        {"group": 5},
        {"values": None},
    ):
        with pytest.raises(BadOutcome) as error:
            outcome_of({**GOOD, **change}, 7)
        assert error.value.line == 7
    with pytest.raises(BadOutcome):
        outcome_of([], 1)


def test_an_evaluation_is_json_without_a_line_of_anybody() -> None:
    told = evaluate(simulated.outcomes(400)).as_json()
    assert json.loads(json.dumps(told)) == told
    figures = {"judged", "ndcg_rules", "ndcg_learned", "brier_share", "brier_learned"}
    assert set(told["groups"][0]) == {"name", "shown", "share", "accepted", *figures}


def test_order_and_chances_of_a_group_are_those_of_its_own_later_outcomes_alone() -> None:
    outcomes = simulated.outcomes(400)
    found = evaluate(outcomes)
    earlier, later = split_by_time([o for o in outcomes if o.stayed is not None])
    model = learn(earlier)
    assert model is not None
    share, weight = (
        sum(bool(o.stayed) for o in earlier) / len(earlier),
        weight_of(sum(o.stayed is not None for o in outcomes)),
    )
    told = 0
    for group in found.groups:
        own = [o for o in later if o.group == group.name]
        stayed = [float(bool(o.stayed)) for o in own]
        chance = [float(model.chance([o])[0]) for o in own]
        assert group.judged == len(own)
        assert group.brier_share == pytest.approx(sum((share - s) ** 2 for s in stayed) / len(own))
        assert group.brier_learned == pytest.approx(
            sum((c - s) ** 2 for c, s in zip(chance, stayed, strict=True)) / len(own)
        )
        lists = [range(i, min(i + 10, len(own))) for i in range(0, len(own), 10)]
        for told_as, added in ((group.ndcg_rules, 0.0), (group.ndcg_learned, weight)):
            merits = [
                (100 * o.score + added * c) / (100 + added)
                for o, c in zip(own, chance, strict=True)
            ]
            slow = []
            for rows in lists:
                gains = [stayed[i] for i in sorted(rows, key=lambda i: -merits[i])]
                best = sum(g / math.log2(r + 2) for r, g in enumerate(sorted(gains)[::-1]))
                if best:
                    slow.append(sum(g / math.log2(r + 2) for r, g in enumerate(gains)) / best)
            assert told_as == pytest.approx(sum(slow) / len(slow))
        told += len(own)
    assert told == len(later)


def test_order_and_chances_are_not_told_of_a_group_with_few_later_outcomes() -> None:
    outcomes = simulated.outcomes(400)
    _, later = split_by_time(outcomes)
    seldom = {id(o) for o in later[: SMALL_CELL - 1]}
    early = min(o.on for o in outcomes)
    old = [replace(o, group="seldom", on=early) for o in outcomes[:SMALL_CELL]]
    found = evaluate(
        [*old, *(replace(o, group="seldom") if id(o) in seldom else o for o in outcomes)]
    )
    (group,) = [g for g in found.groups if g.name == "seldom"]
    assert group.shown == 2 * SMALL_CELL - 1
    assert (group.judged, group.ndcg_rules, group.brier_learned) == (None, None, None)
    others = [g.judged for g in found.groups if g.name != "seldom"]
    assert others.count(None) == 1, "one is left out with it, or one could subtract"


def test_outcomes_of_a_day_stay_on_one_side_of_the_split() -> None:
    outcomes = [
        replace(o, on=date(2026, 1, 1) + timedelta(days=i // 50))
        for i, o in enumerate(simulated.outcomes(200))
    ]
    earlier, later = split_by_time(outcomes)
    assert not {o.on for o in earlier} & {o.on for o in later}


@pytest.mark.parametrize("few", range(1, SMALL_CELL))
def test_what_is_told_of_groups_tells_nothing_of_the_few_that_are_left(few: int) -> None:
    """The rest of all later outcomes, by subtraction, is nobody or no small cell."""
    outcomes = simulated.outcomes(400)
    _, later = split_by_time([o for o in outcomes if o.stayed is not None])
    rare = {id(o) for o in later[:few]}
    found = evaluate([replace(o, group="rare") if id(o) in rare else o for o in outcomes])
    judged = [g.judged for g in found.groups if g.judged is not None]
    rest = found.judged_by - sum(judged)
    assert rest >= SMALL_CELL
    assert len(judged) == len(simulated.GROUPS) - 1
    whole = evaluate(outcomes)
    assert all(g.judged is not None for g in whole.groups), "nobody is left where none is rare"


def test_a_toss_up_is_hardly_ever_taken_for_something_learned() -> None:
    """Looked at again and again, with ever more outcomes, where there is nothing to learn."""
    looks = [
        evaluate([o for o in outcomes if o.on < date(2024, 7, 1) + timedelta(days=14 * k)]).used
        for seed in range(8)
        for outcomes in [simulated.outcomes(500, seed=seed, strength=0.0)]
        for k in range(0, 40, 4)
    ]
    assert len(looks) == 8 * 10
    assert sum(looks) <= 1


@pytest.mark.parametrize("stayed", [True, False])
def test_nobody_stays_who_never_went(stayed: bool) -> None:
    with pytest.raises(BadOutcome, match="only who went"):
        outcome_of({**GOOD, "accepted": False, "stayed": stayed}, 3)


@pytest.mark.parametrize("stayed", [True, False])
def test_one_person_decides_nothing_for_a_whole_kind(stayed: bool) -> None:
    outcomes = simulated.outcomes(500)
    alone = replace(outcomes[3], kind="self_help", accepted=True, stayed=stayed)
    model = learn([o for o in [*outcomes, alone] if o.stayed is not None])
    assert model is not None
    assert "self_help" not in model.kinds
    assert set(simulated.KINDS) == set(model.kinds)
    few = [replace(alone, on=alone.on + timedelta(days=d)) for d in range(FEWEST_OF_A_KIND)]
    again = learn([o for o in [*outcomes, *few] if o.stayed is not None])
    assert again is not None
    assert "self_help" in again.kinds
