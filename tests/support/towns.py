"""Two invented municipalities in one installation, on SQLite or in one PostgreSQL."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from api.by_host import ByHost
from jobs.adding import add_municipality
from jobs.municipalities import Municipality
from jobs.opened import Programs
from jobs.settings import Settings


class Towns:
    """An installation of two municipalities, `kita` and `minami`, each with its own host name."""

    def __init__(self, folder: Path, url: str | None, **settings: object) -> None:
        self.given = Settings(
            home=folder / "home",
            municipalities=folder / "municipalities.toml",
            **settings,  # type: ignore[arg-type]
        )
        # Roles belong to the whole server of the test run, so their names are of this test alone.
        mark = uuid.uuid4().hex[:8]
        self.kita, self.minami = (
            add_municipality(
                self.given,
                f"{slug}{mark}",
                name=name,
                hosts=[f"{slug}.example"],
                administer=url,
            )
            for slug, name in (("kita", "見本北市"), ("minami", "見本南市"))
        )

    def environment(self) -> dict[str, str]:
        """Return the settings as a process of its own reads them."""
        return {
            "IBASHO_HOME": str(self.given.home),
            "IBASHO_MUNICIPALITIES": str(self.given.municipalities),
            "IBASHO_RUNNER": self.given.runner,
            "IBASHO_REDIS_URL": self.given.redis_url,
        }

    def programs(self, at_most: int = 8) -> Programs:
        each = {one.slug: one.settings for one in (self.kita, self.minami)}
        return Programs(each, at_most=at_most)


@contextmanager
def behind_hosts(given: Settings) -> Iterator[ByHost]:
    by_host = ByHost(given)
    yield by_host
    by_host.programs.close()


def browser_at(by_host: ByHost, one: Municipality) -> TestClient:
    """A browser at a municipality's address that shows each answer instead of following it."""
    return TestClient(
        by_host,
        base_url=f"http://{one.hosts[0]}",
        follow_redirects=False,
        headers={"accept": "text/html"},
    )
