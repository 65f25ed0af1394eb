"""Plans, placements, follow-ups, hand-offs, meetings, disclosures.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "disclosure",
        sa.Column("to_whom", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("why", sa.String(length=30), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_disclosure_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_case_id"), "disclosure", ["case_id"], unique=False)
    op.create_table(
        "hand_off",
        sa.Column("sender", sa.String(length=60), nullable=False),
        sa.Column("receiver", sa.String(length=60), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_hand_off_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_hand_off_case_id")),
        sa.ForeignKeyConstraint(["receiver"], ["agency.code"], name=op.f("fk_hand_off_receiver")),
        sa.ForeignKeyConstraint(["sender"], ["agency.code"], name=op.f("fk_hand_off_sender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_off")),
    )
    op.create_index(op.f("ix_hand_off_case_id"), "hand_off", ["case_id"], unique=False)
    op.create_table(
        "meeting_case",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_meeting_case_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_case_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_case")),
    )
    op.create_index(op.f("ix_meeting_case_case_id"), "meeting_case", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_meeting_case_meeting_id"), "meeting_case", ["meeting_id"], unique=False
    )
    op.create_table(
        "placement",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("ask_again_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("manager_told_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_placement_case_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_placement_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_case_id"), "placement", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_placement_owner_id_next_on"), "placement", ["owner_id", "next_on"], unique=False
    )
    op.create_table(
        "plan_item",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name=op.f("fk_plan_item_agency")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_plan_item_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
    )
    op.create_index(op.f("ix_plan_item_case_id"), "plan_item", ["case_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("whom", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("done_by", sa.String(length=100), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_follow_up_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_follow_up_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_case_id"), "follow_up", ["case_id"], unique=False)
    op.create_index(op.f("ix_follow_up_placement_id"), "follow_up", ["placement_id"], unique=False)
    op.create_table(
        "placement_step",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=True),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["support_case.id"], name=op.f("fk_placement_step_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_step_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_step")),
    )
    op.create_index(op.f("ix_placement_step_case_id"), "placement_step", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_placement_step_placement_id"), "placement_step", ["placement_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("placement_step")
    op.drop_table("follow_up")
    op.drop_table("plan_item")
    op.drop_table("placement")
    op.drop_table("meeting_case")
    op.drop_table("hand_off")
    op.drop_table("disclosure")
    op.drop_table("meeting")
