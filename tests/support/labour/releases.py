"""Two releases of the program: as it stands, and a later one with a schema and a kind of job more."""

import shutil
from pathlib import Path

from labour.servers import ROOT

OTHERS = ("geodata", "resources", "matching", "casework", "api")
NEWER_SCHEMA = "9000"
NEWER_KIND = "newer"

COUNTED = """

from labour.tasks import count, count_slowly

TASKS = {**TASKS, "count": Task(count), "count_slowly": Task(count_slowly)}
"""

KIND = """

def newer(program: Program, session: Session, job: Claimed) -> Outcome:
    session.execute(text("INSERT INTO newer_work (job) VALUES (:job)"), {"job": str(job.id)})
    return count(program, session, job)


TASKS = {**TASKS, "newer": Task(newer)}
"""

MIGRATION = '''"""Adds what a release may add: a table, columns, an index."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("newer_work", sa.Column("job", sa.String(36), primary_key=True))
    op.add_column("resource", sa.Column("newer", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("newer", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("hold", sa.Column("newer", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_offering_newer", "offering", ["verified_on"])


def downgrade() -> None:
    op.drop_table("newer_work")
'''


def make_release(folder: Path, *, before: str | None = None) -> Path:
    """Make a folder in which a release lies, with jobs whose effect can be counted.

    before : of the later release: the schema that it brings up
    """
    folder.mkdir()
    for name in OTHERS:
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "jobs", folder / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "jobs" / "tasks.py").open("a", encoding="utf-8") as tasks:
        tasks.write(COUNTED)
        if before is not None:
            tasks.write("from sqlalchemy import text\n" + KIND)
    if before is not None:
        versions = folder / "jobs" / "migrations" / "versions"
        (versions / "r9000_newer.py").write_text(MIGRATION.format(before=before), encoding="utf-8")
    return folder
