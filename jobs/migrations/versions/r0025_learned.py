"""What the engine said as a placement began, how it goes, and what was learned of it.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("suggested", sa.JSON(), nullable=True))
    op.add_column("follow_up", sa.Column("view", sa.String(length=10), nullable=True))
    op.create_table(
        "learning_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("evaluation", sa.JSON(), nullable=False),
        sa.Column("model", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_run")),
    )
    op.create_index(op.f("ix_learning_run_made_at"), "learning_run", ["made_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_learning_run_made_at"), table_name="learning_run")
    op.drop_table("learning_run")
    op.drop_column("follow_up", "view")
    op.drop_column("placement", "suggested")
