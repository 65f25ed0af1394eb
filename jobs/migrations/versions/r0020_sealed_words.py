"""Seals the free texts about people that are stored, in their columns.

Revision ID: 0020
Revises: 0019
"""

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from casework.sealed_fields import KeyRing, seal, unseal

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = {
    "household": ("label",),
    "person": ("label", "summary"),
    "support_case": ("evaluation",),
    "exclusion": ("reason",),
    "break_glass": ("reason",),
    "plan_item": ("what",),
    "placement_step": ("note",),
    "follow_up": ("note",),
    "hand_off": ("what", "answer"),
    "meeting_case": ("decision",),
}


def _into(seals: bool) -> None:
    """Seal, or open, what stands in each column; the keys are asked for where there is any."""
    change = seal if seals else unseal
    for name, columns in WORDS.items():
        for column in columns:
            for row_id, value in _rows(name, column, sa.Text):
                place = (name, column, row_id.hex)
                _write(name, column, sa.Text, row_id, change(_ring(), place, value))
    for row_id, value in _rows("person", "need", sa.JSON):
        place = ("person", "need", row_id.hex)
        words = _dumped(value) if seals else value
        changed = change(_ring(), place, words)
        _write("person", "need", sa.JSON, row_id, changed if seals else json.loads(changed))


Kind = type[sa.types.TypeEngine[Any]]


def _table(name: str, column: str, kind: Kind) -> sa.TableClause:
    return sa.table(name, sa.column("id", sa.Uuid()), sa.column(column, kind()))


def _rows(name: str, column: str, kind: Kind) -> list[Any]:
    table = _table(name, column, kind)
    words = table.c[column]
    found = sa.select(table.c.id, words).where(words.is_not(None))
    return list(op.get_bind().execute(found).all())


def _write(name: str, column: str, kind: Kind, row_id: uuid.UUID, value: Any) -> None:
    table = _table(name, column, kind)
    op.get_bind().execute(table.update().where(table.c.id == row_id).values({column: value}))


def _ring() -> KeyRing:
    known = context.config.attributes
    if "opened_ring" not in known:
        if known["ring"] is None:
            raise RuntimeError("this migration seals texts, and was given no keys")
        known["opened_ring"] = known["ring"]()
    ring: KeyRing = known["opened_ring"]
    return ring


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # What stood there in clear is overwritten in the file, not left in a free page.
        op.get_bind().exec_driver_sql("PRAGMA secure_delete=ON")
    _into(True)


def downgrade() -> None:
    _into(False)
