"""Runs migrations on the connection that `jobs.schema` hands over."""

from alembic import context

import jobs.models  # noqa: F401 - so that every table is known
from resources.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
