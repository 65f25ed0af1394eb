"""The ledger: what is asked for is done once, or stands there with a reason."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from labour.tasks import TEST_TASKS, effects
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.ledger import Claimed, Outcome, TakenOver, claim, enqueue, finish, retry, still_alive
from jobs.listing import job_shown
from jobs.models import Job
from jobs.program import Program
from jobs.progress import forget_progress, progress_of
from jobs.runtime import run_one, run_pending
from jobs.upkeep import bury_lost, oldest_due_age_s, release_left_behind, take_to_publish
from resources import clock
from resources.database import Database

Ask = Callable[..., uuid.UUID]
Stored = Callable[[uuid.UUID], Job]
KINDS = tuple(TEST_TASKS)


def take(database: Database, lease_seconds: float = 60, **options: object) -> Claimed | None:
    with database.writing(by="test") as session:
        return claim(session, lease_seconds=lease_seconds, kinds=KINDS, **options)  # type: ignore[arg-type]


def test_a_job_is_done_with_its_effect_and_only_once(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("count")
    assert run_one(program, job_id, tasks=TEST_TASKS)
    for _ in range(5):
        assert not run_one(program, job_id, tasks=TEST_TASKS)
    assert effects(program.database) == {str(job_id): 1}
    assert stored(job_id).state == "done"


def test_a_change_that_is_rolled_back_asks_for_nothing(program: Program) -> None:
    class ChangedMyMind(Exception):
        pass

    with pytest.raises(ChangedMyMind), program.database.writing(by="test") as session:
        enqueue(session, "count")
        raise ChangedMyMind
    assert take(program.database) is None


def test_a_task_that_fails_leaves_no_effect_and_a_reason_without_its_words(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("stumble")
    assert run_one(program, job_id, tasks=TEST_TASKS)
    assert effects(program.database) == {}
    job = stored(job_id)
    assert (job.state, job.attempts, job.said) == ("ready", 1, "failed")
    assert job.facts is not None
    assert job.facts["error"] == "ValueError"
    assert "山田" not in str(job.facts)


def test_a_poisonous_job_pauses_longer_each_time_and_dies_with_its_reason(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("stumble", max_attempts=3)
    pauses = []
    for _ in range(3):
        before = clock.now()
        assert run_one(program, job_id, tasks=TEST_TASKS)
        job = stored(job_id)
        if job.state == "ready":
            pauses.append((job.run_after.replace(tzinfo=before.tzinfo) - before).total_seconds())
            assert not run_one(program, job_id, tasks=TEST_TASKS)  # it pauses
            _make_due(program.database, job_id)
    assert pauses[1] > 2 * pauses[0] > 0
    assert (stored(job_id).state, stored(job_id).said) == ("dead", "failed")


def _make_due(database: Database, job_id: uuid.UUID) -> None:
    with database.writing(by="test") as session:
        session.execute(
            update(Job).where(Job.id == job_id).values(run_after=clock.now() - timedelta(days=1))
        )


def test_a_dead_job_can_be_retried_and_only_a_dead_one(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("refuse")
    run_one(program, job_id, tasks=TEST_TASKS)
    assert stored(job_id).state == "dead"
    with program.database.writing(by="test") as session:
        assert retry(session, job_id)
        assert not retry(session, job_id)
        assert not retry(session, uuid.uuid4())
    assert run_one(program, job_id, tasks={"refuse": TEST_TASKS["count"]})
    assert effects(program.database) == {str(job_id): 1}


def test_an_unknown_kind_is_left_for_a_program_that_knows_it(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("from_a_newer_version")
    assert not run_one(program, job_id, tasks=TEST_TASKS)
    assert (stored(job_id).state, stored(job_id).attempts) == ("ready", 0)
    with program.database.reading() as session:
        assert oldest_due_age_s(session) is not None


def test_a_message_that_came_to_an_older_program_is_sent_again_at_once(
    program: Program, ask: Ask
) -> None:
    """Otherwise it would wait until a lost message is thought of: it came where it did no good."""
    job_id = ask("from_a_newer_version")

    def sent(again_after_s: float = 3600) -> list[uuid.UUID]:
        with program.database.writing(by="test") as session:
            return take_to_publish(
                session, kinds=["from_a_newer_version"], again_after_s=again_after_s
            )

    assert (sent(), sent()) == ([job_id], [])
    assert not run_one(program, job_id, tasks=TEST_TASKS)
    assert (sent(), sent()) == ([job_id], [])


def test_a_job_waits_until_its_time(program: Program, ask: Ask) -> None:
    ask("count", run_after=clock.now() + timedelta(hours=1))
    assert take(program.database) is None
    with program.database.reading() as session:
        assert oldest_due_age_s(session) is None


def test_the_days_work_goes_before_the_nights(program: Program, ask: Ask) -> None:
    ask("count", priority=5)
    urgent = ask("count")
    taken = take(program.database)
    assert taken is not None
    assert taken.id == urgent


def test_asking_twice_for_the_same_gives_one_job(program: Program, ask: Ask) -> None:
    assert ask("count", dedupe_key="k") == ask("count", dedupe_key="k")
    assert run_one(program, tasks=TEST_TASKS)
    assert not run_one(program, tasks=TEST_TASKS)


def test_what_is_asked_for_while_the_same_runs_is_done_once_more(
    program: Program, ask: Ask, stored: Stored
) -> None:
    first = ask("count", dedupe_key="k")
    job = take(program.database)
    assert job is not None
    assert ask("count", dedupe_key="k") == first
    with program.database.writing(by="test") as session:
        finish(session, job, Outcome("split"))
    assert stored(first).state == "done"
    second = ask("count", dedupe_key="k")
    assert second != first
    with program.database.reading() as session:
        assert len(list(session.scalars(select(Job)))) == 2


def test_a_worker_paused_past_its_lease_can_no_longer_commit(program: Program, ask: Ask) -> None:
    job_id = ask("count")
    paused = take(program.database, lease_seconds=-1)
    assert paused is not None
    assert run_one(program, job_id, tasks=TEST_TASKS)  # another takes it over
    with pytest.raises(TakenOver), program.database.writing(by="test") as session:
        TEST_TASKS["count"].run(program, session, paused)
        finish(session, paused, Outcome("split"))
    assert effects(program.database) == {str(job_id): 1}


def test_a_sign_of_life_keeps_a_job_and_shows_when_it_was_lost(program: Program, ask: Ask) -> None:
    ask("count")
    job = take(program.database, lease_seconds=-1)
    assert job is not None
    with program.database.writing(by="test") as session:
        assert still_alive(session, job, lease_seconds=60)
    assert take(program.database) is None
    with program.database.writing(by="test") as session:
        assert still_alive(session, job, lease_seconds=-1)
    assert take(program.database) is not None
    with program.database.writing(by="test") as session:
        assert not still_alive(session, job, lease_seconds=60)


def test_a_job_that_kills_its_workers_runs_out_of_attempts(
    program: Program, ask: Ask, stored: Stored
) -> None:
    job_id = ask("count", max_attempts=3)
    for _ in range(3):
        assert take(program.database, lease_seconds=-1) is not None
    assert take(program.database) is None
    with program.database.writing(by="test") as session:
        assert bury_lost(session) == 1
    assert (stored(job_id).state, stored(job_id).said) == ("dead", "worker_lost")


def test_what_a_dead_process_left_running_is_ready_at_the_next_start(
    program: Program, ask: Ask
) -> None:
    ask("count")
    worn_out = ask("count", max_attempts=1)
    assert take(program.database) is not None
    assert take(program.database) is not None
    with program.database.writing(by="test") as session:
        assert release_left_behind(session) == 1
        bury_lost(session)
    assert take(program.database) is not None
    with program.database.reading() as session:
        job = session.get(Job, worn_out)
        assert job is not None
        assert job.state == "dead"


def test_a_due_job_is_published_again_only_after_a_while(program: Program, ask: Ask) -> None:
    job_id = ask("count")
    with program.database.writing(by="test") as session:
        assert take_to_publish(session, kinds=KINDS, again_after_s=60) == [job_id]
        assert take_to_publish(session, kinds=KINDS, again_after_s=60) == []
        assert take_to_publish(session, kinds=KINDS, again_after_s=-1) == [job_id]


def test_everything_due_is_run_at_one_go(program: Program, ask: Ask) -> None:
    asked = {str(ask("count")) for _ in range(20)}
    assert run_pending(program, 7, tasks=TEST_TASKS) == 7
    assert run_pending(program, tasks=TEST_TASKS) == 13
    assert effects(program.database) == dict.fromkeys(asked, 1)


# Two at once. Beside the ledger's claim stands the naive one, which must fail where it holds.


def _naive_look(session: Session) -> uuid.UUID | None:
    return session.scalar(select(Job.id).where(Job.state == "ready").limit(1))


def _naive_take(session: Session, job_id: uuid.UUID) -> None:
    session.execute(update(Job).where(Job.id == job_id).values(state="running"))


def test_looking_first_and_taking_then_gives_one_job_to_two_workers(
    program: Program, ask: Ask
) -> None:
    ask("count")
    held = []
    looked = []
    for _ in range(2):
        with program.database.reading() as session:
            looked.append(_naive_look(session))
    for job_id in looked:
        with program.database.writing(by="test") as session:
            assert job_id is not None
            _naive_take(session, job_id)
            held.append(job_id)
    assert len(held) == 2  # overtaken: this is why the ledger doesn't do it so


def test_many_workers_at_once_never_hold_the_same_job(program: Program, ask: Ask) -> None:
    with program.database.writing(by="test") as session:
        asked = {enqueue(session, "count") for _ in range(60)}
    held: list[uuid.UUID] = []
    together = threading.Barrier(6)

    def work() -> None:
        together.wait()
        while job := take(program.database):
            held.append(job.id)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(held) == 60
    assert set(held) == asked


def test_one_job_delivered_to_six_workers_at_once_has_one_effect(
    program: Program, ask: Ask
) -> None:
    jobs = [ask("count") for _ in range(10)]
    together = threading.Barrier(6)

    def work() -> None:
        together.wait()
        for job_id in jobs:
            run_one(program, job_id, tasks=TEST_TASKS)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert effects(program.database) == {str(job_id): 1 for job_id in jobs}


def test_work_that_is_delivered_itself_is_done_as_often_as_it_is_delivered(
    program: Program, ask: Ask
) -> None:
    ask("count")
    message = take(program.database)
    assert message is not None
    for _ in range(6):  # naive: no row of a ledger says that it was done
        with program.database.writing(by="test") as session:
            TEST_TASKS["count"].run(program, session, message)
    assert effects(program.database) == {str(message.id): 6}


def test_a_running_job_shows_how_far_it_has_come(program: Program, ask: Ask) -> None:
    job_id = ask("count")
    job = take(program.database)
    assert job is not None
    progress_of(program.database, job)(3, 10)
    with program.database.reading() as session:
        shown = job_shown(session, job_id)
    forget_progress(job_id)
    assert shown is not None
    assert shown.as_json()["progress"] == "3 / 10"


def test_who_asks_for_more_of_the_same_is_heard(program: Program, ask: Ask, stored: Stored) -> None:
    job_id = ask("count", dedupe_key="k")
    assert ask("count", dedupe_key="k", subject="again") == job_id
    assert ask("count", dedupe_key="k") == job_id
    assert stored(job_id).subject == "again"


def test_what_waits_with_a_pause_is_done_at_once_when_somebody_asks(
    program: Program, ask: Ask
) -> None:
    job_id = ask("count", dedupe_key="k", run_after=clock.now() + timedelta(hours=1))
    ask("count", dedupe_key="k")
    assert run_one(program, job_id, tasks=TEST_TASKS)
