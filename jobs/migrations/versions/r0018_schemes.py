"""What a municipality weighs its suggestions by.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "priority_scheme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("ja", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("minimum_score", sa.Double(), nullable=False),
        sa.Column("per_host", sa.Integer(), nullable=False),
        sa.Column("per_kind", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_priority_scheme")),
    )
    op.create_table(
        "threshold",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_threshold")),
    )


def downgrade() -> None:
    op.drop_table("threshold")
    op.drop_table("priority_scheme")
