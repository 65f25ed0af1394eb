"""An answer as it is sent holds what the answer as JSON holds, for all kinds of answers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from demo_ward import DemoWard, loaded
from hypothesis import given
from hypothesis import strategies as st

from matching.answers import Verdict
from matching.answers_written import verdicts_written, written
from matching.need import parse_need
from matching.sentences import Sentence
from matching.suggest import suggest_placements
from resources import clock
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
FIRST, LAST = (datetime(year, 1, 1) for year in (1952, 2100))  # noqa: DTZ001
HERE = {"lon": 139.7272, "lat": 35.7295}
NEEDS: tuple[dict[str, Any], ...] = (
    {"at": HERE, "needs": {"isolation": 3}},
    {"at": HERE, "walk_minutes": 20, "age": 34, "needs": {"isolation": 3}, "step": 1},
    {"at": HERE, "age": 9, "needs": {"poverty": 2}, "limits": {"step_free": True}},
    {"at": HERE, "walk_minutes": 1, "needs": {"job_search": 3}, "step": 4},
    {"at": {"lon": 123.0, "lat": 24.4}, "walk_minutes": 5, "needs": {"isolation": 1}},
)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> DemoWard:
    return loaded(tmp_path_factory.mktemp("ward"))


@pytest.mark.parametrize("number", range(len(NEEDS)))
def test_written_and_as_json_are_the_same(ward: DemoWard, tmp_path: Path, number: int) -> None:
    program = ward.copied(tmp_path, demo=True)
    need = parse_need(NEEDS[number], default_vocabulary())
    with program.database.reading() as session:
        for _ in range(2):  # the second time verdicts are remembered
            found = suggest_placements(session, program.store, need, now=NOW)
            assert orjson.loads(written(found)) == json.loads(json.dumps(found.as_json()))
    program.database.close()


words = st.builds(Sentence, st.text(st.characters(codec="utf-8")), st.text(max_size=3))
evidence = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.lists(st.text(max_size=3), max_size=2)  # fmt: skip


verdicts = st.builds(
    Verdict, st.sampled_from(["age", "reach"]), words, st.sampled_from(["pass", "unknown"]),
    st.just("age_from"), evidence, st.none() | words, st.booleans(),
)  # fmt: skip


@given(
    said=st.lists(verdicts, max_size=3),
    days=st.lists(st.none() | st.dates().map(str), min_size=1, max_size=3),
)
def test_verdicts_are_written_of_any_day(said: list[Verdict], days: list[str | None]) -> None:
    for day in days:
        told = [verdict.as_json(day) for verdict in said]
        assert orjson.loads(verdicts_written(said, day)) == told


@given(st.datetimes(FIRST, LAST, timezones=st.just(clock.JAPAN)))
def test_a_moment_in_japan_is_written_as_its_zone_has_it(moment: datetime) -> None:
    assert clock.to_the_minute(moment) == moment.isoformat(timespec="minutes")
