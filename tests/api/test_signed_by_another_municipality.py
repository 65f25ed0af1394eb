"""What one municipality signed is nothing at another, even where all its rows stand there too.

`minami` is given a copy of all that `kita` has but its key, so nothing else can be what refuses.
Where both share the key as well, each of these links opens: so it is the key that keeps them.
"""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import provider as fake
import pytest
from door import add_staff
from provider import CLIENT, Provider
from serving import served
from sqlalchemy import func, select
from towns import Towns, behind_hosts, browser_at

from api.by_host import ByHost
from api.host_links import link_for
from api.room_links import room_link
from casework.case_models import Case
from casework.models import Account, AuditRow, WebSession
from casework.placement_models import RoomQuestion
from casework.room_questions import LASTS
from jobs.demo.load import load_demo
from jobs.municipalities import read_municipalities
from jobs.program import Program, open_program
from jobs.settings import secret_key
from resources import clock
from resources.models import Offering


@dataclass
class Twins:
    """Two municipalities with the same rows; `shared` tells whether they have one key too."""

    towns: Towns
    by_host: ByHost
    shared: bool
    offering: uuid.UUID
    question: uuid.UUID


def _ask_for_room(program: Program) -> tuple[uuid.UUID, uuid.UUID]:
    with program.database.writing(by="test") as session:
        offering = session.scalars(select(Offering.id).order_by(Offering.id)).first()
        account = session.scalars(select(Account.id)).first()
        question = RoomQuestion(
            id=uuid.uuid4(), case_id=session.scalars(select(Case.id)).first(),
            offering_id=offering, place="見本サロン", days=[], asked_by=account,
            asked_at=clock.now(), expires_at=clock.now() + LASTS,
        )  # fmt: skip
        session.add(question)
        return offering, question.id


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with fake.running() as running:
        yield running


def _towns(folder: Path, provider: Provider) -> Towns:
    """Two municipalities whose staff sign in by the same provider."""
    (folder / "home").mkdir()
    (folder / "home" / "oidc-secret").write_text(fake.SECRET, encoding="utf-8")
    towns = Towns(folder, None)
    listed = folder / "municipalities.toml"
    text = listed.read_text(encoding="utf-8")
    for one in (towns.kita, towns.minami):
        said = {
            "public_url": f"http://{one.hosts[0]}", "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT, "oidc_client_secret_file": "oidc-secret",
            "oidc_match": "username",
        }  # fmt: skip
        lines = "".join(f'{key} = "{value}"\n' for key, value in said.items())
        text = text.replace(f"[{one.slug}]\n", f"[{one.slug}]\n{lines}")
    listed.write_text(text, encoding="utf-8")
    towns.kita, towns.minami = read_municipalities(towns.given).values()
    return towns


@pytest.fixture(params=[False, True], ids=["keys of their own", "one key for both"])
def twins(request: pytest.FixtureRequest, tmp_path: Path, provider: Provider) -> Iterator[Twins]:
    towns = _towns(tmp_path, provider)
    kita, minami = (one.settings for one in (towns.kita, towns.minami))
    program = open_program(kita)
    load_demo(program)
    add_staff(program, "csw", name="mori")
    offering, question = _ask_for_room(program)
    program.close()
    own_key = (minami.home / "secret.key").read_bytes()
    shutil.rmtree(minami.home)
    shutil.copytree(kita.home, minami.home)
    if not request.param:
        (minami.home / "secret.key").write_bytes(own_key)
    secret_key.cache_clear()
    with behind_hosts(towns.given) as by_host:
        yield Twins(towns, by_host, request.param, offering, question)
    secret_key.cache_clear()


def test_links_for_hosts_open_only_where_they_were_signed(twins: Twins) -> None:
    kita = twins.towns.kita.settings
    for path in (link_for(twins.offering, kita, ""), room_link(twins.question, kita, "")):
        assert browser_at(twins.by_host, twins.towns.kita).get(path).status_code == 200, path
        there = browser_at(twins.by_host, twins.towns.minami).get(path)
        assert there.status_code == (200 if twins.shared else 404), path


class AtAddress:
    """A browser that asks a served installation by a municipality's host name."""

    def __init__(self, address: str, host: str) -> None:
        self._client = httpx2.Client(base_url=address, headers={"host": host}, timeout=60)

    def __enter__(self) -> "AtAddress":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def begin(self, provider: Provider) -> tuple[str, str, str]:
        """Go to the provider and sign in there; return the cookie, state and code."""
        answer = self._client.get("/signin/provider?next=/resources")
        assert answer.headers["location"].startswith(f"{provider.issuer}/authorize?")
        cookie = answer.cookies[COOKIE]
        self._client.cookies.clear()
        return (cookie, *provider.code_for(answer.headers["location"]))

    def come_back(self, cookie: str, state: str, code: str) -> Any:
        given = {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
        return self._client.get(
            "/signin/provider/back", params={"state": state, "code": code}, headers=given
        )


COOKIE = "ibasho-provider"


def _refused_last(program: Program) -> str | None:
    with program.database.reading() as session:
        rows = select(AuditRow).where(AuditRow.entity == "identity_provider")
        row = session.scalars(rows.order_by(AuditRow.id.desc())).first()
        return None if row is None else row.entity_id


def test_a_sign_in_begun_at_one_municipality_ends_at_no_other(
    twins: Twins, provider: Provider
) -> None:
    at_kita, at_minami = (twins.towns.kita.hosts[0], twins.towns.minami.hosts[0])
    with (
        served(twins.by_host) as address,
        twins.by_host.programs.use(twins.towns.minami.slug) as program,
        AtAddress(address, at_kita) as kita,
        AtAddress(address, at_minami) as minami,
    ):
        # Nothing brought along; or what this browser began here, with that one's state or code.
        _, state, code = kita.begin(provider)
        assert minami.come_back("", state, code).status_code == 403
        assert _refused_last(program) == "state"
        own, own_state, _ = minami.begin(provider)
        assert minami.come_back(own, state, code).status_code == 403
        assert _refused_last(program) == "state"
        assert minami.come_back(own, own_state, code).status_code >= 400
        assert _refused_last(program) not in (None, "state")

        # The cookie brought along too, and a provider that doesn't look where a code may go.
        cookie, state, code = kita.begin(provider)
        provider.codes[code]["redirect_uri"] = f"http://{at_minami}/signin/provider/back"
        answer = minami.come_back(cookie, state, code)
        if twins.shared:
            assert (answer.status_code, answer.headers["location"]) == (303, "/resources")
        else:
            assert answer.status_code == 403
            assert _refused_last(program) == "state"
        with program.database.reading() as session:
            signed_in = session.scalar(select(func.count()).select_from(WebSession))
        assert signed_in == (1 if twins.shared else 0)

        # At home it ends as it should.
        answer = kita.come_back(*kita.begin(provider))
        assert (answer.status_code, answer.headers["location"]) == (303, "/resources")
