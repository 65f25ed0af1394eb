"""The tables of the catalogue, and nothing else.

None means "not known" in every column that may be None: a file or a person has not said so.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import Uuid

from resources.moments import Moment

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the program hangs on this one metadata, so that one migration covers all."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        list[int]: JSON(none_as_null=True),
        datetime: Moment,
        uuid.UUID: Uuid(as_uuid=True),
    }


class Logged:
    """Marks the tables whose every write appends a row to the change log (see `changes`)."""


def _id() -> Mapped[uuid.UUID]:
    return mapped_column(primary_key=True, default=uuid.uuid4)


CLUSTERED = {"sqlite_with_rowid": False}
"""SQLite keeps such a table's rows in its primary key: finding one by its id is one look-up."""


class Organization(Logged, Base):
    """Who runs a resource; as a host it receives people and is itself supported."""

    __tablename__ = "organization"

    id: Mapped[uuid.UUID] = _id()
    name: Mapped[str] = mapped_column(String(300))
    name_kana: Mapped[str | None] = mapped_column(String(300))
    corporate_number: Mapped[str | None] = mapped_column(String(13))
    description: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(2000))
    # As a host: how many it accompanies at once, and a pause after a hard placement.
    accompanied_cap: Mapped[int | None]
    accompanied_now: Mapped[int | None]
    resting_until: Mapped[date | None]
    invented: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(200))
    source_key: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index(None, "source", "source_key", unique=True), CLUSTERED)


class Resource(Logged, Base):
    """Something people can take part in or use, run by an organisation."""

    __tablename__ = "resource"

    id: Mapped[uuid.UUID] = _id()
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    kind: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(300))
    name_kana: Mapped[str | None] = mapped_column(String(300))
    alias: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    # draft → review → published → paused → closed
    status: Mapped[str] = mapped_column(String(20), default="published")
    status_reason: Mapped[str | None] = mapped_column(Text)  # why it was paused or closed

    # For whom: formally, and who is really accepted (which wins where it is known).
    audience: Mapped[list[str] | None]
    accepted_audience: Mapped[list[str] | None]
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    accepted_age_min: Mapped[int | None]
    accepted_age_max: Mapped[int | None]
    gender: Mapped[str | None] = mapped_column(String(10))  # any / female / male
    languages: Mapped[list[str] | None]
    requirements: Mapped[list[str] | None]  # [] = nothing is required

    # What it is
    needs: Mapped[list[str] | None]  # need codes it answers
    activities: Mapped[list[str] | None]
    steps: Mapped[list[int] | None]  # rungs of the ladder offered, 0 … 5

    # Atmosphere
    noise: Mapped[str | None] = mapped_column(String(10))  # low / medium / high
    group_size: Mapped[int | None]  # people usually there at once
    conversation: Mapped[str | None] = mapped_column(String(10))  # none / optional / expected
    staff_present: Mapped[bool | None]
    visit_first: Mapped[bool | None]  # a visit before joining is possible
    accompaniment: Mapped[bool | None]  # somebody can come along, or be met
    online: Mapped[bool | None]

    # Conditions; yen a time, yen an hour
    fee_yen: Mapped[int | None]
    pays: Mapped[bool | None]
    pay_yen_hour: Mapped[int | None]
    transport: Mapped[bool | None]  # 送迎あり
    with_child: Mapped[bool | None]  # a small child may come along
    animals: Mapped[bool | None]
    smoking: Mapped[bool | None]
    alcohol: Mapped[bool | None]

    # Safety: for these, unknown counts as no
    children_present: Mapped[bool | None]
    child_safe: Mapped[bool | None]  # set up to receive minors
    confirms_participants: Mapped[bool | None]  # knows who is there
    publishes_members: Mapped[bool | None]  # publishes photographs or lists of members

    phone: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(2000))
    contact_note: Mapped[str | None] = mapped_column(Text)
    host_support: Mapped[str | None] = mapped_column(Text)  # what the host needs from us

    invented: Mapped[bool] = mapped_column(default=False)
    # Where the entry came from; `original` is the row as it was read, so nothing is lost.
    source: Mapped[str | None] = mapped_column(String(200))
    source_key: Mapped[str | None] = mapped_column(String(300))
    original: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    organization: Mapped[Organization | None] = relationship(lazy="raise")
    offerings: Mapped[list["Offering"]] = relationship(
        back_populates="resource", lazy="raise", cascade="save-update, merge"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(None, "source", "source_key", unique=True),
        Index(None, "status", "kind", "id"),
        CLUSTERED,
    )


class Location(Logged, Base):
    """A place with address, point, accuracy of the point, accessibility and visibility."""

    __tablename__ = "location"

    id: Mapped[uuid.UUID] = _id()
    name: Mapped[str | None] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(500))  # as it was written
    prefecture: Mapped[str | None] = mapped_column(String(10))
    city: Mapped[str | None] = mapped_column(String(40))
    town: Mapped[str | None] = mapped_column(String(100))  # as the gazetteer writes it
    number: Mapped[str | None] = mapped_column(String(60))
    building: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(8))
    lon: Mapped[float | None]  # WGS 84, degrees
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    # prefecture / city / town / chome / number / point (given by a file or a pin)
    point_level: Mapped[str | None] = mapped_column(String(20))
    point_source: Mapped[str | None] = mapped_column(String(40))  # file / gazetteer / pin
    district: Mapped[str | None] = mapped_column(String(60), index=True)  # code in the layer in use
    step_free: Mapped[bool | None]
    accessibility: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(10), default="public")  # public / team / hidden
    invented: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(200))
    source_key: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(None, "source", "source_key", unique=True),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_is_whole"),
        CLUSTERED,
    )


class Offering(Logged, Base):
    """A resource at a location on a schedule: what is matched (HSDS: service_at_location)."""

    __tablename__ = "offering"

    id: Mapped[uuid.UUID] = _id()
    resource_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("resource.id"))
    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("location.id"), index=True)
    label: Mapped[str | None] = mapped_column(String(200))
    schedule: Mapped[dict[str, Any] | None]  # structured, see `schedules`; None = not known
    schedule_text: Mapped[str | None] = mapped_column(Text)  # as it was written
    attendance: Mapped[str | None] = mapped_column(String(10))  # drop_in / whole
    min_minutes: Mapped[int | None]  # shortest useful stay
    min_per_week: Mapped[int | None]  # fewest sessions a week that the host expects
    capacity: Mapped[int | None]
    # Availability: always a status; a count is optional; who said so, when.
    availability: Mapped[str] = mapped_column(String(20), default="unknown")
    places: Mapped[int | None]
    availability_said_on: Mapped[date | None]
    availability_said_by: Mapped[str | None] = mapped_column(String(40))  # host / staff / source
    # Verification is not the same as an edit.
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None] = mapped_column(String(40))
    ends_on: Mapped[date | None]  # the last day it takes place, where one is known
    invented: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(200))
    source_key: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]

    resource: Mapped[Resource] = relationship(back_populates="offerings", lazy="raise")
    location: Mapped[Location | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(None, "source", "source_key", unique=True),
        CheckConstraint("places IS NULL OR places >= 0", name="places_not_negative"),
        Index(None, "resource_id", "verified_on", "id"),  # whom to call next, without the rows
        CLUSTERED,
    )


class TaxonomyTerm(Logged, Base):
    """One entry of a closed list (kind, need, activity …), editable, with its two labels."""

    __tablename__ = "taxonomy_term"

    axis: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    ja: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    facts: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)


class District(Logged, Base):
    """A named area of a layer; its outline lies in the layer's file (see geodata.areas)."""

    __tablename__ = "district"

    layer: Mapped[str] = mapped_column(String(60), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    ja: Mapped[str] = mapped_column(String(200))
    en: Mapped[str | None] = mapped_column(String(200))


class Agency(Logged, Base):
    """A desk or body that takes consultations or does casework: a node of the agency graph."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    ja: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    division: Mapped[str | None] = mapped_column(String(200))  # 保健福祉部 …
    operator: Mapped[str | None] = mapped_column(String(200))  # who runs it
    programmes: Mapped[list[str]]  # codes of the five programmes
    fields: Mapped[list[str]]
    needs: Mapped[list[str]]  # need codes it takes
    districts: Mapped[list[str] | None]  # codes it covers; None = the whole municipality
    meetings: Mapped[list[str]]  # suishin_kaigi / suishin_bukai
    phone: Mapped[str | None] = mapped_column(String(100))
    source: Mapped[str | None] = mapped_column(String(200))
    invented: Mapped[bool] = mapped_column(default=False)


class AgencyLink(Logged, Base):
    """An edge of the agency graph: who refers to whom, who coordinates, who belongs to what."""

    __tablename__ = "agency_link"

    origin: Mapped[str] = mapped_column(ForeignKey("agency.code"), primary_key=True)
    target: Mapped[str] = mapped_column(ForeignKey("agency.code"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(40), primary_key=True)


class ImportedFile(Base):
    """One reading of a file: what it was, and what became of each row."""

    __tablename__ = "imported_file"

    id: Mapped[uuid.UUID] = _id()
    name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    layout: Mapped[str | None] = mapped_column(String(60))
    rows: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    reported: Mapped[list[dict[str, Any]]] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class Change(Base):
    """One row of the change log, the spine of everything that follows the catalogue."""

    __tablename__ = "change"

    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(40), index=True)
    entity_id: Mapped[str] = mapped_column(String(160), index=True)
    action: Mapped[str] = mapped_column(String(10))  # add / edit / remove / load
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
