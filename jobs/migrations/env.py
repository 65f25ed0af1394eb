"""Runs migrations on the connection that `jobs.schema` hands over."""

from alembic import context

from jobs.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
