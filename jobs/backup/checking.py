"""Looks whether a database is whole: what belongs together still does. Reads only."""

from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    Table,
    and_,
    column,
    exists,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy import table as lightweight

from jobs.backup.manifest import Manifest
from jobs.tables import METADATA
from resources.booked import Allotment, Hold
from resources.booking import TAKEN


@dataclass(frozen=True)
class Finding:
    """Something that isn't as it must be; `count` says how many rows."""

    what: str
    count: int
    ja: str
    en: str


def findings(connection: Connection, said: Manifest | None = None) -> list[Finding]:
    """Return what is wrong in a database; nothing where it is whole.

    said : a copy whose counts of rows must be the database's
    """
    wrong = [] if said is None else _counts(connection, said)
    wrong += _file(connection)
    if not any(f.what == "file" for f in wrong):
        wrong += _references(connection)
        wrong += _places(connection)
    return wrong


def _counts(connection: Connection, said: Manifest) -> list[Finding]:
    wrong = []
    for copy in said.tables:
        here = connection.scalar(select(func.count()).select_from(lightweight(copy.name)))
        if here != copy.rows:
            missing = copy.rows - int(here or 0)
            wrong.append(
                Finding(
                    f"rows:{copy.name}",
                    abs(missing),
                    f"{copy.name}の行数が違います（控え{copy.rows}、ここ{here}）",
                    f"{copy.name} has {here} rows, the backup {copy.rows}",
                )
            )
    return wrong


def _file(connection: Connection) -> list[Finding]:
    if connection.dialect.name != "sqlite":
        return []
    said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    if said == ["ok"]:
        return []
    return [
        Finding(
            "file",
            len(said),
            "データベースのファイルが壊れています。控えから戻してください",
            "the database file is damaged; restore a backup",
        )
    ]


def _here(connection: Connection) -> list[Table]:
    """Return the program's tables that the database has (an older schema may lack some)."""
    names = set(inspect(connection).get_table_names())
    return [t for t in METADATA.sorted_tables if t.name in names]


def _references(connection: Connection) -> list[Finding]:
    """Find rows that refer to one that isn't there. A database with its constraints has none."""
    wrong = []
    tables = _here(connection)
    names = {t.name for t in tables}
    for table in tables:
        has = {c["name"] for c in inspect(connection).get_columns(table.name)}
        for key in table.foreign_keys:
            target = key.column.table
            if target.name not in names or key.parent.name not in has:
                continue
            of = lightweight(table.name, column(key.parent.name)).alias("child")
            to = lightweight(target.name, column(key.column.name)).alias("parent")
            lost = select(func.count()).select_from(of).where(
                and_(
                    of.c[key.parent.name].is_not(None),
                    ~exists(
                        select(literal(1)).where(to.c[key.column.name] == of.c[key.parent.name])
                    ),
                )
            )  # fmt: skip
            if count := connection.scalar(lost):
                wrong.append(
                    Finding(
                        f"reference:{table.name}.{key.parent.name}",
                        count,
                        f"{table.name}.{key.parent.name}の指す行がありません（{count}件）",
                        f"{count} rows of {table.name} refer to a {target.name} that is not there",
                    )
                )
    return wrong


def _places(connection: Connection) -> list[Finding]:
    """Find sessions whose places taken aren't the holds that take them."""
    if {Allotment.__tablename__, Hold.__tablename__} - {t.name for t in _here(connection)}:
        return []
    holds = (
        select(func.count())
        .select_from(Hold)
        .where(Hold.allotment_id == Allotment.id, Hold.state.in_(TAKEN))
        .scalar_subquery()
    )
    count = connection.scalar(
        select(func.count()).select_from(Allotment).where(Allotment.held != holds)
    )
    if not count:
        return []
    return [
        Finding(
            "places",
            count,
            f"取られている数と仮押さえの数が合わない回があります（{count}件）",
            f"in {count} sessions the places taken are not the holds that take them",
        )
    ]
