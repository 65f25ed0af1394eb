"""Terms of records, what was destroyed, and people's requests about what is kept of them.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from casework.row_security import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _of_case(table: str) -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f(f"fk_{table}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "retention_term",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.CheckConstraint("years >= 0", name=op.f("ck_retention_term_years_not_negative")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_term")),
    )
    op.create_table(
        "destruction_proposal",
        *_of_case("destruction_proposal"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("kept_reason", sa.Text(), nullable=True),
        sa.Column("kept_by", sa.String(length=100), nullable=True),
    )
    op.create_index(op.f("ix_destruction_proposal_case_id"), "destruction_proposal", ["case_id"])
    op.create_index(
        op.f("ix_destruction_proposal_case_id_kind"),
        "destruction_proposal",
        ["case_id", "kind"],
        unique=True,
    )
    op.create_table(
        "destruction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("without_consent", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
    )
    op.create_index(op.f("ix_destruction_at"), "destruction", ["at"])
    op.create_table(
        "person_request",
        *_of_case("person_request"),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("checked_with", sa.String(length=20), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("completing_days", sa.Integer(), nullable=False),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("extended_reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("masked", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index(op.f("ix_person_request_case_id"), "person_request", ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("destruction_proposal", "person_request"):
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    for table in ("person_request", "destruction", "destruction_proposal", "retention_term"):
        op.drop_table(table)
