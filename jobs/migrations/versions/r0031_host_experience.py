"""What is known of hosts from the casework, in bands.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_experience",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("accompanied", sa.Integer(), nullable=True),
        sa.Column("stayed", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_host_experience_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_host_experience")),
    )


def downgrade() -> None:
    op.drop_table("host_experience")
