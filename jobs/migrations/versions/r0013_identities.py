"""Sealed names, invitations, the second factor; questions for room.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_person_identity_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_identity")),
    )
    op.create_index(op.f("ix_person_identity_case_id"), "person_identity", ["case_id"])
    op.create_index(op.f("ix_person_identity_lookup"), "person_identity", ["lookup"])
    op.create_index(
        op.f("ix_person_identity_case_id_field"),
        "person_identity",
        ["case_id", "field"],
        unique=True,
    )
    op.create_table(
        "invitation",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=True),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name=op.f("fk_invitation_agency")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invitation")),
    )
    op.create_table(
        "room_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("days", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_room_question_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_room_question_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_question")),
    )
    op.create_index(op.f("ix_room_question_case_id"), "room_question", ["case_id"])
    op.add_column("account", sa.Column("totp", sa.String(length=300), nullable=True))
    op.add_column("account", sa.Column("totp_step", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "totp_step")
    op.drop_column("account", "totp")
    op.drop_table("room_question")
    op.drop_table("invitation")
    op.drop_table("person_identity")
