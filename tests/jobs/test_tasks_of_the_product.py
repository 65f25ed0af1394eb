"""The product's own jobs, from the ledger to the catalogue."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

import jobs.tasks
from jobs.ledger import enqueue
from jobs.listing import JobShown, count_by_state, job_shown, list_jobs
from jobs.models import Job
from jobs.program import Program
from jobs.runtime import run_pending
from jobs.schedule import schedule_of
from jobs.sentences import KINDS, SENTENCES
from jobs.tasks import TASKS
from matching.learned_kept import runs
from matching.store import IndexStore
from resources import clock
from resources.derived import OfferingState
from resources.models import Resource

Ask = Callable[..., uuid.UUID]
Register = Callable[..., uuid.UUID]


def shown(program: Program, job_id: uuid.UUID) -> JobShown:
    with program.database.reading() as session:
        job = job_shown(session, job_id)
    assert job is not None
    return job


def test_every_kind_of_job_has_a_name_in_both_languages() -> None:
    assert set(KINDS) == set(TASKS)
    assert all(ja and en for ja, en in [*KINDS.values(), *SENTENCES.values()])


def test_the_night_refreshes_everything_in_pieces(
    program: Program, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.tasks, "PIECE", 3)
    offerings = {register() for _ in range(7)}
    run_pending(program)
    with program.database.reading() as session:
        [planned] = list_jobs(session, kind="refresh_all")
        assert planned.facts == {"pieces": 3}
        assert set(session.scalars(select(OfferingState.offering_id))) == offerings
        pieces = session.scalars(select(Job).where(Job.kind == "refresh_some")).all()
        assert sum(int(p.facts["looked_at"]) for p in pieces if p.facts) == 7
        assert count_by_state(session)["dead"] == 0


def test_what_ended_is_closed_by_the_clock(program: Program, register: Register) -> None:
    register(offering={"ends_on": clock.today() - timedelta(days=1)})
    run_pending(program)
    with program.database.reading() as session:
        assert session.scalars(select(Resource.status)).all() == ["closed"]


@pytest.mark.parametrize(
    "subject", [None, "", "../../etc/passwd", "6fabe3d5-6c88-49b6-8a78-bc3102c5ce87"]
)
def test_a_job_about_no_file_of_ours_is_dead_with_a_reason(
    program: Program, ask: Ask, subject: str | None
) -> None:
    job_id = ask("import_file", subject=subject)
    run_pending(program)
    assert shown(program, job_id).state == "dead"
    assert shown(program, job_id).note("en")


def test_the_index_is_built_anew_when_enough_has_changed(
    program: Program, ask: Ask, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.tasks, "STALE_AFTER", 2)
    register()
    run_pending(program)

    def base_revision() -> int:
        with program.database.reading() as session:
            store = IndexStore(program.settings.index_folder, program.vocabulary)
            return store.current(session).base_revision

    base = base_revision()
    for _ in range(3):
        register()
    job_id = ask("build_index")
    run_pending(program)
    assert base_revision() > base
    assert shown(program, job_id).state == "done"


def test_old_jobs_and_times_are_forgotten_and_new_ones_stay(program: Program, ask: Ask) -> None:
    run_pending(program)
    with program.database.writing(by="test") as session:
        enqueue(session, "from_a_newer_version")
        before = session.scalar(select(func.count()).select_from(Job)) or 0
        old = session.scalars(select(Job.id).where(Job.state == "done").limit(1)).one()
        session.execute(
            update(Job).where(Job.id == old).values(finished_at=clock.now() - timedelta(days=31))
        )
    ask("forget_old_jobs")
    run_pending(program)
    with program.database.reading() as session:
        assert session.get(Job, old) is None
        assert session.scalar(select(func.count()).select_from(Job)) == before
    assert len(schedule_of(program.settings)) > 0


def test_the_list_shows_what_waits_and_why(program: Program, ask: Ask) -> None:
    job_id = ask("from_a_newer_version")
    with program.database.reading() as session:
        rows = [j.as_json() for j in list_jobs(session, 10, state="ready")]
        english = [j.as_json("en") for j in list_jobs(session, 10, kind="from_a_newer_version")]
    assert [r["id"] for r in rows] == [str(job_id)]
    assert "知らない" in rows[0]["note"]
    assert "newer version" in english[0]["note"]
    assert rows[0]["run_after"].endswith("+09:00")


def test_few_outcomes_are_looked_at_and_kept_off_with_the_reason_once(program: Program) -> None:
    run_pending(program)
    with program.database.reading() as session:
        [job] = list_jobs(session, kind="learn_outcomes")
        assert (job.said, job.facts) == ("learned_too_few", {"outcomes": 0})
        (run,) = runs(session)
        assert (run.reason, run.model, run.by) == ("too_few", None, "job:learn_outcomes")
        assert run.evaluation["went"]["placements"] == 0
    with program.database.writing(by="test") as session:
        enqueue(session, "learn_outcomes")
    run_pending(program)
    with program.database.reading() as session:
        assert {j.said for j in list_jobs(session, kind="learn_outcomes")} == {
            "learned_too_few", "nothing_to_do",
        }  # fmt: skip
        assert len(runs(session)) == 1
