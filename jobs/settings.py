"""The settings of the program. Nothing else reads the environment."""

import os
import re
import secrets
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from casework.roles import ROLES
from geodata.tiles import BadTiles, open_tiles
from jobs.written_once import write_once

PREFIX = "IBASHO_"
SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
DATABASES = ("postgresql://", "postgresql+psycopg://", "sqlite:///")


class BadSetting(ValueError):
    """A setting whose value can't be used; the message names the variable and the remedy."""


@dataclass(frozen=True)
class Settings:
    """Every setting, with the default that works on one machine with nothing installed.

    The variable is the field's name in capitals with the prefix `IBASHO_`; docs/settings.md says
    what each is for.
    """

    home: Path = Path("var")
    database_url: str = ""  # empty: an SQLite file in the home folder
    runner: str = "thread"  # thread / celery
    redis_url: str = "redis://127.0.0.1:6379/0"
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False  # demo accounts are shown on the sign-in page
    max_file_mb: int = 50
    max_upload_mb: int = 20  # largest file that is sent through the page
    max_body_kb: int = 512
    max_requests: int = 64  # answered at once; the others are asked to come again
    session_hours: int = 10
    public_url: str = ""
    second_factor_roles: str = ""  # which roles must use one, between commas
    oidc_issuer: str = ""  # the identity provider's own address; empty: none
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_match: str = "linked"  # linked / email / username
    lease_seconds: int = 300
    refresh_hours: int = 24
    sources_hours: int = 6
    sources_loopback: bool = False  # sources on this machine itself; for tests and trials only
    log_level: str = "info"
    open_data: bool = True  # what is published and verified is given to whoever asks
    open_data_license: str = "https://creativecommons.org/licenses/by/4.0/"
    map_base: str = ""  # tiles under the maps: an address with {z}, {x} and {y}, or a .pmtiles file
    map_attribution: str = ""  # whose map that is
    secure_cookies: bool = False  # on behind https; the cookie is then __Host-
    backup_folder: Path | None = None  # where the nightly copies go; None = none are made
    backup_recipient: str = ""  # public key (age1…) that copies are encrypted for
    backup_keep: int = 14
    municipalities: Path | None = None  # a file that lists several; None: this is the only one
    municipality: str = ""  # which of several
    municipality_name: str = ""  # as people read it
    open_municipalities: int = 64  # held open at once by one process
    schema: str = ""  # of PostgreSQL; empty: as the database has it for this role
    gazetteer: Path | None = None  # empty: in the home folder

    @property
    def database(self) -> str:
        if self.schema:
            # Said when a connection begins, so each statement of it means this schema.
            more = "&" if "?" in self.database_url else "?"
            return f"{self.database_url}{more}options=-csearch_path%3D{self.schema}"
        return self.database_url or f"sqlite:///{self.home / 'ibasho.sqlite3'}"

    @property
    def second_factor_for(self) -> frozenset[str]:
        """The roles that must use a second factor."""
        return frozenset(r.strip() for r in self.second_factor_roles.split(",") if r.strip())

    @property
    def oidc_client_secret(self) -> str:
        """What the program proves itself with to the identity provider, from its file."""
        path = self.oidc_client_secret_file
        return path.read_text(encoding="utf-8").strip() if path else ""

    @property
    def map_tiles(self) -> Path | None:
        """The file of the base map; None where there is none, or another server has it."""
        return Path(self.map_base) if self.map_base.endswith(".pmtiles") else None

    @property
    def map_origin(self) -> str:
        """The server of the base map's pictures, where it is another; else empty."""
        parts = urlsplit("" if self.map_tiles else self.map_base)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def gazetteer_folder(self) -> Path:
        return self.gazetteer or self.home / "gazetteer"

    @property
    def layers_folder(self) -> Path:
        return self.home / "layers"

    @property
    def streets_folder(self) -> Path:
        return self.home / "streets"


def _converted(name: str, kind: object, text: str) -> object:
    variable = PREFIX + name.upper()
    if kind is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise BadSetting(f"{variable} must be 1 or 0")
    if kind is int:
        try:
            value = int(text)
        except ValueError:
            raise BadSetting(f"{variable} must be a whole number") from None
        if value < 0:
            raise BadSetting(f"{variable} must not be negative")
        return value
    if kind == Path | None:
        return Path(text).absolute() if text else None
    return Path(text).absolute() if kind is Path else text


def _default_home() -> Path:
    """Return var/ in the checkout that runs; without a checkout, in the folder one is in."""
    checkout = Path(__file__).resolve().parents[1]
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "var"


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """Read the settings from the environment; raise `BadSetting` for one that can't be used."""
    source = dict(os.environ) if environment is None else environment
    values = {
        f.name: _converted(f.name, f.type, source[PREFIX + f.name.upper()])
        for f in fields(Settings)
        if PREFIX + f.name.upper() in source
    }
    settings = Settings(**{"home": _default_home(), **values})  # type: ignore[arg-type]
    check_settings(settings)
    return settings


def check_settings(settings: Settings) -> None:
    """Raise `BadSetting` for a setting that can't be used, alone or beside another."""
    if settings.runner not in ("thread", "celery"):
        raise BadSetting("IBASHO_RUNNER must be thread or celery")
    if settings.database_url and not settings.database_url.startswith(DATABASES):
        raise BadSetting("IBASHO_DATABASE_URL must begin with postgresql:// or sqlite:///")
    if settings.port > 65_535:
        raise BadSetting("IBASHO_PORT must be at most 65535")
    if not settings.second_factor_for <= set(ROLES):
        raise BadSetting(
            f"IBASHO_SECOND_FACTOR_ROLES must name roles between commas, of {', '.join(ROLES)}"
        )
    _check_provider(settings)
    _check_map(settings)
    _check_municipality(settings)
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise BadSetting("IBASHO_LOG_LEVEL must be debug, info, warning or error")


def _check_municipality(settings: Settings) -> None:
    if settings.schema and not SCHEMA.fullmatch(settings.schema):
        raise BadSetting("IBASHO_SCHEMA must be small letters, digits and underscores")
    if settings.schema and not settings.database_url.startswith(DATABASES[:2]):
        raise BadSetting("IBASHO_SCHEMA is for PostgreSQL; set IBASHO_DATABASE_URL beside it")


def _check_map(settings: Settings) -> None:
    """Raise `BadSetting` where the base map can't be shown as it is set up."""
    base = settings.map_base
    if not base:
        return
    if settings.map_tiles is not None:
        try:
            open_tiles(settings.map_tiles)
        except BadTiles as error:
            raise BadSetting(f"IBASHO_MAP_BASE: {error}") from None
        return
    parts = urlsplit(base)
    safe = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1", "localhost")
    # The server's name stands in a header of every page, so it may be nothing but a name.
    named = re.fullmatch(r"([A-Za-z0-9.-]+|\[::1\])(:[0-9]+)?", parts.netloc)
    if not safe or not named or any(part not in base for part in ("{z}", "{x}", "{y}")):
        raise BadSetting(
            "IBASHO_MAP_BASE must be a .pmtiles file, or begin with https:// and hold {z}, {x}, {y}"
        )
    if not settings.map_attribution:
        raise BadSetting("IBASHO_MAP_ATTRIBUTION must say whose map IBASHO_MAP_BASE is")


def _check_provider(settings: Settings) -> None:
    """Raise `BadSetting` where the identity provider can't be asked as it is set up."""
    if settings.oidc_match not in ("linked", "email", "username"):
        raise BadSetting("IBASHO_OIDC_MATCH must be linked, email or username")
    if not settings.oidc_issuer:
        return
    loopback = ("http://127.0.0.1:", "http://[::1]:", "http://localhost:")
    if not settings.oidc_issuer.startswith(("https://", *loopback)):
        raise BadSetting("IBASHO_OIDC_ISSUER must begin with https://")
    if not settings.oidc_client_id:
        raise BadSetting("IBASHO_OIDC_CLIENT_ID must be set beside IBASHO_OIDC_ISSUER")
    if not settings.public_url and settings.municipalities is None:
        raise BadSetting("IBASHO_PUBLIC_URL must be set beside IBASHO_OIDC_ISSUER")
    path = settings.oidc_client_secret_file
    if path is not None and not path.is_file():
        raise BadSetting("IBASHO_OIDC_CLIENT_SECRET_FILE must be a file that can be read")


def terminal_language(environment: dict[str, str] | None = None) -> str:
    """Return the language of the command line: Japanese where the locale is, else English."""
    source = dict(os.environ) if environment is None else environment
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if source.get(variable):
            return "ja" if source[variable].startswith("ja") else "en"
    return "en"


class NoSecret(RuntimeError):
    """The installation's own key is lost or damaged: what it signed and sealed can't be checked."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        super().__init__(en)


SECRET_BYTES = 32


def kept_secret(home: Path) -> bytes | None:
    """Return this installation's own key; None where none was made yet. Raises `NoSecret`."""
    try:
        key = (home / "secret.key").read_bytes()
    except FileNotFoundError:
        return None
    if len(key) < SECRET_BYTES:  # whoever can guess it can sign
        raise NoSecret(
            "鍵のファイル secret.key が空か、短すぎます。控えから戻してください。",
            "secret.key is empty or too short; put it back from the backup",
        )
    return key


@cache
def secret_key(home: Path) -> bytes:
    """Return this installation's own key, made on first use and kept in the home folder.

    Raises `NoSecret`.
    """
    kept = kept_secret(home)
    if kept is not None:
        return kept
    path = home / "secret.key"
    home.mkdir(parents=True, exist_ok=True)
    write_once(path, secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()
