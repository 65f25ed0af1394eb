"""The learned criterion is one of a list's: it adds up, breaks no rule, and is switched on by runs."""

import random
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import simulated
from oracle import catalogues
from oracle.reference import Reference, chance_of_staying

from matching import learned as learned_module
from matching.criteria import CRITERIA
from matching.evaluation import evaluate
from matching.learned import BadModel, Learned, learned_of
from matching.learned_kept import in_force, keep_run, runs
from matching.learning import CODES, learn
from matching.need import parse_need
from matching.retraining import retrain
from matching.schemes import default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.why import explain
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration

NOW = datetime(2026, 11, 23, 5, 10, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def _random_model(r: random.Random) -> Learned:
    return Learned(
        date(2026, 11, 20), 500, r.choice([3.0, 12.0]), r.gauss(0, 1),
        {code: r.gauss(0, 2) for code in CODES if r.random() < 0.9},
        {kind: r.gauss(0, 1) for kind in catalogues.VOCABULARY.codes("kind") if r.random() < 0.5},
    )  # fmt: skip


def _filled(database: Database, r: random.Random, hosts: list[uuid.UUID], places: int) -> None:
    with database.writing(by="test") as session:
        for _ in range(places):
            parts = catalogues.registration(r, hosts, NOW.date())
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )


def _keep(database: Database, model: Learned | None) -> None:
    told = evaluate([]).as_json()
    with database.writing(by="test") as session:
        keep_run(session, outcomes=500, evaluation=told, learned=model, by="test")


def test_a_list_with_a_model_is_that_of_the_plain_reference_and_breaks_no_rule(
    sqlite_database: Database, store: IndexStore, sqlite_hosts: list[uuid.UUID]
) -> None:
    r, suggested = random.Random(11), 0
    _filled(sqlite_database, r, sqlite_hosts, 160)
    for _ in range(4):
        model = _random_model(r)
        _keep(sqlite_database, model)
        with sqlite_database.reading() as session:
            for _ in range(20):
                asked = catalogues.need(r, sqlite_hosts, NOW.date())
                asked["wishes"]["text"] = None
                need = parse_need(asked, catalogues.VOCABULARY)
                answer = suggest_placements(session, store, need, limit=8, now=NOW)
                scheme = default_weighing().scheme("standard")
                plain = Reference(catalogues.VOCABULARY, need, NOW, scheme, learned=model)
                listed, looked = plain.suggest(session, 8, None)
                by_id = {x.entry.offering.id: x for x in looked}
                found = [s.place.offering for s in answer.suggestions]
                assert found == [x.entry.offering.id for x in listed]
                suggested += len(found)
                assert answer.learned == model
                for s in answer.suggestions:
                    assert not by_id[s.place.offering].fails, "no model breaks a rule"
                    assert s.score == sum(s.contributions.values()) <= 10_000
                    assert 0 <= s.contributions["learned"] <= round(10_000 * model.share)
                    why = explain(session, store, need, s.place.offering, now=NOW)
                    assert why.suggestion.contributions == s.contributions
                    parts = {w.criterion: w.share for w in why.weighed}
                    assert sum(parts.values()) == pytest.approx(10_000, abs=6)
                    assert parts["learned"] == round(10_000 * model.share)
    assert suggested > 30


def test_a_run_switches_it_on_for_the_next_question_of_any_process_and_the_next_one_off(
    sqlite_database: Database, store: IndexStore, sqlite_hosts: list[uuid.UUID], tmp_path: Path
) -> None:
    r = random.Random(3)
    _filled(sqlite_database, r, sqlite_hosts, 80)
    need = parse_need({"at": {"lon": 139.7148, "lat": 35.729}}, catalogues.VOCABULARY)
    other = IndexStore(tmp_path / "another process", catalogues.VOCABULARY)

    def parts() -> list[set[str]]:
        with sqlite_database.reading() as session:
            answers = [suggest_placements(session, s, need, now=NOW) for s in (store, other)]
        assert all(a.suggestions for a in answers)
        return [set(a.suggestions[0].contributions) for a in answers]

    assert not any("learned" in found for found in parts())
    _keep(sqlite_database, _random_model(r))
    assert all("learned" in found for found in parts())
    _keep(sqlite_database, None)
    assert not any("learned" in found for found in parts())
    with sqlite_database.reading() as session:
        assert [run.model is None for run in runs(session)] == [True, False]
        assert in_force(session) is None


def test_with_enough_outcomes_it_is_switched_on_and_says_what_the_fitted_model_says() -> None:
    outcomes = simulated.outcomes(1500)
    found, model = retrain(outcomes, on=date(2026, 11, 20))
    assert found.used
    assert model is not None
    fitted = learn([o for o in outcomes if o.stayed is not None])
    some = outcomes[::37]
    ours = [chance_of_staying(model, o.values, o.kind) for o in some]
    assert ours == pytest.approx(fitted.chance(some).tolist(), abs=1e-9)
    assert learned_of(model.as_json()) == model
    assert model.outcomes == sum(o.stayed is not None for o in outcomes)
    assert set(model.criteria) == {c.code for c in CRITERIA}, "nothing of a person enters it"


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_few_outcomes_switch_nothing_on(seed: int) -> None:
    noise = simulated.outcomes(800, seed=seed, strength=0.0)
    few = simulated.outcomes(40, seed=seed)
    assert retrain(noise, on=date(2026, 11, 20))[1] is None
    found, model = retrain(few, on=date(2026, 11, 20))
    assert (found.reason, model) == ("too_few", None)


def test_the_loop_over_places_gives_the_chance_of_the_plain_formula() -> None:
    r = random.Random(8)
    kinds = catalogues.VOCABULARY.codes("kind")
    for _ in range(50):
        model, values = _random_model(r), {code: r.random() for code in CODES}
        kind = r.randrange(len(kinds))
        fast = learned_module.chance(
            np.array([values[code] for code in CODES]), kind, model.numbers(kinds)
        )
        assert fast == pytest.approx(chance_of_staying(model, values, kinds[kind]), abs=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"criteria": {"age": 1.0}},
        {"intercept": float("nan")},
        {"weight": 1000.0},
        {"kinds": None},
    ],
)
def test_numbers_that_are_no_model_of_ours_are_refused(change: dict[str, object]) -> None:
    good = _random_model(random.Random(1)).as_json()
    with pytest.raises(BadModel):
        learned_of({**good, **change})
    with pytest.raises(BadModel):
        learned_of([])


def test_the_simulated_world_is_known_to_no_module_of_the_engine() -> None:
    for package in ("geodata", "resources", "matching", "casework", "jobs", "api"):
        for module in (ROOT / package).rglob("*.py"):
            assert "simulated" not in module.read_text(encoding="utf-8"), module
