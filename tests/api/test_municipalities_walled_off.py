"""What is one municipality's opens nothing at another: neither its sign-ins nor its links nor ids."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from door import add_staff, sign_in, token_of
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import select
from towns import Towns, behind_hosts, browser_at

from api.app import create_app
from api.by_host import ByHost
from casework.accounts import add_token
from casework.models import Account
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.demo.load import load_demo
from jobs.municipalities import Municipality
from jobs.tables import METADATA
from resources.changes import latest_revision
from resources.models import Organization, Resource
from resources.once import once

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FREE = ("/signin", "/welcome", "/language", "/hsds", "/feed", "/health", "/api/openapi.json")


@dataclass
class Site:
    """`kita` holds the demo ward, `minami` nothing but three accounts.

    ids, names : what stands in kita, to be found nowhere else
    of_minami : ids of minami's accounts
    places : names of a path → an id of kita
    """

    towns: Towns
    by_host: ByHost
    ids: set[str]
    names: set[str]
    of_minami: set[str]
    places: dict[str, str]

    def kita(self) -> TestClient:
        return browser_at(self.by_host, self.towns.kita)

    def minami(self) -> TestClient:
        return browser_at(self.by_host, self.towns.minami)

    def nothing_of_kita(self, text: str) -> bool:
        found = AN_ID.findall(text)
        return self.ids.isdisjoint(found) and not any(name in text for name in self.names)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres_url")()
    towns = Towns(tmp_path_factory.mktemp("towns"), url)
    with behind_hosts(towns.given) as by_host:
        with by_host.programs.use(towns.kita.slug) as program:
            load_demo(program)
            ids, places = set[str](), dict[str, str]()
            said = {"ibasho.system": "test"}
            with program.database.reading(said=said) as session:
                for table in METADATA.sorted_tables:
                    for row in session.execute(select(table).limit(300)).mappings():
                        ids |= {str(v) for v in row.values() if isinstance(v, uuid.UUID)}
                    rows = session.execute(select(table).limit(1)).mappings().all()
                    key = next((v for r in rows for v in r.values() if isinstance(v, uuid.UUID)), 0)
                    places[f"{table.name.removeprefix('support_')}_id"] = str(key)
                names = set(session.scalars(select(Resource.name)))
                names |= set(session.scalars(select(Organization.name)))
        with by_host.programs.use(towns.minami.slug) as program:
            of_minami = {
                str(add_staff(program, role, None if role == "administrator" else "east"))
                for role in ("administrator", "coordinator", "support_worker")
            }
        names = {n for n in names if len(n) > 5}
        yield Site(towns, by_host, ids, names, of_minami, places)


def _gets(site: Site) -> Iterator[str]:
    app = create_app(site.towns.minami.settings)
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute) and "GET" in (context.methods or ()):
            yield str(context.path)


def _with_ids(site: Site, path: str) -> str:
    anything = next(iter(site.ids))
    return re.sub(r"\{([a-z_]*)[^}]*\}", lambda m: site.places.get(m[1]) or anything, path)


def _signed_in(site: Site, one: Municipality) -> dict[str, str]:
    client = browser_at(site.by_host, one)
    at_kita = one is site.towns.kita
    sign_in(client, *(("admin", DEMO_PASSWORD) if at_kita else ("administrator",)))
    # At home there is much to see, and only there.
    assert site.nothing_of_kita(client.get("/resources").text) is not at_kita
    return dict(client.cookies)


def _token(site: Site, one: Municipality) -> str:
    with (
        site.by_host.programs.use(one.slug) as program,
        program.database.writing(by="test") as session,
    ):
        account = session.scalars(select(Account).where(Account.role == "administrator"))
        return add_token(
            session, account_id=account.first().id, label="t", scopes=["read"], by="test"
        )


@pytest.mark.parametrize("way", ["of kita, at minami", "of minami, at kita"])
def test_every_route_treats_a_sign_in_and_a_token_of_another_municipality_as_nobodys(
    site: Site, way: str
) -> None:
    home, there = site.towns.kita, site.towns.minami
    if way == "of minami, at kita":
        home, there = there, home
    cookies, token = _signed_in(site, home), _token(site, home)
    said = {"authorization": f"Bearer {token}"}
    assert browser_at(site.by_host, home).get("/metrics", headers=said).status_code == 200
    strangers = [browser_at(site.by_host, there) for _ in range(2)]
    strangers[0].headers["cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
    strangers[1].headers.update(said)
    for path in _gets(site):
        is_free = path.startswith((*FREE, "/host/", "/room/"))
        for client in strangers:
            answer = client.get(_with_ids(site, path))
            text = answer.text.replace(_with_ids(site, path), "")  # what was sent may come back
            assert not any(known in text for known in site.of_minami), path
            if there is site.towns.minami or not is_free:  # what is open at kita is kita's
                assert site.nothing_of_kita(text), path
            if not is_free:
                assert answer.status_code in (303, 401), (path, answer.status_code)


def test_ids_of_another_municipality_lead_nowhere_for_those_who_are_signed_in(site: Site) -> None:
    for role in ("administrator", "coordinator", "support_worker"):
        client = site.minami()
        sign_in(client, role)
        for path in _gets(site):
            answer = client.get(_with_ids(site, path))
            assert answer.status_code < 500, (path, answer.status_code)
            text = answer.text.replace(_with_ids(site, path), "")  # what was sent may come back
            assert site.nothing_of_kita(text), (role, path)


def test_a_form_of_one_municipality_is_refused_by_another(site: Site) -> None:
    kita, minami = site.kita(), site.minami()
    token = token_of(kita.get("/signin").text)
    minami.get("/signin")
    sent = {"name": "coordinator", "password": "x", "csrf": token}
    assert minami.post("/signin", data=sent).status_code == 403


def test_an_idempotency_key_of_one_municipality_means_nothing_at_another(site: Site) -> None:
    kita, minami = site.towns.kita.slug, site.towns.minami.slug
    answers = []
    for slug in (kita, minami, kita):
        done = {"by": f"{slug}, time {len(answers)}"}
        with (
            site.by_host.programs.use(slug) as program,
            program.database.writing(by="test") as session,
        ):
            answers.append(
                once(session, by="system", key="key-1", asked="same", act=partial(dict, done))
            )
    assert [a["by"] for a in answers] == [f"{kita}, time 0", f"{minami}, time 1", f"{kita}, time 0"]


def test_a_change_of_one_is_not_seen_by_another_and_moves_no_revision_there(site: Site) -> None:
    programs = site.by_host.programs
    with programs.use(site.towns.minami.slug) as minami, minami.database.reading() as session:
        before = latest_revision(session), minami.store.current(session).revision
    with programs.use(site.towns.kita.slug) as kita:
        with kita.database.writing(by="test") as session:
            row = session.scalars(select(Resource)).first()
            row.name += "（改）"
        with kita.database.reading() as session:
            assert kita.store.current(session).revision == latest_revision(session)
    with programs.use(site.towns.minami.slug) as minami, minami.database.reading() as session:
        assert (latest_revision(session), minami.store.current(session).revision) == before
        assert session.scalars(select(Resource.id)).all() == []


@pytest.mark.parametrize("host", ["nobody.example", "127.0.0.1", "kita.example.evil.example", ""])
def test_a_host_that_is_nobodys_is_told_so_and_gets_nothing(site: Site, host: str) -> None:
    client = TestClient(site.by_host, base_url="http://kita.example")
    answer = client.get("/signin", headers={"host": host})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers
    assert site.nothing_of_kita(answer.text)
    assert client.get("/signin", headers={"host": "KITA.example:8443"}).status_code == 200


def test_health_over_all_names_nobody(site: Site) -> None:
    client = TestClient(site.by_host, base_url="http://10.0.0.7")
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["municipalities"] == 2
    for one in (site.towns.kita, site.towns.minami):
        assert one.slug not in ready.text
        assert one.name not in ready.text
    assert site.minami().get("/health/ready").json()["status"] == "ok"


def test_figures_say_whose_they_are(site: Site) -> None:
    text = (
        site.kita()
        .get("/metrics", headers={"authorization": f"Bearer {_token(site, site.towns.kita)}"})
        .text
    )
    assert f'ibasho_revision{{municipality="{site.towns.kita.slug}"}}' in text
    assert site.towns.minami.slug not in text


def test_a_page_says_of_which_municipality_it_is(site: Site) -> None:
    assert "見本北市" in site.kita().get("/signin").text
    assert "見本南市" in site.minami().get("/signin").text
