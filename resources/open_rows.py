"""Tables of what has been open data, and how far the change log was read for it.

They outlive the entries: whoever copied an entry that is open no more must be told so.
"""

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base


class Opened(Base):
    """An offering that is or was open data, and its newest position in the change log.

    modified : revision of the newest change that anybody outside can see
    at : when that change was made
    """

    __tablename__ = "opened"

    offering_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[uuid.UUID] = mapped_column(index=True)
    modified: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    is_open: Mapped[bool]

    __table_args__ = (Index(None, "modified", "offering_id"),)


class OpenedUpto(Base):
    """The last revision that was read for the table of what is open; one row.

    entries : how many entries were ever told of; none of their rows is removed, so fewer rows show
        a loss. None = not counted yet (followed by a release that didn't)
    """

    __tablename__ = "opened_upto"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    revision: Mapped[int]
    entries: Mapped[int | None]
