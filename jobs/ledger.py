"""The job ledger: enqueue, claim, finish, fail, retry. The truth about work stands here.

Whoever asks for a job inserts its row in the transaction of the change that asks. Whoever works
claims it by one UPDATE, and finishes it in the transaction of its effect: exactly once.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from jobs.dialects import now_of, passing_over_taken
from jobs.models import LIVE, Job
from resources.upsert import insert_into

Fact = int | str

FIRST_PAUSE_S = 10
LONGEST_PAUSE_S = 3600


@dataclass(frozen=True)
class Claimed:
    """A job that this worker holds until its lease ends; the token says so."""

    id: uuid.UUID
    kind: str
    subject: str | None
    token: uuid.UUID
    attempt: int
    max_attempts: int


@dataclass(frozen=True)
class Outcome:
    """What happened, and how much: the code of a sentence in `jobs.sentences` and its facts."""

    said: str
    facts: dict[str, Fact] = field(default_factory=dict)


class Refused(RuntimeError):
    """A task that can't be done as things stand; the sentence is shown to staff, with its facts.

    final : trying again would not help, so the job is dead at once
    """

    def __init__(self, said: str, *, final: bool = False, **facts: Fact) -> None:
        self.said = said
        self.final = final
        self.facts = facts
        super().__init__(said)


class TakenOver(RuntimeError):
    """Somebody else holds the job by now: what was done for it must be rolled back."""

    def __init__(self, job_id: uuid.UUID) -> None:
        self.job_id = job_id
        super().__init__("the job is held by another worker; this one's work is rolled back")


def enqueue(
    session: Session,
    kind: str,
    *,
    subject: str | None = None,
    run_after: datetime | None = None,
    dedupe_key: str | None = None,
    max_attempts: int = 5,
    priority: int = 0,
) -> uuid.UUID:
    """Ask for a job in the caller's transaction; return its id, or that of the one that waits.

    subject : an id or a range of ids, never anything about a person
    priority : the lower, the sooner among those that are due; the night's work waits for the day's
    dedupe_key : at most one job of a key is ready or running. One that is running may have read
        what changed since, so it is done once more when it ends.
    """
    now = now_of(session)
    insert = insert_into(session, Job).values(
        id=uuid.uuid4(),
        kind=kind,
        subject=subject,
        dedupe_key=dedupe_key,
        state="ready",
        again=False,
        priority=priority,
        attempts=0,
        max_attempts=max_attempts,
        run_after=run_after or now,
        enqueued_at=now,
    )
    sooner = and_(Job.attempts == 0, insert.excluded.run_after < Job.run_after)
    statement = insert.on_conflict_do_update(
        index_elements=[Job.dedupe_key],
        index_where=text(LIVE),
        set_={
            "again": Job.state == "running",
            # Of two that ask for the same, the one that says more is heard.
            "subject": func.coalesce(insert.excluded.subject, Job.subject),
            # One that failed keeps its pause.
            "run_after": case((sooner, insert.excluded.run_after), else_=Job.run_after),
        },
    ).returning(Job.id)
    return session.execute(statement).scalar_one()


def due(now: datetime, job: type[Job] = Job) -> ColumnElement[bool]:
    """Return the condition of the jobs that somebody should take now."""
    return and_(
        job.attempts < job.max_attempts,
        or_(
            and_(job.state == "ready", job.run_after <= now),
            and_(job.state == "running", job.lease_until < now),
        ),
    )


def claim(
    session: Session,
    *,
    lease_seconds: float,
    kinds: Collection[str],
    job_id: uuid.UUID | None = None,
) -> Claimed | None:
    """Take a due job, or a given one if it is due; None where there is none to take.

    One statement decides, so two workers never hold the same job. The attempt is counted before
    the work: a job that kills its worker runs out of attempts too. Kinds that this program doesn't
    know are left for one that does.
    """
    now = now_of(session)
    if job_id is None:
        other = aliased(Job)
        oldest = (
            select(other.id)
            .where(due(now, other), other.kind.in_(kinds))
            .order_by(other.priority, other.run_after, other.id)
            .limit(1)
        )
        which = Job.id == passing_over_taken(oldest).scalar_subquery()
    else:
        which = Job.id == job_id
    token = uuid.uuid4()
    row = session.execute(
        update(Job)
        .where(which, due(now), Job.kind.in_(kinds))
        .values(
            state="running",
            token=token,
            lease_until=now + timedelta(seconds=lease_seconds),
            attempts=Job.attempts + 1,
            started_at=now,
            again=False,
            progress_done=null(),
            progress_total=null(),
        )
        .returning(Job.id, Job.kind, Job.subject, Job.attempts, Job.max_attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Claimed(row[0], row[1], row[2], token, row[3], row[4])


def leave_to_others(session: Session, job_id: uuid.UUID, kinds: Collection[str]) -> bool:
    """Let a job of a kind that isn't known here be sent again at once; tell whether it is such.

    Its message came to an older program than the one that sent it.
    """
    row = session.execute(
        update(Job)
        .where(Job.id == job_id, due(now_of(session)), Job.kind.not_in(kinds))
        .values(published_at=null())
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row is not None


def finish(session: Session, job: Claimed, outcome: Outcome) -> None:
    """Mark the job done, in the transaction that holds its effect.

    Raises `TakenOver` where the claim is no longer in force; the caller's transaction must then
    be rolled back, and the effect with it.
    """
    _end(session, job, state="done", said=outcome.said, facts=outcome.facts)


def fail(session: Session, job: Claimed, refused: Refused) -> bool:
    """Put the job back for a later attempt, or mark it dead; tell whether it is dead.

    In a transaction of its own, after that of the effect was rolled back. Raises `TakenOver`.
    """
    dead = refused.final or job.attempt >= job.max_attempts
    if dead:
        _end(session, job, state="dead", said=refused.said, facts=refused.facts)
        return True
    pause_s = min(FIRST_PAUSE_S * 4 ** (job.attempt - 1), LONGEST_PAUSE_S)
    put_back = (
        update(Job)
        .where(_held(job))
        .values(
            state="ready",
            run_after=now_of(session) + timedelta(seconds=pause_s),
            token=null(),
            lease_until=null(),
            published_at=null(),
            said=refused.said,
            facts=refused.facts,
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(put_back).one_or_none() is None:
        raise TakenOver(job.id)
    return False


def let_go(session: Session, job: Claimed) -> None:
    """Make a job due again whose process is to end; the attempt doesn't count.

    In a transaction of its own, after that of the effect was rolled back. Raises `TakenOver`.
    """
    due_again = (
        update(Job)
        .where(_held(job))
        .values(
            state="ready",
            attempts=Job.attempts - 1,
            token=null(),
            lease_until=null(),
            published_at=null(),
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(due_again).one_or_none() is None:
        raise TakenOver(job.id)


def _held(job: Claimed) -> ColumnElement[bool]:
    return and_(Job.id == job.id, Job.token == job.token, Job.state == "running")


def _end(session: Session, job: Claimed, *, state: str, said: str, facts: dict[str, Fact]) -> None:
    ended = session.execute(
        update(Job)
        .where(_held(job))
        .values(
            state=state,
            finished_at=now_of(session),
            token=null(),
            lease_until=null(),
            said=said,
            facts=facts,
        )
        .returning(Job.again, Job.subject, Job.dedupe_key, Job.max_attempts, Job.priority)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if ended is None:
        raise TakenOver(job.id)
    if ended.again:
        enqueue(
            session,
            job.kind,
            subject=ended.subject,
            dedupe_key=ended.dedupe_key,
            max_attempts=ended.max_attempts,
            priority=ended.priority,
        )


def still_alive(session: Session, job: Claimed, *, lease_seconds: float) -> bool:
    """Lengthen the lease of a job that is being worked on; False where it was taken over."""
    until = now_of(session) + timedelta(seconds=lease_seconds)
    row = session.execute(
        update(Job)
        .where(_held(job))
        .values(lease_until=until)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row is not None


def retry(session: Session, job_id: uuid.UUID) -> bool:
    """Give a dead job its attempts back; False where there is no such dead job."""
    twin = aliased(Job)
    lives = (
        select(twin.id)
        .where(twin.dedupe_key == Job.dedupe_key, twin.state.in_(("ready", "running")))
        .exists()
    )
    row = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "dead")
        .values(
            state="ready",
            attempts=0,
            run_after=now_of(session),
            published_at=null(),
            finished_at=null(),
            # Where the same work already waits, this one runs beside it: jobs may run twice.
            dedupe_key=case((lives, null()), else_=Job.dedupe_key),
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row is not None
