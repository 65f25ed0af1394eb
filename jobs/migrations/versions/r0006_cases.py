"""Cases: teams, consents, named members, exclusions, break-glass, notices.

Everybody who was stored before gets a case. Their consent is marked as carried over: its paper was
not seen by this program, and the case page asks for it. Accounts named for a person of another
agency see the person no longer: their agency joins the team with a consent.

Revision ID: 0006
Revises: 0005
"""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _case_id() -> sa.Column[uuid.UUID]:
    return sa.Column("case_id", sa.Uuid(), nullable=False)


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _pk(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def upgrade() -> None:
    # First: SQLite makes the table of people anew below, which nothing may refer to meanwhile.
    op.drop_index(op.f("ix_person_name_account_id"), table_name="person_name")
    op.drop_table("person_name")
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _pk("household"),
    )
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("household_id", sa.Uuid(), nullable=True))
        person.add_column(
            sa.Column("protected", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        person.create_foreign_key(
            op.f("fk_person_household_id"), "household", ["household_id"], ["id"]
        )
    with op.batch_alter_table("person") as person:
        person.alter_column("protected", server_default=None)
    op.create_index(op.f("ix_person_household_id"), "person", ["household_id"])
    op.create_table(
        "support_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("evaluation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ground IN ('consent', 'meeting')", name=op.f("ck_support_case_known_ground")
        ),
        _fk("support_case", "person_id", "person.id"),
        _fk("support_case", "owner_id", "account.id"),
        _pk("support_case"),
        sa.UniqueConstraint("reference", name=op.f("uq_support_case_reference")),
        sa.UniqueConstraint("person_id", name=op.f("uq_support_case_person_id")),
    )
    op.create_index(op.f("ix_support_case_owner_id"), "support_case", ["owner_id"])
    op.create_table(
        "case_agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        _case_id(),
        sa.Column("agency", sa.String(length=60), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        _fk("case_agency", "case_id", "support_case.id"),
        _fk("case_agency", "agency", "agency.code"),
        _pk("case_agency"),
    )
    op.create_table(
        "case_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        _case_id(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("pledged_on", sa.Date(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        _fk("case_member", "case_id", "support_case.id"),
        _fk("case_member", "account_id", "account.id"),
        _pk("case_member"),
    )
    op.create_index(op.f("ix_case_member_account_id"), "case_member", ["account_id"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        _case_id(),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=20), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=True),
        _fk("consent", "case_id", "support_case.id"),
        _pk("consent"),
    )
    op.create_table(
        "consent_agency",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=60), nullable=False),
        _fk("consent_agency", "consent_id", "consent.id"),
        _fk("consent_agency", "agency", "agency.code"),
        _pk("consent_agency", "consent_id", "agency"),
    )
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        _case_id(),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("agency", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (agency IS NULL)", name=op.f("ck_exclusion_one_of_both")
        ),
        _fk("exclusion", "case_id", "support_case.id"),
        _fk("exclusion", "account_id", "account.id"),
        _fk("exclusion", "agency", "agency.code"),
        _pk("exclusion"),
    )
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        _case_id(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _fk("break_glass", "case_id", "support_case.id"),
        _fk("break_glass", "account_id", "account.id"),
        _pk("break_glass"),
    )
    op.create_index(op.f("ix_break_glass_account_id_at"), "break_glass", ["account_id", "at"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        _fk("notice", "account_id", "account.id"),
        _fk("notice", "case_id", "support_case.id"),
        _pk("notice"),
    )
    op.create_index(op.f("ix_notice_account_id_seen_at"), "notice", ["account_id", "seen_at"])
    for table in ("case_agency", "case_member", "consent", "exclusion", "break_glass"):
        op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"])
    _give_everybody_a_case()


def _give_everybody_a_case() -> None:
    connection = op.get_bind()
    meta = sa.MetaData()
    names = ("person", "support_case", "case_agency", "consent", "consent_agency")
    meta.reflect(connection, only=names)
    people, cases, team, consents, covered = (meta.tables[name] for name in names)
    for row in connection.execute(sa.select(people)).mappings().all():
        letters = "".join(secrets.choice(LETTERS) for _ in range(8))
        case_id, consent_id = uuid.uuid4(), uuid.uuid4()
        if connection.dialect.name == "sqlite":  # which keeps them as 32 digits
            case_id, consent_id = case_id.hex, consent_id.hex  # type: ignore[assignment]
        at = row["created_at"]
        connection.execute(
            cases.insert().values(
                id=case_id,
                reference=f"{letters[:4]}-{letters[4:]}",
                person_id=row["id"],
                ground="consent",
                state="assessment",
                opened_on=at.date(),
                version=1,
            )
        )
        connection.execute(
            team.insert().values(
                id=case_id, case_id=case_id, agency=row["agency"], since=at, added_by="migration"
            )
        )
        connection.execute(
            consents.insert().values(
                id=consent_id,
                case_id=case_id,
                purpose="support",
                given_by="self",
                given_on=at.date(),
                form="carried_over",
                recorded_by="migration",
                recorded_at=at,
            )
        )
        connection.execute(covered.insert().values(consent_id=consent_id, agency=row["agency"]))


def downgrade() -> None:
    op.create_table(
        "person_name",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.String(length=100), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        _fk("person_name", "account_id", "account.id"),
        _fk("person_name", "person_id", "person.id"),
        _pk("person_name", "person_id", "account_id"),
    )
    op.create_index(op.f("ix_person_name_account_id"), "person_name", ["account_id"])
    for table in (
        "notice",
        "break_glass",
        "exclusion",
        "consent_agency",
        "consent",
        "case_member",
        "case_agency",
        "support_case",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_person_household_id"), table_name="person")
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("fk_person_household_id"), type_="foreignkey")
        person.drop_column("household_id")
        person.drop_column("protected")
    op.drop_table("household")
