"""The walls between municipalities in one PostgreSQL: a schema and a role for each.

A role that owns one schema and may use no other holds even for statements that nobody foresaw.
"""

import secrets
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from jobs.municipalities import Municipality
from resources.database import Database


class CannotAdminister(RuntimeError):
    """The database refused to make a role or a schema; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "the database can't be reached by that address, or its role may not make roles and "
            "schemas; give the address of one that may"
        )


def make_schema(administer: str, slug: str) -> str:
    """Make a schema with a role of its own that may use no other; return the role's address.

    administer : the address of a role that may make roles and schemas; it is not kept

    Raises `CannotAdminister`; nothing is half made.
    """
    url = make_url(administer).set(drivername="postgresql")
    role = f"ibasho_{slug}"
    password = secrets.token_urlsafe(24)
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(slug)}
    try:
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            names["database"] = sql.Identifier(connection.info.dbname)
            # Hashed here: what the server is told may stand in its log.
            hashed = connection.pgconn.encrypt_password(password.encode(), role.encode())
            names["password"] = sql.Literal(hashed.decode())  # type: ignore[assignment]
            for statement in _STATEMENTS:
                connection.execute(sql.SQL(statement).format(**names))
    except psycopg.Error:
        raise CannotAdminister from None
    return url.set(username=role, password=password).render_as_string(hide_password=False)


_STATEMENTS = (
    "CREATE ROLE {role} LOGIN PASSWORD {password}"
    " NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    # For the moment in which the schema is given away the giver must be a member.
    "GRANT {role} TO CURRENT_USER",
    "CREATE SCHEMA {schema} AUTHORIZATION {role}",
    "REVOKE {role} FROM CURRENT_USER",
    "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "ALTER ROLE {role} IN DATABASE {database} SET search_path = {schema}",
)


@dataclass(frozen=True)
class Wall:
    """What stands between a municipality and the others; `gap` is None where nothing is amiss.

    gap : superuser / member / other_schemas / same_key / unreachable
    """

    slug: str
    gap: str | None


def look_at_walls(several: dict[str, Municipality]) -> list[Wall]:
    """Look whether each municipality's role is kept from all schemas but its own, and its keys."""
    keys: dict[bytes, str] = {}
    walls = []
    for slug, one in several.items():
        gap = _gap(one)
        path = one.settings.home / "secret.key"
        if path.is_file() and keys.setdefault(path.read_bytes(), slug) != slug:
            gap = gap or "same_key"
        walls.append(Wall(slug, gap))
    return walls


_ROLE = text(
    "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) "
    "FROM pg_roles r WHERE rolname = current_user"
)
_OTHER_SCHEMAS = text(
    "SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_' "
    "AND nspname NOT IN ('information_schema', 'public', current_schema()) "
    "AND has_schema_privilege(oid, 'USAGE')"
)
_OF_PUBLIC = text(
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND current_schema() <> 'public' AND c.relkind IN ('r', 'p', 'v') "
    "AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
)


def _gap(one: Municipality) -> str | None:
    database = Database(one.settings.database, kept=1)
    try:
        if database.is_sqlite:
            return None  # a file of its own
        with database.engine.connect() as connection:
            everything, member = connection.execute(_ROLE).one()
            others = connection.scalar(_OTHER_SCHEMAS) or connection.scalar(_OF_PUBLIC)
    except Exception:
        return "unreachable"
    finally:
        database.close()
    if everything:
        return "superuser"
    if others:
        return "other_schemas"
    return "member" if member else None
