"""Brings HSDS records into the catalogue: added, changed or left as they are, or reported.

Ids are kept. Reading a file again changes nothing, and a record that changed changes just the
fields that it now states otherwise: what coordinators know beyond it stays. An entry that has its
home in this catalogue, and not in an HSDS file, is never changed by one.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import types
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.hsds.files import read_records
from resources.hsds.read_place import place_of_no_location
from resources.hsds.read_record import (
    BadRecord,
    PlaceRow,
    Read,
    Row,
    are_services,
    read_record,
)
from resources.hsds.values import Reader
from resources.import_report import FileReport, Outcome, Reported, Told
from resources.merged import MERGED
from resources.models import ImportedFile, Location, Offering, Organization, Resource
from resources.sources.rows import is_storable
from resources.sources.tables import MOST_BYTES
from resources.strict_json import NotJson
from resources.vocabulary import UNSORTED, Vocabulary

SOURCE = "hsds"
LONGEST_ID_SHOWN = 60
BATCH = 1_000

Json = dict[str, Any]
Entry = Organization | Resource | Location | Offering
Progress = Callable[[int, int], None]


def import_hsds(
    session: Session,
    path: Path,
    *,
    vocabulary: Vocabulary,
    by: str,
    today: date | None = None,
    progress: Progress | None = None,
    max_bytes: int = MOST_BYTES,
) -> FileReport:
    """Read a file of HSDS JSON into the catalogue.

    Parameters
    ----------
    path : an object, an array, a page of a list, or one object a line; services,
        services at locations and organisations, sparse or full
    today : what is said to have been verified later than this can't have been

    Returns
    -------
    The report; `warned` names the records of which a value was left out.

    Raises
    ------
    BadFile
        The file as a whole can't be used.
    """
    changes.acting(session, by=by)
    records = read_records(path, max_bytes=max_bytes)
    report = FileReport(path.name, rows=len(records), warned=[])
    day = today or clock.today()
    services = are_services([record for _, record in records])
    met: dict[str, int] = {}
    for done, (number, record) in enumerate(records, start=1):
        reader = Reader()
        shown = _shown_id(record)
        try:
            if isinstance(record, NotJson):
                raise BadRecord(record.ja, record.en)
            reads = read_record(record, vocabulary, day, reader, services=services)
            _only_once(met, record, number)
            outcome = _bring_in(session, reads, record, reader, vocabulary)
        except BadRecord as error:
            report.reported.append(Reported(number, error.ja, error.en, shown))
        else:
            name = reader.text(record, "name", 300) if "name" in record else None
            report.tell(Told(number, outcome, name, tuple(dict.fromkeys(reader.changed))))
            report.warned = (report.warned or []) + [
                Reported(number, odd.ja, odd.en, shown) for odd in reader.odd
            ]
        if done % BATCH == 0:
            session.flush()
        if progress is not None:
            progress(done, len(records))
    _remember(session, path, report, by)
    return report


def _only_once(met: dict[str, int], record: Json, number: int) -> None:
    """Refuse a record whose id an earlier one has: which of the two is true can't be told."""
    id_ = record.get("id")
    if isinstance(id_, str) and (first := met.setdefault(id_.lower(), number)) != number:
        raise BadRecord(
            f"{first} 件目と id が重なっています。どちらかを削除してください。",
            f"Its id is that of record {first}; remove one of the two.",
        )


def _shown_id(record: Any) -> str | None:
    value = record.get("id") if isinstance(record, dict) else None
    return value[:LONGEST_ID_SHOWN] if isinstance(value, str) and is_storable(value) else None


def _bring_in(
    session: Session, reads: list[Read], record: Json, reader: Reader, vocabulary: Vocabulary
) -> Outcome:
    outcomes = []
    for read in reads:
        stored = session.get(Resource, read.service.id) if read.service else None
        if read.service is None:
            outcomes.append(_put_host(session, read, {}, reader))
        elif stored is None:
            outcomes.append(_bring_one(session, _sorted(read, reader, vocabulary), record, reader))
        elif stored.status == MERGED:
            outcomes.append("unchanged")  # what it says is said of another entry now
        elif stored.source != SOURCE:
            outcomes.append(_compare_own(session, read))
        else:
            outcomes.append(_bring_one(session, read, record, reader))
    if "added" in outcomes:
        return "added"
    return "changed" if "changed" in outcomes else "unchanged"


def _sorted(read: Read, reader: Reader, vocabulary: Vocabulary) -> Read:
    """Return a new service with its kind; where no term says it, it is of unknown kind."""
    assert read.service is not None
    if "kind" in read.service.facts:
        return read
    if UNSORTED not in vocabulary.codes("kind"):
        raise BadRecord(
            f"種類が分かりません。種類の一覧に {UNSORTED} を加えてください。",
            f"Its kind isn't known; add {UNSORTED} to the list of kinds.",
        )
    reader.note(
        "種類の用語がないので、「種類が未確認」として取り込みました。",
        "No term says its kind; it was taken in as of unknown kind.",
    )
    kinded = Row(read.service.id, {**read.service.facts, "kind": UNSORTED})
    return Read(read.organization, kinded, read.places)


def _put_host(session: Session, read: Read, before: Json, reader: Reader) -> Outcome:
    if read.organization is None:
        return "unchanged"
    return _put(session, Organization, read.organization, before.get("organization"), reader)


def _bring_one(session: Session, read: Read, record: Json, reader: Reader) -> Outcome:
    """Add or change a service of HSDS files, with its host and places."""
    assert read.service is not None
    stored = session.get(Resource, read.service.id)
    before: Json = (stored.original or {}) if stored is not None else {}
    outcomes = {_put_host(session, read, before, reader)}
    host = {"organization_id": str(read.organization.id)} if read.organization else {}
    service = Row(read.service.id, read.service.facts | host)
    session.flush()
    outcomes.add(_put(session, Resource, service, before.get("service"), reader))
    session.flush()
    places = dict(before.get("places", {}))
    for place in _places_to_put(session, read, places):
        offering = _placed(place, service.id)
        old = places.get(str(offering.id), {})
        location = place.location
        if location is not None:
            outcomes.add(_put(session, Location, location, old.get("location"), reader))
            session.flush()
        outcomes.add(_put(session, Offering, offering, old.get("offering"), reader))
        places[str(offering.id)] = {
            "offering": (old.get("offering") or {}) | offering.facts,
            "location": (old.get("location") or {}) | location.facts if location else None,
        }
    seen = {
        "service": (before.get("service") or {}) | service.facts,
        "organization": (before.get("organization") or {})
        | (read.organization.facts if read.organization else {}),
        "places": places,
    }
    _keep_original(session.get_one(Resource, service.id), seen, record)
    session.flush()
    if stored is None:
        return "added"
    return "unchanged" if outcomes == {"unchanged"} else "changed"


def _places_to_put(session: Session, read: Read, known: Json) -> list[PlaceRow]:
    """Return the places of a service that are to be put, and tidy up after a sparser record.

    The offering that stands for "no place is named" goes where places are known, and comes only
    where none is.
    """
    assert read.service is not None
    nowhere = place_of_no_location(read.service.id)
    if [p.offering.id for p in read.places] == [nowhere]:
        return read.places if not known or str(nowhere) in known else []
    stale = session.get(Offering, nowhere)
    if stale is not None and stale.source == SOURCE and stale.version == 1:
        session.delete(stale)
        known.pop(str(nowhere), None)
    return read.places


def _placed(place: PlaceRow, service: uuid.UUID) -> Row:
    links = {"resource_id": str(service)}
    if place.location is not None:
        links["location_id"] = str(place.location.id)
    return Row(place.offering.id, place.offering.facts | links)


def _keep_original(resource: Resource, seen: Json, record: Json) -> None:
    """Keep what was read, and the record as it stood, so that nothing is lost."""
    previous = resource.original or {}
    if {k: previous.get(k) for k in seen} == seen:
        return
    text = json.dumps(record, ensure_ascii=False)
    whole = record if is_storable(text) and "\\u0000" not in text else None
    resource.original = {**seen, "record": whole}


def _put(
    session: Session, table: type[Entry], row: Row, old: Json | None, reader: Reader
) -> Outcome:
    """Add a row, or set the fields that are stated otherwise than before."""
    columns = table.__table__.columns
    facts = {name: _as_column(value, columns[name].type) for name, value in row.facts.items()}
    stored: Any = session.get(table, row.id)
    now = clock.now()
    if stored is None:
        session.add(
            table(
                id=row.id, source=SOURCE, source_key=str(row.id), created_at=now, edited_at=now,
                **facts,
            )
        )  # fmt: skip
        return "added"
    if stored.source != SOURCE:
        if any(getattr(stored, name) != value for name, value in facts.items()):
            reader.note(
                f"{row.id} はこの一覧で管理しているので、変更しませんでした。",
                f"{row.id} is kept in this catalogue and was not changed.",
            )
        return "unchanged"
    changed = False
    for name, value in facts.items():
        stated_anew = (
            getattr(stored, name) is None
            if old is None
            else name not in old or old[name] != row.facts[name]
        )
        if stated_anew and getattr(stored, name) != value:
            setattr(stored, name, value)
            stored.edited_at = now
            changed = True
            reader.changed.append((table.__tablename__, name))
    return "changed" if changed else "unchanged"


def _as_column(value: Any, kind: Any) -> Any:
    if isinstance(kind, types.Date):
        return date.fromisoformat(value)
    if isinstance(kind, types.Uuid):
        return uuid.UUID(value)
    return value


def _compare_own(session: Session, read: Read) -> Outcome:
    """Find an entry of our own as the record states it; an HSDS file is no way to edit it."""
    rows: list[tuple[type[Entry], Row]] = []
    if read.service is not None:
        rows.append((Resource, read.service))
        rows += [(Offering, _placed(place, read.service.id)) for place in read.places]
    for table, row in rows:
        stored = session.get(table, row.id)
        columns = table.__table__.columns
        if stored is None or any(
            getattr(stored, name) != _as_column(value, columns[name].type)
            for name, value in row.facts.items()
            if name != "status_reason"
        ):
            raise BadRecord(
                "この一覧で管理している項目と内容が違います。画面で編集してください。",
                "It differs from the entry of this catalogue; edit that one instead.",
            )
    return "unchanged"


def _remember(session: Session, path: Path, report: FileReport, by: str) -> None:
    session.add(
        ImportedFile(
            id=uuid.uuid4(),
            name=path.name[:300],
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            layout="hsds",
            rows=report.rows,
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
            reported=[r.as_json() for r in report.reported],
            by=by,
            at=clock.now(),
        )
    )
    session.flush()
