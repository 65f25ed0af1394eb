"""Row-level security on what hangs on a case (PostgreSQL only).

Revision ID: 0016
Revises: 0015
"""

from alembic import op

from casework.row_security import cases_seen_function, protect, unprotect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "break_glass", "case_agency", "case_member", "consent", "consent_agency", "disclosure",
    "exclusion", "follow_up", "hand_off", "household", "meeting_case", "notice", "person",
    "person_identity", "placement", "placement_step", "plan_item", "room_question", "support_case",
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(cases_seen_function())
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        for statement in unprotect(table):
            op.execute(statement)
    op.execute("DROP FUNCTION ibasho_cases_seen()")
