"""Contacts of which people were told, and the weekly report of gaps.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("told_on", "manager_told_on"):
        op.add_column("follow_up", sa.Column(name, sa.Date(), nullable=True))
    op.create_table(
        "gap_report",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("people_without", sa.Integer(), nullable=False),
        sa.Column("towns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_gap_report")),
    )


def downgrade() -> None:
    op.drop_table("gap_report")
    op.drop_column("follow_up", "manager_told_on")
    op.drop_column("follow_up", "told_on")
