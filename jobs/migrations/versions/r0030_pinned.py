"""Places that staff keep first on a person's list, with the reason.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from casework.row_security import protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HELD = sa.text("unpinned_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "pin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("unpinned_by", sa.String(length=100), nullable=True),
        sa.Column("unpinned_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_pin_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
    )
    op.create_index(op.f("ix_pin_case_id"), "pin", ["case_id"])
    op.create_index(
        "ix_pin_held",
        "pin",
        ["case_id", "offering_id"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in protect("pin"):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("pin")
