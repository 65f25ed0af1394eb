"""Runs migrations on the connection that `jobs.schema` hands over."""

from alembic import context

import casework.models
import jobs.models
from resources.models import Base

# Every table is known to this metadata once these two have been imported.
assert {"account", "job"} <= set(Base.metadata.tables), (casework.models, jobs.models)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
