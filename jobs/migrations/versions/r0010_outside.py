"""Sources outside: allowed hosts, what is read for which offering, the sessions it has.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowed_host",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowed_host")),
        sa.UniqueConstraint("origin", name=op.f("uq_allowed_host_origin")),
    )
    op.create_table(
        "outside_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("etag", sa.String(length=300), nullable=True),
        sa.Column("last_modified", sa.String(length=100), nullable=True),
        sa.Column("cursor", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "kind IN ('hsds', 'rpde', 'ical')", name=op.f("ck_outside_source_kind_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'allowed', 'refused', 'stopped')",
            name=op.f("ck_outside_source_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_outside_source_resource_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_source")),
        sa.UniqueConstraint("resource_id", name=op.f("uq_outside_source_resource_id")),
    )
    op.create_index(op.f("ix_outside_source_state_due_at"), "outside_source", ["state", "due_at"])
    op.create_table(
        "outside_item",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=300), nullable=False),
        sa.Column("item_key", sa.String(length=300), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offering.id"],
            name=op.f("fk_outside_item_offering_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["outside_source.id"],
            name=op.f("fk_outside_item_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "offering_id", name=op.f("pk_outside_item")),
    )
    op.create_table(
        "outside_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("item_key", sa.String(length=300), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["offering_id"],
            ["offering.id"],
            name=op.f("fk_outside_session_offering_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["outside_source.id"],
            name=op.f("fk_outside_session_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_session")),
    )
    op.create_index(
        op.f("ix_outside_session_source_id_offering_id_key"),
        "outside_session",
        ["source_id", "offering_id", "key"],
        unique=True,
    )
    op.create_index(
        op.f("ix_outside_session_offering_id_starts_at"),
        "outside_session",
        ["offering_id", "starts_at"],
    )


def downgrade() -> None:
    op.drop_table("outside_session")
    op.drop_table("outside_item")
    op.drop_table("outside_source")
    op.drop_table("allowed_host")
