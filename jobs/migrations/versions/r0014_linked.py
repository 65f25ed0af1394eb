"""Whose account somebody at the identity provider signs in to.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "linked_subject",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_linked_subject_account_id")
        ),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_linked_subject")),
        sa.UniqueConstraint("account_id", name=op.f("uq_linked_subject_account_id")),
    )


def downgrade() -> None:
    op.drop_table("linked_subject")
