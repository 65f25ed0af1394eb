"""Indexes that answer whom to call next without reading the rows.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_resource_status_kind_id"), "resource", ["status", "kind", "id"])
    op.drop_index(op.f("ix_resource_status"), table_name="resource")
    op.create_index(
        op.f("ix_offering_resource_id_verified_on_id"),
        "offering",
        ["resource_id", "verified_on", "id"],
    )
    op.drop_index(op.f("ix_offering_resource_id"), table_name="offering")


def downgrade() -> None:
    op.create_index(op.f("ix_offering_resource_id"), "offering", ["resource_id"])
    op.drop_index(op.f("ix_offering_resource_id_verified_on_id"), table_name="offering")
    op.create_index(op.f("ix_resource_status"), "resource", ["status"])
    op.drop_index(op.f("ix_resource_status_kind_id"), table_name="resource")
