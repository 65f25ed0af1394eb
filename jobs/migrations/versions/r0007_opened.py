"""What is or was open data, and its newest position in the change log.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opened",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("modified", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_opened")),
    )
    op.create_index(op.f("ix_opened_resource_id"), "opened", ["resource_id"])
    op.create_index(op.f("ix_opened_at"), "opened", ["at"])
    op.create_index(op.f("ix_opened_modified_offering_id"), "opened", ["modified", "offering_id"])
    op.create_table(
        "opened_upto",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_opened_upto")),
    )


def downgrade() -> None:
    op.drop_table("opened_upto")
    op.drop_table("opened")
