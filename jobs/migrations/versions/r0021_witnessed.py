"""Whether sessions took place, and whether hosts answered.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _offering(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offering.id"],
            name=op.f(f"fk_{table}_offering_id"),
            ondelete="CASCADE",
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "session_seen",
        *_offering("session_seen"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(length=10), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "on", "said_by", name=op.f("pk_session_seen")),
    )
    op.create_table(
        "host_asked",
        *_offering("host_asked"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("silent_from", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "id", name=op.f("pk_host_asked")),
    )
    # The question that is about nobody, of a question that hangs on a case.
    op.add_column("room_question", sa.Column("asked_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("room_question", "asked_id")
    op.drop_table("host_asked")
    op.drop_table("session_seen")
