"""How many entries the log of open data has ever told of.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opened_upto", sa.Column("entries", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("opened_upto", "entries")
