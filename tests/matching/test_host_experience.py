"""A host that has received people, and answers soon, fits better; what isn't known changes nothing."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Table
from matching.host_merit import answers_of_host, experience_of_host
from matching.need import parse_need
from matching.store import IndexStore
from matching.terms import NEUTRAL
from matching.why import explain
from resources.database import Database
from resources.host_experience import (
    ANSWER_DAYS,
    PEOPLE,
    Experience,
    band_of_days,
    band_of_people,
    keep_experience,
)
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
AT = {"lon": 139.7148, "lat": 35.7290}
NEED = {"at": AT, "on": "2026-11-24"}
bands = st.sampled_from([-1, *PEOPLE])
people = st.integers(0, 200)


def _experience(came: int, stayed: int) -> float:
    return float(experience_of_host(came, stayed, 10.0))


def _answers(days: int) -> float:
    return float(answers_of_host(days, 7.0))


@settings(deadline=None)
@given(bands, bands, bands)
def test_more_experience_never_lowers_it_and_it_stays_between_the_middle_and_one(
    came: int, more: int, stayed: int
) -> None:
    few, many = sorted((came, more))
    assert _experience(few, stayed) <= _experience(many, stayed)
    assert _experience(stayed, few) <= _experience(stayed, many)
    assert NEUTRAL <= _experience(few, stayed) < 1


@given(people, people)
def test_one_person_more_never_lowers_the_band_that_is_told(few: int, more: int) -> None:
    assert (band_of_people(few) or 0) <= (band_of_people(few + more) or 0)


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_a_slower_answer_never_raises_it(days: int, more: int) -> None:
    soon, late = band_of_days(days), band_of_days(days + more)
    assert soon is not None
    assert late is not None
    assert 1 > _answers(soon) >= _answers(late) > 0


def test_a_week_counts_as_not_knowing_does_and_nothing_known_is_the_middle() -> None:
    assert _answers(7) == _answers(-1) == _experience(-1, -1) == NEUTRAL
    assert _answers(ANSWER_DAYS[0]) > 0.9
    assert _answers(ANSWER_DAYS[-1]) < 0.01


def test_the_next_question_knows_what_was_counted_and_says_it_in_bands(
    database: Database, store: IndexStore, register: Callable[..., uuid.UUID],
    hosts: list[uuid.UUID],
) -> None:  # fmt: skip
    place = register(
        organization={"id": str(hosts[3])},
        resource={"name": "架空の会", "kind": "salon"},
        location={"address": "豊島区", **AT},
    )
    need = parse_need(NEED, default_vocabulary())

    def weighed() -> tuple[int, str, str, dict[str, object]]:
        with database.reading() as session:
            told = explain(session, store, need, place, now=NOW)
        (host,) = [w for w in told.weighed if w.criterion == "host"]
        assert told.suggestion.score == sum(w.contribution for w in told.weighed)
        return host.contribution, host.ground.words.ja, host.ground.words.en, host.ground.value

    def keep(*own: int | None) -> None:
        with database.writing(by="job") as session:
            keep_experience(session, found={hosts[3]: Experience(*own)}, by="job")

    unknown, ja, _, value = weighed()
    assert (ja, value["accompanied_at_least"]) == ("情報なし（中ほどとして計算）", None)
    keep(5, None, 7)
    known, ja, en, value = weighed()
    assert known > unknown
    assert ja == "受け入れの経験あり（5人以上）・打診への返事はふだん7日以内"
    assert en == "has received people before (5 or more); usually answers within 7 days"
    assert (value["accompanied_at_least"], value["stayed_at_least"]) == (5, None)
    keep(20, 10, 3)
    more, ja, _, _ = weighed()
    assert more > known
    assert "（20人以上）・3か月以上続いた人10人以上・打診への返事はふだん3日以内" in ja
    keep(20, 10, 90)
    slow, ja, _, _ = weighed()
    assert slow < more
    assert "返事がないことが多い" in ja


def _host_of_table(**facts: object) -> int:
    row = {"name": "架空の会", "kind": "salon", **AT, **facts}
    answer = Table(pd.DataFrame([row])).suggest(NEED, now=NOW)
    return answer.suggestions[0].contributions["host"]


def test_a_table_may_say_it_and_no_small_number_counts() -> None:
    nothing = _host_of_table()
    assert _host_of_table(accompanied=2, stayed=1) == nothing
    assert _host_of_table(accompanied=12, stayed=8, answer_days=2) > nothing
    assert _host_of_table(answer_days=40) < nothing
    assert _host_of_table(accompanied=12) == _host_of_table(accompanied=10)
