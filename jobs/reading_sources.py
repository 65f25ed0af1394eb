"""The jobs that read availability from sources outside: what is due, and one source at a time."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from sqlalchemy.orm import Session

from jobs.fetching import Fetcher, FetchFailed, Known
from jobs.ledger import Claimed, Outcome, Refused, enqueue
from jobs.program import Program
from jobs.reading_lists import read_hsds_source
from resources import clock
from resources.outside import calendars, rpde
from resources.outside.addresses import LONGEST_URL, BadSourceUrl, check_url
from resources.outside.hearing import Heard, hear
from resources.outside.problems import problems
from resources.outside.reading import Asked, Reading, due_sources, to_ask
from resources.outside.said import DatedSession, Doubt, Unreadable

RUN_S = 90.0
"""For so long a feed's pages are asked for in one run; the next run goes on from there."""

MOST_PAGES = 50
MOST_BYTES = 50_000_000
NIGHT = 5

Run = Callable[[Program, Session, Claimed], Outcome]


def ask_for_source(session: Session, source_id: uuid.UUID, *, priority: int = 0) -> uuid.UUID:
    """Ask for one source to be read, in the caller's transaction; return the job's id."""
    return enqueue(
        session,
        "read_source",
        subject=str(source_id),
        dedupe_key=f"read_source:{source_id}",
        priority=priority,
    )


def read_sources(_program: Program, session: Session, _job: Claimed) -> Outcome:
    due = due_sources(session, now=clock.now())
    for source_id in due:
        ask_for_source(session, source_id, priority=NIGHT)
    return Outcome("sources_asked", {"sources": len(due)}) if due else Outcome("nothing_to_do")


def read_source(_program: Program, _session: Session, _job: Claimed) -> Outcome:
    """What is done where there was nothing to read: the source isn't allowed (any more)."""
    return Outcome("nothing_to_do")


def read_from_outside(program: Program, job: Claimed) -> Run | None:
    """Read a source, outside any transaction; return what stores it. It may be read twice."""
    try:
        source_id = uuid.UUID(job.subject or "")
    except ValueError:
        raise Refused("bad_subject", final=True) from None
    with program.database.reading() as session:
        asked = to_ask(session, source_id, now=clock.now())
    if asked is None:
        return None
    fetcher = Fetcher(asked.origins, loopback=program.settings.sources_loopback)
    reading = read_one(fetcher, asked, now=clock.now())

    def store(program: Program, session: Session, job: Claimed) -> Outcome:
        every = timedelta(hours=max(program.settings.sources_hours, 1))
        heard = hear(
            session, asked=asked, reading=reading, every=every, now=clock.now(),
            by=f"job:{job.kind}",
        )  # fmt: skip
        return _outcome(heard, reading)

    return store


def read_one(fetcher: Fetcher, asked: Asked, *, now: datetime) -> Reading:
    """Read a source as its kind is read; what goes wrong is part of the reading."""
    try:
        if asked.kind == "rpde":
            return _feed(fetcher, asked, now)
        if asked.kind == "hsds":
            return read_hsds_source(fetcher, asked, now)
        return _calendars(fetcher, asked, now)
    except FetchFailed as error:
        return Reading(problem=error.problem, retry_after_s=error.retry_after_s)
    except Unreadable as error:
        return Reading(problem=error.problem)


def _calendars(fetcher: Fetcher, asked: Asked, now: datetime) -> Reading:
    known = Known(asked.etag, asked.last_modified)
    got = fetcher.fetch(asked.url, types=calendars.TYPES, known=known)
    names = set() if got.body is None else set(asked.items.values())
    return Reading(
        sessions={name: _calendar(got.body or b"", name, now) for name in names},
        etag=got.known.etag,
        last_modified=got.known.last_modified,
    )


def _calendar(body: bytes, name: str, now: datetime) -> list[DatedSession] | Doubt:
    try:
        return calendars.read_calendar(body, name, now=now)
    except Unreadable as error:
        if error.problem == "no_such_item":
            return Doubt(error.problem)  # the others may be there
        raise


def _feed(fetcher: Fetcher, asked: Asked, now: datetime) -> Reading:
    """Read a feed's pages; where one can't be read, those before it count."""
    over = time.monotonic() + RUN_S
    url, read_to = asked.url, None
    changes: list[rpde.Item] = []
    size = 0
    for _ in range(MOST_PAGES):
        try:
            _check_same_host(asked, url)
            page, following, length = _page(fetcher, url, now)
        except FetchFailed as error:
            return Reading(
                feed=changes, complete=False, cursor=read_to, problem=error.problem,
                retry_after_s=error.retry_after_s,
            )  # fmt: skip
        except Unreadable as error:
            return Reading(feed=changes, complete=False, cursor=read_to, problem=error.problem)
        changes += [i for i in page.items if _concerns(i, asked, now)]
        read_to = following
        if page.is_last or following == url:
            return Reading(feed=changes, cursor=read_to)
        url = following
        size += length
        if time.monotonic() > over or size > MOST_BYTES:
            break
    return Reading(feed=changes, complete=False, cursor=read_to)


def _check_same_host(asked: Asked, url: str) -> None:
    """Raise `FetchFailed` where a page stands on another host, though that may be read as well."""
    try:
        origin = check_url(url, loopback=True).origin
    except BadSourceUrl:
        return  # the fetcher refuses it, and says why
    if origin != asked.origin and origin in asked.origins:
        raise FetchFailed("other_host")


def _page(fetcher: Fetcher, url: str, now: datetime) -> tuple[rpde.FeedPage, str, int]:
    """Return a page, where the next stands, and how many bytes it had."""
    body = fetcher.fetch(url, types=rpde.TYPES).body or b""
    page = rpde.read_page(body, now=now)
    try:
        following = urljoin(url, page.next_url)
    except ValueError:
        raise Unreadable("not_rpde") from None
    if len(following) > LONGEST_URL:
        raise Unreadable("not_rpde")
    return page, following, len(body)


def _concerns(item: rpde.Item, asked: Asked, now: datetime) -> bool:
    """Tell whether an item may be about what is asked; of a deleted one only its id is known."""
    if item.data is None or item.key in asked.known_keys:
        return True
    return any(
        item.is_called(name) or rpde.sessions_of(item, name, now=now)
        for name in set(asked.items.values())
    )


def _outcome(heard: Heard, reading: Reading) -> Outcome:
    if not heard.stored:
        return Outcome("nothing_to_do")
    if reading.problem is not None:
        ja, en = problems()[reading.problem]
        return Outcome("source_failed", {"problem": en, "problem_ja": ja})
    return Outcome("source_read", {"changed": heard.changed, "doubts": heard.doubts})
