"""The municipalities of one installation: each with its own database, folder, keys, address.

The file is TOML, one table a municipality; docs/many-machines.md describes it. Without the file
there is one municipality, and none of this is met.
"""

import dataclasses
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jobs.settings import BadSetting, Settings, check_settings

SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
EVERY = "all"
"""Names all of them on the command line, so none is called so."""

OWN = (
    "home", "database_url", "schema", "public_url", "demo", "session_hours", "open_data",
    "open_data_license", "refresh_hours", "sources_hours", "backup_folder", "backup_recipient",
    "backup_keep", "oidc_issuer", "oidc_client_id", "oidc_client_secret_file", "oidc_match",
    "second_factor_roles", "map_base", "map_attribution",
)  # fmt: skip
"""Settings that a municipality may say for itself; all others are the installation's."""


@dataclass(frozen=True)
class Municipality:
    """One of several: what people call it, by which host names it is reached, its settings."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    settings: Settings


def read_municipalities(given: Settings) -> dict[str, Municipality]:
    """Return the municipalities that the installation's file lists, by slug; none without a file.

    Raises
    ------
    BadSetting
        The file can't be read, an entry can't be used, or two would share what must be their own.
    """
    if given.municipalities is None:
        return {}
    try:
        tables = tomllib.loads(given.municipalities.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSetting(
            "there is no file where IBASHO_MUNICIPALITIES says; `ibasho municipality add` makes it"
        ) from None
    except (OSError, ValueError):
        raise BadSetting("the file of IBASHO_MUNICIPALITIES can't be read as TOML") from None
    found = {slug: _municipality(given, slug, table) for slug, table in tables.items()}
    _all_different("host", (h for m in found.values() for h in m.hosts))
    _all_different("database", (m.settings.database for m in found.values()))
    _all_different("home", (str(m.settings.home) for m in found.values()))
    return found


def _all_different(what: str, values: Iterable[str]) -> None:
    if any(count > 1 for count in Counter(values).values()):
        # Not which: an address of a database holds a password.
        raise BadSetting(f"two municipalities have the same {what}; give each its own")


def _municipality(given: Settings, slug: str, table: Any) -> Municipality:
    if not SLUG.fullmatch(slug) or slug == EVERY:
        raise BadSetting(f"{slug!r} can't name a municipality: small letters and digits, not 'all'")
    if not isinstance(table, dict):
        raise BadSetting(f"municipality {slug}: must be a table, [{slug}]")
    said = dict(table)
    name, hosts = said.pop("name", ""), said.pop("hosts", [])
    if not isinstance(name, str) or not name.strip():
        raise BadSetting(f"municipality {slug}: name must be set")
    if not isinstance(hosts, list) or not hosts or not all(_is_host(h) for h in hosts):
        raise BadSetting(f"municipality {slug}: hosts must be a list of host names, without port")
    settings = _settings(given, slug, name, hosts[0], _values(given, slug, said))
    try:
        check_settings(settings)
    except BadSetting as error:
        raise BadSetting(f"municipality {slug}: {error}") from None
    return Municipality(slug, name, tuple(hosts), settings)


def _is_host(value: object) -> bool:
    return isinstance(value, str) and HOST.fullmatch(value) is not None


def _values(given: Settings, slug: str, said: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    kinds = {f.name: f.type for f in fields(Settings) if f.name in OWN}
    for name, value in said.items():
        if name not in kinds:
            raise BadSetting(f"municipality {slug}: {name} is no setting of a municipality")
        kind = kinds[name]
        wanted = bool if kind is bool else int if kind is int else str
        fits = type(value) is wanted and not (isinstance(value, int) and value < 0)
        if not fits or (name == "home" and not value):
            raise BadSetting(f"municipality {slug}: {name} has a value that can't be used")
        is_path = kind is Path or kind == Path | None
        values[name] = (given.home / value if value else None) if is_path else value
    return values


def _settings(given: Settings, slug: str, name: str, host: str, values: dict[str, Any]) -> Settings:
    own: dict[str, Any] = {
        "schema": "",
        "home": given.home / "municipalities" / slug,
        "public_url": f"https://{host}" if given.secure_cookies else "",
        # Copies of one are never counted, or thrown away, as copies of another.
        "backup_folder": given.backup_folder / slug if given.backup_folder else None,
    }
    if not given.database_url.startswith("postgresql"):
        own["database_url"] = ""
    elif not {"schema", "database_url"} & set(values):
        raise BadSetting(f"municipality {slug}: schema or database_url must be set")
    return dataclasses.replace(
        given,
        **{**own, **values},
        municipalities=None,
        municipality=slug,
        municipality_name=name,
        gazetteer=given.gazetteer_folder,  # the towns of Japan are everybody's
        # However great the rush to one of them, the others are answered.
        max_requests=max(given.max_requests // 2, 1) if given.max_requests else 0,
    )
