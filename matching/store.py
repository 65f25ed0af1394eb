"""Keeps the index of one catalogue: built aside, swapped in by one rename, followed by changes."""

import json
import mmap
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Select, Text, cast, or_, select
from sqlalchemy.orm import Session

from geodata.streets import StreetGraph, load_streets
from matching.codebook import Codebook
from matching.columns import RECORD, SLOT, Array, Columns
from matching.encoding import LOW_HALF, SOURCE, Encoder
from matching.index import Index, cell_keys, in_grid_order
from matching.learned import Learned
from matching.learned_kept import in_force, learned_since
from matching.rows import Part
from matching.schemes import default_weighing
from matching.schemes_kept import read_weighing, weighing_revision
from resources.driver import driver_rows
from resources.host_experience import HostExperience
from resources.models import Change, Location, Offering, Organization, Resource
from resources.queries import offering_ids_touched
from resources.terms import lists_changed, read_vocabulary
from resources.track_record import ENTITIES, NOTHING_KNOWN, offering_of, track_records
from resources.vocabulary import Vocabulary

FORMAT = 13
SHOWN_FILE = "shown.json"
BATCH = 20_000
LARGEST_OVERLAY = 5_000
"""Changed rows that are carried in memory before a new base is built."""

WITNESSED = ("sessions_seen", "host_answers")
"""What is read beside the facts of an offering; it ends a row of `SOURCE`."""

_INVENTED = or_(Offering.invented, Resource.invented)
_OF_SEVERAL: dict[str, Any] = {"host_name": Organization.name, "invented": _INVENTED}
_TABLES = (Offering, Resource, Location, Organization, HostExperience)


def _column(name: str) -> Any:
    if name in _OF_SEVERAL:
        return _OF_SEVERAL[name]
    for table in _TABLES:
        column = getattr(table, name, None)
        if column is not None and name in table.__table__.columns:
            # JSON is read as its text: the encoder meets the same few texts again and again.
            is_json = type(table.__table__.columns[name].type).__name__ == "JSON"
            return cast(column, Text) if is_json else column
    raise AssertionError(name)


def facts_of_offerings() -> Select[Any]:
    """Return the statement that reads what the encoder needs, in its order."""
    return (
        select(*(_column(name).label(f"c_{name}") for name in SOURCE[: -len(WITNESSED)]))
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .outerjoin(Organization, Resource.organization_id == Organization.id)
        .outerjoin(HostExperience, HostExperience.organization_id == Organization.id)
    )


class IndexStore:
    """The index of one catalogue, as a folder that all processes of a machine share.

    folder : where bases lie, one folder each, and `current`, which names the one in use
    vocabulary : the closed lists whose codes become bits
    streets_folder : where releases of the streets lie; None = distances are straight ones
    """

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, streets_folder: Path | None = None
    ) -> None:
        self.folder = folder
        self.streets_folder = streets_folder
        self.codebook = Codebook(vocabulary)
        self.weighing = default_weighing()
        self.learned: Learned | None = None
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._base_name: str | None = None
        self._lists_seen = 0

    def streets(self) -> StreetGraph | None:
        """Return the streets in force; None where none were imported."""
        return None if self.streets_folder is None else load_streets(self.streets_folder)

    def build(self, session: Session) -> int:
        """Build a base from the catalogue and swap it in; return its revision."""
        # Before the rows: a change made in between is then indexed again.
        revision, catalogue = _revision(session), _catalogue_id(session)
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=self.folder))
        about = {
            "format": FORMAT,
            "revision": revision,
            "catalogue": catalogue,
            "lists": self.codebook.fingerprint,
        }
        try:
            with (aside / SHOWN_FILE).open("wb") as shown:
                encoder = Encoder(self.codebook, shown)
                for batch in _batches(session):
                    encoder.add(batch)
            columns = in_grid_order(encoder.columns(shown=_bytes_of(aside / SHOWN_FILE)))
            name = _save(aside, columns, about)
        finally:  # where it was finished, it has another name by now
            shutil.rmtree(aside, ignore_errors=True)
        _point_to(self.folder, name)
        _forget_old(self.folder, name)
        return revision

    def current(self, session: Session) -> Index:
        """Return the index at the newest revision that this session sees."""
        revision = _revision(session)
        index = self._index
        if index is not None and index.revision == revision:
            return index
        with self._lock:
            index = self._index
            if index is not None and index.revision == revision:
                return index
            self._follow_lists(session, revision)
            self._index = replace(
                self._brought_up(session, revision),
                codebook=self.codebook,
                weighing=self.weighing,
                learned=self.learned,
            )
            return self._index

    def _follow_lists(self, session: Session, revision: int) -> None:
        """Take the closed lists, the weighing and what was learned as they are now, where new.

        A base made with other lists no longer fits then, and is built anew; one that only differs
        in what people read is kept.
        """
        if lists_changed(session, since=self._lists_seen):
            lists = read_vocabulary(session)
            if lists is not None:
                self.codebook = Codebook(lists)
                self._index = None
        if weighing_revision(session, since=self._lists_seen):
            self.weighing = read_weighing(session)
        if learned_since(session, self._lists_seen):
            self.learned = in_force(session)
        self._lists_seen = revision

    def _brought_up(self, session: Session, revision: int) -> Index:
        base = self._base(session, revision)
        if base.base_revision == revision:
            return base
        touched = _touched(session, base.base_revision)
        if touched is None or len(touched) > LARGEST_OVERLAY:
            self.build(session)
            base = self._base(session, revision)
            touched = _touched(session, base.base_revision) or set()
        return self._with_overlay(session, base, touched, revision)

    def _base(self, session: Session, revision: int) -> Index:
        """Return the base that the folder names, loaded once; build one where none fits."""
        name = _current_name(self.folder)
        known = self._index
        same = name is not None and name == self._base_name
        if same and known is not None and known.base_revision <= revision:
            return Index(known.base, known.base_revision, None, _NO_ROWS, known.base_revision)
        loaded = self._load(session, name, revision)
        if loaded is None:
            self.build(session)
            name = _current_name(self.folder)
            loaded = self._load(session, name, _revision(session))
            assert loaded is not None
        self._base_name = name
        return loaded

    def _load(self, session: Session, name: str | None, revision: int) -> Index | None:
        if name is None:
            return None
        try:
            manifest = json.loads((self.folder / name / "manifest.json").read_text())
        except (OSError, ValueError):
            return None
        fits = (
            manifest.get("format") == FORMAT
            and manifest.get("lists") == self.codebook.fingerprint
            and manifest.get("catalogue") == _catalogue_id(session)
            and manifest.get("revision", revision + 1) <= revision
        )
        if not fits:
            return None
        try:
            columns = _load(self.folder / name, manifest)
        except (OSError, ValueError, KeyError):
            return None
        keys = cell_keys(np.asarray(columns["lon"]), np.asarray(columns["lat"]))
        base_revision = int(manifest["revision"])
        return Index(Part(columns, keys), base_revision, None, _NO_ROWS, base_revision)

    def _with_overlay(
        self, session: Session, base: Index, touched: set[uuid.UUID], revision: int
    ) -> Index:
        encoder = Encoder(self.codebook)
        wanted = list(touched)
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            words = track_records(session, some)
            rows = session.execute(facts_of_offerings().where(Offering.id.in_(some)))
            encoder.add([(*row, *words.get(row[0], NOTHING_KNOWN)) for row in rows])
        columns = encoder.columns(base.base.columns.texts["text_idf"])
        gone = _rows_of(base.base.columns, touched)
        return Index(base.base, base.base_revision, Part(columns), gone, revision)


_NO_ROWS = np.empty(0, np.int64)


_NEWEST = "SELECT max(revision) FROM change"


def _revision(session: Session) -> int:
    # By the driver: this is asked before every question, and nothing is made of it.
    return driver_rows(session.connection(), _NEWEST)[0][0] or 0


def _catalogue_id(session: Session) -> str:
    """Return what tells one catalogue from another that was put in its place."""
    first = session.execute(select(Change.at).order_by(Change.revision).limit(1)).scalar()
    return "" if first is None else first.replace(tzinfo=None).isoformat()


def _batches(session: Session) -> Iterator[list[tuple[Any, ...]]]:
    words = track_records(session)  # of a few offerings each, as far as people said something
    statement = facts_of_offerings().execution_options(yield_per=BATCH)
    for rows in session.execute(statement).partitions(BATCH):
        yield [(*row, *words.get(row[0], NOTHING_KNOWN)) for row in rows]


def _touched(session: Session, since: int) -> set[uuid.UUID] | None:
    """Return the offerings that changed after a revision; None after a load of many rows."""
    rows = session.execute(
        select(Change.entity, Change.entity_id, Change.action).where(Change.revision > since)
    ).all()
    by_entity: dict[str, set[uuid.UUID]] = {}
    for entity, entity_id, action in rows:
        if action == "load":
            return None
        if entity in ("offering", "resource", "location", "organization"):
            by_entity.setdefault(entity, set()).add(uuid.UUID(entity_id))
        elif entity == HostExperience.__tablename__:
            by_entity.setdefault("organization", set()).add(uuid.UUID(entity_id))
        elif entity in ENTITIES:
            by_entity.setdefault("offering", set()).add(offering_of(entity_id))
    touched = by_entity.get("offering", set())
    if sum(map(len, by_entity.values())) > LARGEST_OVERLAY:
        return None
    return touched | offering_ids_touched(
        session,
        organizations=by_entity.get("organization", ()),
        resources=by_entity.get("resource", ()),
        locations=by_entity.get("location", ()),
    )


def _rows_of(columns: Columns, ids: set[uuid.UUID]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the sorted row numbers of some offerings."""
    if not ids:
        return _NO_ROWS
    low = np.array(sorted(i.int & LOW_HALF for i in ids), np.uint64)
    rows = np.flatnonzero(np.isin(columns["id_low"], low))
    wanted = {(i.int >> 64, i.int & LOW_HALF) for i in ids}
    high_low = zip(columns["id_high"][rows].tolist(), columns["id_low"][rows].tolist(), strict=True)
    return rows[[pair in wanted for pair in high_low]].astype(np.int64)


def _bytes_of(path: Path) -> Array:
    """Map a file into memory; one of no bytes can't be."""
    empty = not path.stat().st_size
    return np.empty(0, np.uint8) if empty else np.asarray(np.memmap(path, np.uint8, "r"))


def _save(aside: Path, columns: Columns, manifest: dict[str, Any]) -> str:
    """Write a base beside what is shown of its rows, rename it into place, return its name."""
    arrays: dict[str, Array] = {
        "records": columns.records,
        "pointer": columns.pointer,
        "slots": columns.slots,
        **columns.texts,
    }
    for name, array in arrays.items():
        np.save(aside / f"{name}.npy", array, allow_pickle=False)
    (aside / "selectors.json").write_text(json.dumps(columns.selectors), encoding="utf-8")
    facts = {**manifest, "texts": list(columns.texts)}
    (aside / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    name = f"r{manifest['revision']}-{uuid.uuid4().hex[:8]}"
    aside.chmod(0o755)
    aside.rename(aside.with_name(name))
    return name


def _load(folder: Path, manifest: dict[str, Any]) -> Columns:
    """Map a base into memory; its pages are shared by all processes."""

    def mapped(name: str) -> Array:
        array = np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
        # Each page is touched once now, not by the first question about its neighbourhood.
        array.view(np.uint8)[:: mmap.PAGESIZE].max(initial=0)
        return array

    # A file forgets that its records are aligned, and to Numba they would be of another type: each
    # loop would be compiled twice.
    return Columns(
        mapped("records").view(RECORD),
        mapped("pointer"),
        mapped("slots").view(SLOT),
        tuple(json.loads((folder / "selectors.json").read_text(encoding="utf-8"))),
        {name: mapped(name) for name in manifest["texts"]},
        _bytes_of(folder / SHOWN_FILE),
    )


def _current_name(folder: Path) -> str | None:
    try:
        return (folder / "current").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _point_to(folder: Path, name: str) -> None:
    aside = folder / f".current-{os.getpid()}-{threading.get_ident()}"
    aside.write_text(name, encoding="utf-8")
    aside.replace(folder / "current")


def _forget_old(folder: Path, keep: str) -> None:
    """Remove all bases but the newest two: a process may still be opening the one before."""
    bases = sorted(folder.glob("r*-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in [p for p in bases if p.name != keep][1:]:
        shutil.rmtree(old, ignore_errors=True)
