"""Which pairs of entries may be one.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likely_pair",
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_id"], ["resource.id"], name=op.f("fk_likely_pair_one_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["resource.id"], name=op.f("fk_likely_pair_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_likely_pair")),
    )
    op.create_index(op.f("ix_likely_pair_other_id"), "likely_pair", ["other_id"])
    op.create_index(op.f("ix_likely_pair_weight"), "likely_pair", ["weight"])


def downgrade() -> None:
    op.drop_table("likely_pair")
