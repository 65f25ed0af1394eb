"""The path of a placement, a hand-off and a case: what the tables say, and no other."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.decline_reasons import REASONS
from casework.stages import CASE, HAND_OFF, PLACEMENT, NoSuchStep, Table, step
from matching.schemes import THRESHOLDS

# Written down a second time, by hand, as the people who use it tell it.
TOLD = {
    "placement": (
        PLACEMENT,
        {
            "asked visit", "asked trial", "asked joined", "asked declined",
            "visit trial", "visit joined", "visit declined",
            "trial joined", "trial declined", "joined settled", "joined ended", "settled ended",
        },
    ),
    "hand-off": (
        HAND_OFF,
        {"asked accepted", "asked returned", "accepted done", "returned heard", "done heard"},
    ),
    "case": (
        CASE,
        {
            "reception assessment", "assessment plan", "plan support", "plan assessment",
            "support plan", "reception closed", "assessment closed", "plan closed",
            "support closed", "closed assessment",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_exactly_the_steps_that_are_told_are_possible(name: str) -> None:
    table, told = TOLD[name]
    for origin, target in itertools.product([*table, "nowhere"], repeat=2):
        if f"{origin} {target}" in told:
            assert step(table, origin, target) is table[target]
        else:
            with pytest.raises(NoSuchStep):
                step(table, origin, target)


@pytest.mark.parametrize("name", TOLD)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_tried_the_path_stays_on_the_table(name: str, data: st.DataObject) -> None:
    table, told = TOLD[name]
    at = first = next(iter(table))
    for target in data.draw(st.lists(st.sampled_from([*table, "nowhere"]), max_size=12)):
        before = at
        try:
            step(table, at, target)
        except NoSuchStep:
            continue
        at = target
        assert f"{before} {at}" in told
    assert at == first or at in table


def _reachable(table: Table, origin: str) -> set[str]:
    found, waiting = {origin}, [origin]
    while waiting:
        for target in table[waiting.pop()].to:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def test_a_hand_off_ends_only_when_the_sender_has_heard() -> None:
    ends = [s for s, stage in HAND_OFF.items() if not stage.to]
    assert ends == ["heard"]
    assert all("heard" in _reachable(HAND_OFF, s) for s in HAND_OFF)


def test_whatever_waits_for_a_next_step_has_a_date_and_what_is_over_has_none() -> None:
    for table in (PLACEMENT, HAND_OFF):
        for name, stage in table.items():
            assert (stage.within_days is not None) == (bool(stage.to) and name != "settled")


def test_each_reason_says_whose_it_is_and_what_follows() -> None:
    assert {r.whose for r in REASONS.values()} == {"person", "host"}
    assert any(r.again is None for r in REASONS.values())
    assert any(r.fix_record for r in REASONS.values())


def test_each_day_that_a_reason_waits_is_a_threshold_and_each_such_threshold_a_reason() -> None:
    named = {r.again for r in REASONS.values() if r.again is not None}
    assert named == {name for name in THRESHOLDS if name.startswith("again_")}
