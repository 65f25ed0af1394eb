"""How many lists were shown on a day, by age band.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lists_shown",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("lists", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("with_nothing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on", "band", name=op.f("pk_lists_shown")),
    )


def downgrade() -> None:
    op.drop_table("lists_shown")
