"""When the database was brought to its schema, in seconds since 1970 by the database's clock.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("brought_at_s", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("alembic_version", "brought_at_s")
