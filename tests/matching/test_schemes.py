"""A municipality weighs by its own numbers: checked, saved with who and when, at once in force."""

import math
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import judged
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import catalogues
from oracle.reference import Reference
from sqlalchemy import update
from sqlalchemy.orm import Session

from matching.codebook import Codebook
from matching.criteria import CRITERIA
from matching.need import parse_need
from matching.scheme_models import Threshold
from matching.scheme_preview import Trial, example_trials, preview
from matching.schemes import (
    THRESHOLDS,
    BadScheme,
    Scheme,
    UnknownScheme,
    checked,
    checked_thresholds,
    default_weighing,
    threshold_groups,
    threshold_limits,
)
from matching.schemes_kept import (
    SavedMeanwhile,
    history_of,
    read_weighing,
    save_scheme,
    save_thresholds,
    undo_edit,
    weighing_revision,
)
from matching.sentences import Sentence, catalogue
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources import changes
from resources.commands import register_resource
from resources.database import Database
from resources.history import ChangedSince, NothingToUndo
from resources.hubs import LISTED
from resources.models import Change
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

STANDARD = default_weighing().schemes["standard"]
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> judged.Town:
    from jobs.tables import METADATA

    folder = tmp_path_factory.mktemp("town")
    database = Database(f"sqlite:///{folder / 'town.sqlite3'}")
    METADATA.create_all(database.engine)
    return judged.Town(database, IndexStore(folder / "index", default_vocabulary()))


def with_weight(**weights: float) -> Scheme:
    return replace(STANDARD, weights={**STANDARD.weights, **weights})


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        (with_weight(needs=0), "needs"),
        (with_weight(nearness=-1), "nearness"),
        (with_weight(cost=math.nan), "cost"),
        (with_weight(cost=math.inf), "cost"),
        (with_weight(time=1001), "time"),
        (with_weight(time=True), "time"),
        (replace(STANDARD, weights=dict.fromkeys(STANDARD.weights, 0)), "needs"),
        (replace(STANDARD, weights={"needs": 1}), "weights"),
        (with_weight(beauty=1), "weights"),
        (replace(STANDARD, minimum_score=1.5), "minimum_score"),
        (replace(STANDARD, minimum_score=math.nan), "minimum_score"),
        (replace(STANDARD, per_host=0), "per_host"),
        (replace(STANDARD, per_kind=2.5), "per_kind"),
        (replace(STANDARD, code="My scheme"), "code"),
        (replace(STANDARD, ja="  "), "ja"),
        (replace(STANDARD, en="x" * 61), "en"),
    ],
)
def test_what_cannot_be_a_scheme_is_refused_with_one_sentence(scheme: Scheme, field: str) -> None:
    with pytest.raises(BadScheme) as refused:
        checked(scheme)
    assert refused.value.field == field
    assert refused.value.problem.ja.endswith("。")
    assert refused.value.problem.en.endswith(".")


@pytest.mark.parametrize("name", THRESHOLDS)
def test_each_threshold_has_words_and_limits_that_hold(name: str) -> None:
    words = catalogue()[f"threshold.{name}"]
    assert words.ja
    assert words.en
    limits = threshold_limits()[name]
    assert checked_thresholds({name: limits.least}) == {name: limits.least}
    for bad in (limits.least - 1, limits.most + 1, math.nan, "3", None, True):
        with pytest.raises(BadScheme):
            checked_thresholds({name: bad})
    if limits.whole:
        with pytest.raises(BadScheme):
            checked_thresholds({name: limits.least + 0.5})


def test_a_threshold_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadScheme):
        checked_thresholds({"gravity": 9.81})


numbers = st.floats(0.1, 1000, allow_nan=False)
weights = st.fixed_dictionaries({c.code: numbers for c in CRITERIA})


@settings(max_examples=15, deadline=None)
@given(weights, st.randoms(use_true_random=False))
def test_the_contributions_add_up_to_the_score_whatever_the_weights(
    town: judged.Town, given_weights: dict[str, float], r: random.Random
) -> None:
    scheme = checked(replace(STANDARD, weights=given_weights, minimum_score=0.0))
    person = r.choice(judged.vignettes())
    need = town.need(person)
    need = need.model_copy(update={"wishes": need.wishes.model_copy(update={"text": None})})
    with town.database.reading() as session:
        answer = suggest_placements(
            session, town.store, need, now=judged.NOW, limit=50,
            weighing=default_weighing().with_scheme(scheme),
        )  # fmt: skip
        reference = Reference(default_vocabulary(), need, judged.NOW, scheme)
        plain, _ = reference.suggest(session, 50, lambda _: 0.0)
    assert len(answer.suggestions) == len(plain)
    assert plain or person.nothing
    for s, by_hand in zip(answer.suggestions, plain, strict=True):
        parts = {code: round(10_000 * value) for code, value in by_hand.contributions.items()}
        assert s.contributions == pytest.approx(parts, abs=1)  # a half may be rounded either way
        assert s.score == sum(s.contributions.values())
        assert min(s.contributions.values()) >= 0
        assert s.score <= 10_000
        assert s.score == pytest.approx(
            10_000 * sum(by_hand.contributions.values()), abs=len(parts)
        )


def test_lists_by_own_numbers_are_those_of_a_plain_walk_through_all_offerings(
    sqlite_database: Database, store: IndexStore, sqlite_hosts: list[uuid.UUID]
) -> None:
    r = random.Random(11)
    with sqlite_database.writing(by="test") as session:
        for _ in range(150):
            parts = catalogues.registration(r, sqlite_hosts, NOW.date())
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    listed = 0
    with sqlite_database.reading() as session:
        for _ in range(60):
            weighing = default_weighing().with_thresholds(
                {
                    "step_gap_rungs": r.randint(0, 3), "near_half_minutes": r.uniform(2, 60),
                    "fee_half_yen": r.uniform(50, 3000), "usual_percent": r.uniform(0, 100),
                    "transport_reach_m": r.uniform(0, 9000), "room_half_days": r.uniform(1, 300),
                    "sure_known": r.uniform(0.1, 90), "sure_verified": r.uniform(0.1, 90),
                    "beside_percent": r.uniform(0, 100), "other_needs_percent": r.uniform(0, 100),
                    "visit_percent": r.uniform(0, 100),
                    "shortest_stay_minutes": r.choice([1, 20, 45, 90, 240]),
                    "host_room": r.uniform(0.1, 90), "host_experience": r.uniform(0.1, 90),
                    "experience_half_people": r.uniform(1, 100),
                    "answer_half_days": r.uniform(1, 60), "rider_age": r.randint(40, 90),
                    "unsure_access_percent": r.uniform(0, 100),
                    "elderly_age": r.randint(50, 90), "youth_age": r.randint(18, 64),
                }
            )  # fmt: skip
            scheme = replace(
                with_weight(**{c.code: r.uniform(0.1, 90) for c in CRITERIA}),
                minimum_score=r.uniform(0, 0.5), per_host=r.randint(1, 4), per_kind=r.randint(1, 6),
            )  # fmt: skip
            asked = catalogues.need(r, sqlite_hosts, NOW.date())
            asked.get("wishes", {}).pop("text", None)
            need = parse_need(asked, catalogues.VOCABULARY)
            answer = suggest_placements(
                session, store, need, limit=8, now=NOW, weighing=weighing.with_scheme(scheme)
            )
            reference = Reference(
                catalogues.VOCABULARY, need, NOW, scheme, numbers=weighing.thresholds
            )
            plain, _ = reference.suggest(session, 8, lambda _: 0.0)
            assert [(s.place.offering, s.score, s.confidence) for s in answer.suggestions] == [
                (x.entry.offering.id, x.score, x.confidence) for x in plain
            ]
            listed += len(plain)
    assert listed > 20  # the test says something


def test_saved_numbers_are_in_force_in_the_next_question_of_another_process(
    database: Database,
    tmp_path: Path,
    register: Callable[..., uuid.UUID],
) -> None:
    register(
        resource={"kind": "open_space", "name": "架空の読書室", "needs": ["isolation"]},
        location={"lon": 139.7148, "lat": 35.7300},
    )
    need = parse_need(
        {"at": {"lon": 139.7148, "lat": 35.729}, "needs": {"isolation": 3}}, default_vocabulary()
    )
    # As two processes have it: each keeps an index of its own.
    one, other = (IndexStore(tmp_path / "index", default_vocabulary()) for _ in range(2))

    def asked(store: IndexStore):
        with database.reading() as session:
            return suggest_placements(session, store, need, now=NOW)

    assert asked(one).as_json() == asked(other).as_json()
    assert asked(one).suggestions
    strict = replace(STANDARD, minimum_score=0.99)
    with database.writing(by="user:a") as session:
        save_scheme(session, scheme=strict, shown=0, by="user:a")
    for store in (one, other):
        assert asked(store).suggestions == ()
        assert asked(store).removed_by == {"minimum": 1}
    with database.reading() as session:
        assert read_weighing(session).schemes["standard"] == strict
        assert list(read_weighing(session).schemes) == ["standard", "near_first", "gentle"]
        (edit,) = history_of(session)
    assert (edit.by, edit.before, edit.after) == (
        "user:a", {"minimum_score": 0.25}, {"minimum_score": 0.99},
    )  # fmt: skip
    with database.writing(by="user:b") as session:
        undo_edit(session, revision=edit.revision, by="user:b")
    assert asked(one).suggestions
    assert asked(other).revision == asked(one).revision


def test_who_saves_on_an_older_state_is_told_so_and_nothing_is_lost(database: Database) -> None:
    with database.writing(by="test") as session:
        save_thresholds(session, given={"hub_share_percent": 20}, shown=0, by="user:a")
    with database.reading() as session:
        shown = weighing_revision(session)
    with database.writing(by="test") as session:
        save_thresholds(session, given={"step_gap_rungs": 2}, shown=shown, by="user:b")
    with pytest.raises(SavedMeanwhile), database.writing(by="test") as session:
        save_scheme(session, scheme=with_weight(needs=1), shown=shown, by="user:a")
    with database.reading() as session:
        weighing = read_weighing(session)
    assert weighing.schemes["standard"] == STANDARD
    assert (weighing.thresholds.hub_share_percent, weighing.thresholds.step_gap_rungs) == (20, 2)


def test_of_two_who_save_at_once_one_is_told_and_the_naive_way_loses_what_the_other_saved(
    database: Database,
) -> None:
    with database.writing(by="test") as session:
        save_thresholds(session, given={"hub_share_percent": 20}, shown=None, by="test")
    with database.reading() as session:
        shown = weighing_revision(session)

    def carefully(session: Session, share: int) -> None:
        save_thresholds(session, given={"hub_share_percent": share}, shown=shown, by="user:a")

    def naively(session: Session, share: int) -> None:
        changes.acting(session, by="user:a")
        session.execute(
            update(Threshold).where(Threshold.name == "hub_share_percent").values(value=share)
        )

    def at_once(save: Callable[[Session, int], None], *shares: int) -> list[str]:
        both, found = threading.Barrier(2), []

        def one(share: int) -> None:
            with database.reading() as session:  # each looks before either writes
                assert weighing_revision(session) == shown
            both.wait(20)
            try:
                with database.writing(by="test") as session:
                    save(session, share)
                found.append("saved")
            except SavedMeanwhile:
                found.append("told")

        threads = [threading.Thread(target=one, args=(share,)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert at_once(naively, 25, 35) == ["saved", "saved"]  # one of them is lost, and nobody is told
    assert at_once(carefully, 45, 55) == ["saved", "told"]


def test_a_number_that_is_no_longer_allowed_stops_no_list(sqlite_database: Database) -> None:
    with sqlite_database.writing(by="test") as session:
        session.add_all(
            [Threshold(name="hub_share_percent", value=900), Threshold(name="gravity", value=9.8),
             Threshold(name="step_gap_rungs", value=2)]
        )  # fmt: skip
    with sqlite_database.reading() as session:
        assert read_weighing(session).thresholds == replace(
            default_weighing().thresholds, step_gap_rungs=2
        )


def test_an_edit_is_taken_back_only_while_nothing_newer_stands_on_it(
    sqlite_database: Database,
) -> None:
    for share in (20, 25):
        with sqlite_database.writing(by="test") as session:
            save_thresholds(session, given={"hub_share_percent": share}, shown=None, by="user:a")
    with sqlite_database.reading() as session:
        newer, older = history_of(session)
        added = session.get_one(Change, 1)
    with pytest.raises(ChangedSince), sqlite_database.writing(by="test") as session:
        undo_edit(session, revision=older.revision, by="user:a")
    with pytest.raises(NothingToUndo), sqlite_database.writing(by="test") as session:
        undo_edit(session, revision=added.revision, by="user:a")
    for edit in (newer, older):
        with sqlite_database.writing(by="test") as session:
            undo_edit(session, revision=edit.revision, by="user:a")
    with sqlite_database.reading() as session:
        assert read_weighing(session) == default_weighing()


def test_a_scheme_is_added_and_retired_and_the_usual_one_stays(sqlite_database: Database) -> None:
    mine = replace(with_weight(wishes=60), code="wishes_first", ja="希望を優先", en="Wishes first")
    with sqlite_database.writing(by="test") as session:
        save_scheme(session, scheme=mine, shown=None, by="user:a")
        save_scheme(session, scheme=replace(mine, active=False), shown=None, by="user:a")
    with pytest.raises(BadScheme), sqlite_database.writing(by="test") as session:
        save_scheme(session, scheme=replace(STANDARD, active=False), shown=None, by="user:a")
    with sqlite_database.reading() as session:
        weighing = read_weighing(session)
    assert weighing.scheme("wishes_first").weights["wishes"] == 60
    assert "wishes_first" not in {s.code for s in weighing.offered}
    with pytest.raises(UnknownScheme):
        weighing.scheme("dreams")


def test_a_preview_tells_what_moves_enters_and_leaves_and_saves_nothing(town: judged.Town) -> None:
    people = [Trial(Sentence(v.title, v.title), town.need(v)) for v in judged.vignettes()[:12]]
    before = default_weighing()
    after = before.with_scheme(with_weight(nearness=500))
    with town.database.reading() as session:
        same = preview(
            session, town.store, people, before=(before, "standard"), after=(before, "standard"),
            now=judged.NOW,
        )  # fmt: skip
        other = preview(
            session, town.store, people, before=(before, "standard"), after=(after, "standard"),
            now=judged.NOW,
        )  # fmt: skip
        for compared in other.people:
            for weighing, which in ((before, "before"), (after, "after")):
                answer = suggest_placements(
                    session, town.store, compared.trial.need, limit=5, now=judged.NOW,
                    weighing=weighing,
                )  # fmt: skip
                told = {getattr(p, f"rank_{which}"): p.offering for p in compared.places}
                told.pop(None, None)
                assert told == {i: s.place.offering for i, s in enumerate(answer.suggestions, 1)}
        assert read_weighing(session) == before
    assert same.changed == same.first_changed == 0
    assert 0 < other.changed <= 12
    assert other.count("entered") > 0
    assert other.as_json()["lists"] == 12


def test_without_people_example_needs_are_tried(
    town: judged.Town, sqlite_database: Database
) -> None:
    with town.database.reading() as session:
        trials = example_trials(session, default_vocabulary())
        found = preview(
            session, town.store, trials, before=(default_weighing(), "standard"),
            after=(default_weighing(), "gentle"), now=judged.NOW,
        )  # fmt: skip
    assert len(trials) >= 8
    assert sum(bool(c.places) for c in found.people) >= 4
    with sqlite_database.reading() as session:
        assert example_trials(session, default_vocabulary()) == []


@pytest.mark.parametrize("days", [10, 3000])
def test_another_term_of_a_kind_is_tried_on_lists_and_then_is_what_they_become(
    town: judged.Town, days: int
) -> None:
    lists = default_vocabulary()
    tried = lists.with_facts("kind", "salon", {"term_days": days})
    usual = (default_weighing(), "standard")
    with town.database.reading() as session:
        trials = example_trials(session, lists)
        found = preview(
            session, town.store, trials, before=usual, after=usual, lists_after=tried, now=NOW
        )
        for compared in found.people:
            answer = suggest_placements(
                session,
                town.store,
                compared.trial.need,
                limit=LISTED,
                now=NOW,
                lists=Codebook(tried),
            )
            after = {p.offering: (p.rank_after, p.sure_after) for p in compared.places}
            for rank, s in enumerate(answer.suggestions, 1):
                assert after[s.place.offering] == (rank, s.confidence)
        moved = [p for c in found.people for p in c.places if p.surer]
        assert moved
        assert all((p.surer > 0) == (days > 90) for p in moved)
        kinds = {
            s.place.kind
            for c in found.people
            for s in suggest_placements(
                session, town.store, c.trial.need, limit=LISTED, now=NOW
            ).suggestions
            if s.place.offering in {p.offering for p in c.places if p.surer}
        }
    assert kinds == {"salon"}
    assert lists.term("kind", "salon").facts["term_days"] == 90


def test_each_threshold_stands_in_one_group() -> None:
    groups = threshold_groups()
    assert sorted(name for names in groups.values() for name in names) == sorted(THRESHOLDS)
    assert all(groups.values())
    assert set(groups["hub"]) == {"hub_share_percent", "hub_fewest_lists", "hub_less_percent"}
