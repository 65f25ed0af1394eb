"""A role of PostgreSQL that is no superuser, as the program's own must be; a superuser sees all."""

from sqlalchemy import text

from resources.database import Database

ROLE = "ibasho_serves"

_MAKE = f"""DO $$ BEGIN
IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} LOGIN; END IF;
END $$"""


def serving(owner: Database) -> Database:
    """Return the same database as the role that serves opens it; SQLite knows no roles."""
    if owner.is_sqlite:
        made = Database(owner.engine.url.render_as_string(hide_password=False))
        made.info |= owner.info
        return made
    with owner.engine.begin() as connection:
        connection.execute(text(_MAKE))
        for what in ("TABLES", "SEQUENCES"):
            connection.execute(text(f"GRANT ALL ON ALL {what} IN SCHEMA public TO {ROLE}"))
    made = Database(owner.engine.url.set(username=ROLE).render_as_string(hide_password=False))
    made.info |= owner.info
    return made
