"""Several municipalities in one installation: the file, the walls in PostgreSQL, what is open."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from towns import Towns

from jobs.adding import add_municipality
from jobs.keys import key_ring
from jobs.municipalities import read_municipalities
from jobs.opened import NoSuchMunicipality
from jobs.program import open_program
from jobs.settings import BadSetting, Settings, read_settings, secret_key
from jobs.walls import CannotAdminister, Wall, look_at_walls
from resources.database import Database


def test_without_a_file_there_is_one_municipality_and_nothing_else_to_know(tmp_path: Path) -> None:
    settings = read_settings({"IBASHO_HOME": str(tmp_path)})
    assert read_municipalities(settings) == {}
    program = open_program(settings)
    assert program.settings.municipality == ""
    program.close()


FINE = '[kita]\nname = "北市"\nhosts = ["kita.example"]\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[kita", "TOML"),
        ('[kita]\nhosts = ["kita.example"]\n', "name"),
        ('[kita]\nname = "北市"\n', "hosts"),
        ('[kita]\nname = "北市"\nhosts = ["https://kita.example/"]\n', "hosts"),
        ('[all]\nname = "北市"\nhosts = ["kita.example"]\n', "all"),
        ('[KITA]\nname = "北市"\nhosts = ["kita.example"]\n', "KITA"),
        (FINE + "port = 80\n", "port"),
        (FINE + 'open_data = "yes"\n', "open_data"),
        (FINE + "session_hours = -1\n", "session_hours"),
        (FINE + 'home = ""\n', "home"),
        (FINE + 'schema = "kita"\n', "PostgreSQL"),
        (FINE + 'oidc_match = "sub"\n', "OIDC_MATCH"),
        (FINE + FINE.replace("[kita]", "[minami]"), "same host"),
        (FINE + 'home = "x"\n' + FINE.replace("kita", "minami") + 'home = "x"\n', "same"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "municipalities.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadSetting, match=said) as refused:
        read_municipalities(Settings(home=tmp_path, municipalities=path))
    assert "\n" not in str(refused.value)


def test_a_password_of_a_database_is_in_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "municipalities.toml"
    entry = (
        '[{0}]\nname = "市"\nhosts = ["{0}.example"]\ndatabase_url = "postgresql://u:geheim@h/d"\n'
    )
    path.write_text(entry.format("kita") + entry.format("minami"), encoding="utf-8")
    with pytest.raises(BadSetting, match="same database") as refused:
        read_municipalities(Settings(home=tmp_path, municipalities=path))
    assert "geheim" not in str(refused.value)


def test_each_has_folder_keys_and_copies_of_its_own(tmp_path: Path) -> None:
    towns = Towns(tmp_path, None, backup_folder=tmp_path / "copies", secure_cookies=True)
    kita, minami = towns.kita.settings, towns.minami.settings
    assert secret_key(kita.home) != secret_key(minami.home)
    assert key_ring(kita).index != key_ring(minami).index
    assert kita.database != minami.database
    assert kita.backup_folder != minami.backup_folder
    assert kita.index_folder != minami.index_folder
    assert kita.gazetteer_folder == minami.gazetteer_folder == towns.given.gazetteer_folder
    assert kita.public_url == "https://kita.example"
    assert (tmp_path / "municipalities.toml").stat().st_mode & 0o077 == 0


def test_what_is_refused_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    towns = Towns(tmp_path, None)
    before = (tmp_path / "municipalities.toml").read_text(encoding="utf-8")
    for slug, host in (
        (towns.kita.slug, "new.example"),
        ("new", "kita.example"),
        ("N", "n.example"),
    ):
        with pytest.raises(BadSetting):
            add_municipality(towns.given, slug, name="新", hosts=[host])
    with pytest.raises(CannotAdminister):
        add_municipality(
            towns.given, "new", name="新", hosts=["new.example"],
            administer="postgresql://nobody@127.0.0.1:1/none?connect_timeout=1",
        )  # fmt: skip
    assert (tmp_path / "municipalities.toml").read_text(encoding="utf-8") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "municipalities.toml"]


def test_the_role_of_one_can_neither_read_nor_write_nor_become_another(
    bare_postgres_url: str, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url)
    other = towns.minami.slug
    kita = Database(towns.kita.settings.database)
    try:
        with kita.engine.connect() as connection:
            assert connection.scalar(text("SELECT current_schema()")) == towns.kita.slug
            assert connection.scalar(text("SELECT count(*) FROM account")) == 0
        for statement in (
            f"SELECT * FROM {other}.account",
            f"INSERT INTO {other}.account (id) VALUES (gen_random_uuid())",
            f"SET ROLE ibasho_{other}",
            f"CREATE TABLE {other}.mine (x int)",
            f"DROP SCHEMA {other} CASCADE",
            "CREATE TABLE public.mine (x int)",
            f"ALTER ROLE ibasho_{other} PASSWORD 'x'",
        ):
            with pytest.raises(ProgrammingError, match=r"denied|must be"), kita.engine.begin() as c:
                c.execute(text(statement))
        with pytest.raises(ProgrammingError, match="does not exist"), kita.engine.begin() as c:
            c.execute(text(f"SET search_path = {other}"))
            c.execute(text("SELECT * FROM account"))
    finally:
        kita.close()


def test_the_check_tells_a_wall_that_holds_from_one_with_a_gap(
    bare_postgres_url: str, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url)
    several = read_municipalities(towns.given)
    kita, minami = towns.kita.slug, towns.minami.slug
    assert look_at_walls(several) == [Wall(kita, None), Wall(minami, None)]
    with psycopg.connect(bare_postgres_url, autocommit=True) as connection:
        connection.execute(f"GRANT USAGE ON SCHEMA {minami} TO ibasho_{kita}")
        assert look_at_walls(several) == [Wall(kita, "other_schemas"), Wall(minami, None)]
        connection.execute(f"REVOKE USAGE ON SCHEMA {minami} FROM ibasho_{kita}")
        connection.execute(f"ALTER ROLE ibasho_{kita} BYPASSRLS")
        assert look_at_walls(several)[0] == Wall(kita, "superuser")
        connection.execute(f"ALTER ROLE ibasho_{kita} NOBYPASSRLS")
    key = towns.kita.settings.home / "secret.key"
    (towns.minami.settings.home / "secret.key").write_bytes(key.read_bytes())
    assert look_at_walls(several) == [Wall(kita, None), Wall(minami, "same_key")]


def test_writers_of_two_schemas_never_wait_for_each_other(
    bare_postgres_url: str, tmp_path: Path
) -> None:
    """One lock for the whole database would make the second wait for ever."""
    from resources.changes import LOCK
    from resources.turns import try_turn, wait_for_turn

    towns = Towns(tmp_path, bare_postgres_url)
    kita, minami = (Database(t.settings.database) for t in (towns.kita, towns.minami))
    naive = text("SELECT pg_try_advisory_xact_lock(:key)")
    try:
        with kita.writing(by="test") as first, minami.writing(by="test") as second:
            wait_for_turn(first, LOCK)
            assert try_turn(second, LOCK)
            with kita.writing(by="test") as third:
                assert not try_turn(third, LOCK)
            first.scalar(naive, {"key": LOCK})
            assert second.scalar(naive, {"key": LOCK}) is False
    finally:
        kita.close()
        minami.close()


def test_so_many_are_open_and_those_in_use_stay(tmp_path: Path) -> None:
    towns = Towns(tmp_path, None)
    programs = towns.programs(at_most=1)
    kita, minami = towns.kita.slug, towns.minami.slug
    with programs.use(kita) as first:
        with programs.use(minami):
            assert set(programs.open_now()) == {kita, minami}  # both are needed
        with programs.use(kita) as again:
            assert again is first
    with programs.use(minami), pytest.raises(NoSuchMunicipality), programs.use("nobody"):
        pass
    with programs.use(kita):
        pass
    assert len(programs.open_now()) <= 2
    programs.close()
    assert programs.open_now() == ()


def test_a_schema_stands_in_the_address_of_each_connection(
    new_postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres_url()
    settings = Settings(home=tmp_path, database_url=url, schema="of_its_own")
    assert make_url(settings.database).query["options"] == "-csearch_path=of_its_own"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA of_its_own")
    program = open_program(settings)
    with program.database.engine.connect() as connection:
        where = text(
            "SELECT schemaname FROM pg_tables WHERE tablename IN ('job', 'alembic_version')"
        )
        assert set(connection.scalars(where)) == {"of_its_own"}
    program.close()
