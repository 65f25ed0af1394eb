"""Runs migrations on the connection that `jobs.schema` hands over."""

from alembic import context

import casework.models
import jobs.models
import resources.booked
import resources.derived
import resources.reported
from resources.models import Base

# Every table is known to this metadata once these three have been imported.
TABLES = (casework.models, jobs.models, resources.booked, resources.derived, resources.reported)
assert {"account", "job", "suggested"} <= set(Base.metadata.tables), TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
