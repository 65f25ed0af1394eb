"""What each kind of job does. A job is a sentence: look, do it with one call, say how much."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.stalled import tell_what_stalls
from geodata.areas import load_layer
from jobs.comparing import compare_entries, compare_outside
from jobs.copies import say_copy, write_copy
from jobs.fitting import fit_some, fit_waiting
from jobs.host_counting import count_hosts
from jobs.importing_files import check_file, import_file, try_file
from jobs.importing_parts import finish_import, import_some
from jobs.learning import learn_outcomes
from jobs.ledger import Claimed, Outcome, Refused, enqueue
from jobs.program import Program
from jobs.reading_sources import read_from_outside, read_source, read_sources
from jobs.reminding import remind_verifications, report_gaps, tell_ask_again, tell_contacts
from jobs.retaining import propose_destruction
from jobs.sealing import keep_head, seal_audit
from jobs.sent_files import forget_old_files
from jobs.stopping import heed_stop
from jobs.upkeep import forget_old
from matching.store import IndexStore
from resources import booking, clock
from resources.booking_told import offerings_with_places, tell_offerings
from resources.changes import acting
from resources.expiry import close_what_ended
from resources.models import Change
from resources.once import forget_answers
from resources.placing import place_locations
from resources.queries import offering_ids_touched
from resources.refresh import pieces_of_all, refresh_offerings

PIECE = 2_000
"""Offerings in one piece of the nightly refresh: a second or two of work."""

STALE_AFTER = 2_000
"""Changes since the index was built after which it is built anew."""

DONE_DAYS, DEAD_DAYS, UPLOAD_DAYS = 30, 180, 30
NIGHT = 5
"""Priority of the night's pieces: what a person's change asks for goes first."""


Run = Callable[[Program, Session, Claimed], Outcome]


@dataclass(frozen=True)
class Task:
    """How a kind of job is done.

    run : inside the transaction that also marks the job as done
    before : long work outside the database, before that transaction; it may happen more than once.
        Where it brought something that is to be stored, it returns what then runs instead of `run`.
    """

    run: Run
    before: Callable[[Program, Claimed], Run | None] | None = None


def refresh_all(_program: Program, session: Session, _job: Claimed) -> Outcome:
    pieces = pieces_of_all(session, PIECE)
    for first, last in pieces:
        subject = f"{first}..{last}"
        key = f"refresh_some:{first}"
        enqueue(session, "refresh_some", subject=subject, dedupe_key=key, priority=NIGHT)
    return Outcome("split", {"pieces": len(pieces)}) if pieces else Outcome("nothing_to_do")


def refresh_some(program: Program, session: Session, job: Claimed) -> Outcome:
    first, last = _ends(job)
    between = (_as_id(first), _as_id(last))
    found = refresh_offerings(
        session, now=clock.now(), vocabulary=program.vocabulary, between=between
    )
    return Outcome("refreshed", vars(found))


def refresh_changed(program: Program, session: Session, job: Claimed) -> Outcome:
    ids = _touched(session, *map(_as_revision, _ends(job)))
    if not ids:
        return Outcome("nothing_to_do")
    found = refresh_offerings(
        session, now=clock.now(), vocabulary=program.vocabulary, ids=sorted(ids)
    )
    return Outcome("refreshed", vars(found))


def expire(_program: Program, session: Session, job: Claimed) -> Outcome:
    closed = 0
    while some := close_what_ended(session, today=clock.today(), by=_by(job)):
        closed += some
        heed_stop()
    return Outcome("expired", {"closed": closed}) if closed else Outcome("nothing_to_do")


def expire_holds(_program: Program, session: Session, job: Claimed) -> Outcome:
    expired = booking.expire_holds(session, now=clock.now(), by=_by(job))
    return Outcome("holds_expired", {"holds": expired}) if expired else Outcome("nothing_to_do")


def tell_places(_program: Program, session: Session, job: Claimed) -> Outcome:
    """Days pass without a booking: the next session speaks for its offering."""
    acting(session, by=_by(job))
    changed = 0
    after: uuid.UUID | None = None
    while some := offerings_with_places(session, after, PIECE):
        changed += tell_offerings(session, some)
        after = some[-1]
        heed_stop()
    return Outcome("places_told", {"changed": changed}) if changed else Outcome("nothing_to_do")


def place(program: Program, session: Session, job: Claimed) -> Outcome:
    gazetteer, areas = program.gazetteer_if_any(), _areas(program)
    looked_at = placed = districts = 0
    after: uuid.UUID | None = None
    while True:
        found, after = place_locations(
            session,
            gazetteer=gazetteer,
            areas=areas,
            by=_by(job),
            again=job.subject == "again",
            after=after,
        )
        looked_at += found.looked_at
        placed += found.placed
        districts += found.districts
        if after is None:
            break
        heed_stop()
    if not looked_at and not districts:
        return Outcome("nothing_to_do")
    return Outcome("placed", {"looked_at": looked_at, "placed": placed, "districts": districts})


def build_index_where_stale(program: Program, _job: Claimed) -> None:
    """Build outside the job's transaction: on SQLite that would keep all other writers waiting."""
    with program.database.reading() as session:
        store = _index_on_disk(program)
        index = store.current(session)
        if index.revision - index.base_revision > STALE_AFTER:
            store.build(session)


def say_index_revision(program: Program, session: Session, _job: Claimed) -> Outcome:
    return Outcome("built", {"revision": _index_on_disk(program).current(session).base_revision})


def tell_stalled(_program: Program, session: Session, _job: Claimed) -> Outcome:
    owners, managers = tell_what_stalls(session, today=clock.today())
    if not owners and not managers:
        return Outcome("nothing_to_do")
    return Outcome("stalled_told", {"owners": owners, "managers": managers})


def forget_old_jobs(_program: Program, session: Session, _job: Claimed) -> Outcome:
    jobs, ticks = forget_old(session, done_days=DONE_DAYS, dead_days=DEAD_DAYS)
    forget_answers(session, now=clock.now())
    forget_old_files(session, days=UPLOAD_DAYS)
    return Outcome("forgotten", {"jobs": jobs, "ticks": ticks})


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "refresh_all": Task(refresh_all),
        "refresh_some": Task(refresh_some),
        "refresh_changed": Task(refresh_changed),
        "expire": Task(expire),
        "expire_holds": Task(expire_holds),
        "tell_places": Task(tell_places),
        "place_locations": Task(place),
        "check_file": Task(check_file, before=try_file),
        "import_file": Task(import_file),
        "import_some": Task(import_some),
        "finish_import": Task(finish_import),
        "build_index": Task(say_index_revision, before=build_index_where_stale),
        "compare_entries": Task(compare_entries, before=compare_outside),
        "tell_stalled": Task(tell_stalled),
        "tell_contacts": Task(tell_contacts),
        "tell_ask_again": Task(tell_ask_again),
        "remind_verifications": Task(remind_verifications),
        "report_gaps": Task(report_gaps),
        "fit_waiting": Task(fit_waiting),
        "fit_some": Task(fit_some),
        "propose_destruction": Task(propose_destruction),
        "count_hosts": Task(count_hosts),
        "learn_outcomes": Task(learn_outcomes),
        "seal_audit": Task(seal_audit, before=keep_head),
        "read_sources": Task(read_sources),
        "read_source": Task(read_source, before=read_from_outside),
        "forget_old_jobs": Task(forget_old_jobs),
        "backup": Task(say_copy, before=write_copy),
    }
)


def _index_on_disk(program: Program) -> IndexStore:
    # The program's own store goes on with the base it has loaded until something changes.
    return IndexStore(program.settings.index_folder, program.vocabulary)


def _by(job: Claimed) -> str:
    return f"job:{job.kind}"


def _ends(job: Claimed) -> tuple[str, str]:
    first, dots, last = (job.subject or "").partition("..")
    if not dots:
        raise Refused("bad_subject", final=True)
    return first, last


def _as_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("bad_subject", final=True) from None


def _as_revision(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused("bad_subject", final=True) from None


def _areas(program: Program) -> gpd.GeoDataFrame | None:
    """Return the layer in use: the one called `districts`, or the only one there is."""
    folder = program.settings.layers_folder
    layers = sorted(p.stem for p in folder.glob("*.current"))
    if "districts" in layers:
        return load_layer(folder, "districts")
    return load_layer(folder, layers[0]) if len(layers) == 1 else None


def _touched(session: Session, first: int, last: int) -> set[uuid.UUID]:
    """Return the offerings whose rows, or whose resource or location, some revisions wrote."""
    by_entity: dict[str, set[uuid.UUID]] = {"offering": set(), "resource": set(), "location": set()}
    rows = session.execute(
        select(Change.entity, Change.entity_id)
        .where(Change.revision.between(first, last), Change.entity.in_(by_entity))
        .distinct()
    )
    for entity, entity_id in rows:
        by_entity[entity].add(uuid.UUID(entity_id))
    touched = offering_ids_touched(
        session, resources=by_entity["resource"], locations=by_entity["location"]
    )
    return touched | by_entity["offering"]
