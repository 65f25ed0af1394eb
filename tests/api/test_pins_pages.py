"""Staff pin a place to a person's list: it stands first, as it is, and changes nothing else."""

import re
import uuid

import pytest
from door import browser, receive_person, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from jobs.program import Program
from resources.commands import register_resource
from resources.models import Offering, Resource
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

HERE = {"lon": 139.7101, "lat": 35.7295}
PLACES = ("架空の居場所ア", "架空の居場所イ", "架空の居場所ウ")
WHY = "職員さんを覚えた"


@pytest.fixture
def offerings(program: Program) -> dict[str, str]:
    """Three places around one point, each a little farther, of three hosts."""
    found = {}
    with program.database.writing(by="test") as session:
        for n, name in enumerate(PLACES):
            registration = {
                "organization": {"name": f"{name}の会"},
                "resource": {
                    "name": name, "kind": "open_space", "needs": ["isolation"],
                    "audience": ["anyone"],
                },
                "location": {"lon": HERE["lon"] + n / 1000, "lat": HERE["lat"]},
                "offering": {"availability": "capacity", "places": 3},
            }  # fmt: skip
            made = register_resource(
                session, registration=Registration.model_validate(registration),
                vocabulary=default_vocabulary(), by="test",
            )  # fmt: skip
            found[name] = str(made.id)
    return found


@pytest.fixture
def person(program: Program, offerings: dict[str, str]) -> uuid.UUID:
    need = {"at": HERE, "walk_minutes": 15, "needs": {"isolation": 3}}
    return receive_person(program, need)


@pytest.fixture
def worker(app: FastAPI, person: uuid.UUID) -> TestClient:
    client = browser(app)
    sign_in(client, "worker")
    return client


def cards(html: str) -> list[tuple[str, str]]:
    """Return the name and the whole of each card of a page, in their order."""
    found = re.findall(
        r'<li class="card suggestion.*?</li>\s*(?=<li class="card|</ol>)', html, re.S
    )
    named = [(next(n for n in PLACES if n in card), card) for card in found]
    return named


def score_of(card: str) -> str:
    found = re.search(r'class="total">.*?<td class="num">(?:<strong>)?([0-9.]+)', card, re.S)
    assert found
    return found[1]


def pin(client: TestClient, person: uuid.UUID, offering: str, reason: str = WHY) -> int:
    token = token_of(client.get(f"/people/{person}").text)
    data = {"csrf": token, "offering": offering, "reason": reason}
    return client.post(f"/people/{person}/pins", data=data).status_code


def unpin(client: TestClient, person: uuid.UUID) -> None:
    page = client.get(f"/people/{person}").text
    action = re.search(rf'action="(/people/{person}/pins/[^"]+/remove)"', page)
    assert action
    answer = client.post(action[1], data={"csrf": token_of(page)})
    assert answer.status_code == 303


def change(program: Program, name: str, **facts: object) -> None:
    with program.database.writing(by="test") as session:
        resource = session.scalars(select(Resource).where(Resource.name == name)).one()
        offering = session.scalars(
            select(Offering).where(Offering.resource_id == resource.id)
        ).one()
        for field, value in facts.items():
            setattr(resource if hasattr(resource, field) else offering, field, value)


def test_a_pinned_place_stands_first_with_its_own_score_and_moves_no_other(
    worker: TestClient, person: uuid.UUID, offerings: dict[str, str]
) -> None:
    before = cards(worker.get(f"/people/{person}").text)
    assert [name for name, _ in before] == list(PLACES)
    assert pin(worker, person, offerings[PLACES[2]]) == 303
    assert pin(worker, person, offerings[PLACES[2]], "二度押し") == 303
    page = worker.get(f"/people/{person}").text
    after = cards(page)
    assert [name for name, _ in after] == [PLACES[2], PLACES[0], PLACES[1]]
    first = after[0][1]
    assert "固定中" in first
    assert WHY in first
    assert "worker・" in first
    assert "一覧の3番目" in first
    assert {n: score_of(c) for n, c in after} == {n: score_of(c) for n, c in before}
    assert 'data-number="3"' in first
    assert [re.search(r'data-number="(\d)"', c)[1] for _, c in after[1:]] == ["1", "2"]  # type: ignore[index]
    assert 'name="not_first"' in first  # starting it still wants a reason: it isn't the best
    worker.get("/language/en")
    assert "Pinned" in worker.get(f"/people/{person}").text
    unpin(worker, person)
    again = cards(worker.get(f"/people/{person}").text)
    assert [(n, score_of(c)) for n, c in again] == [(n, score_of(c)) for n, c in before]


def test_a_place_is_pinned_and_unpinned_from_its_explanation(
    worker: TestClient, person: uuid.UUID, offerings: dict[str, str]
) -> None:
    url = f"/people/{person}/why/{offerings[PLACES[1]]}"
    page = worker.get(url).text
    assert f'action="/people/{person}/pins"' in page
    assert pin(worker, person, offerings[PLACES[1]]) == 303
    page = worker.get(url).text
    assert WHY in page
    assert "固定を外す" in page
    assert f'action="/people/{person}/pins"' not in page


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"availability": "none", "places": 0}, "空き"),
        ({"status": "closed"}, "公開"),
    ],
)
def test_a_pinned_place_that_is_full_or_closed_says_so_with_the_rule(
    worker: TestClient,
    program: Program,
    person: uuid.UUID,
    offerings: dict[str, str],
    facts: dict[str, object],
    rule: str,
) -> None:
    pin(worker, person, offerings[PLACES[0]])
    change(program, PLACES[0], **facts)
    after = cards(worker.get(f"/people/{person}").text)
    assert [name for name, _ in after] == list(PLACES)
    first = after[0][1]
    assert "いまは提案できません" in first
    said = re.search(r'class="nothing" role="status">(.*?)</p>', first, re.S)
    assert said
    assert rule in said[1]
    assert "× 合わない" in said[1]
    assert "この場に打診した" not in first
    assert "番目" not in first


def test_what_safety_keeps_away_is_not_pinned_and_a_pinned_one_is_taken_off_the_suggestions(
    worker: TestClient, program: Program, person: uuid.UUID, offerings: dict[str, str]
) -> None:
    pin(worker, person, offerings[PLACES[2]])
    page = worker.get(f"/people/{person}/keep-away").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    with program.database.reading() as session:
        avoided = session.scalars(select(Resource.id).where(Resource.name == PLACES[2])).one()
    data = {"csrf": token_of(page), "version": version[1], "what": "resource", "id": str(avoided)}
    assert worker.post(f"/people/{person}/keep-away", data=data).status_code == 303
    first = cards(worker.get(f"/people/{person}").text)[0][1]
    assert "外されました" in first
    assert "安全に関わる条件" in first
    for told in ("固定中", "data-lat", "合い具合", "次の開催", "打診した", "番目"):
        assert told not in first, told
    why = worker.get(f"/people/{person}/why/{offerings[PLACES[2]]}").text
    assert "固定できません" in why
    unpin(worker, person)
    token = token_of(worker.get(f"/people/{person}").text)
    refused = worker.post(
        f"/people/{person}/pins",
        data={"csrf": token, "offering": offerings[PLACES[2]], "reason": "それでも"},
    )
    assert refused.status_code == 422
    assert "固定できません" in refused.text
    assert "それでも" not in refused.text
    assert PLACES[2] not in str(cards(worker.get(f"/people/{person}").text))


def test_without_a_reason_or_for_a_place_that_is_none_nothing_is_pinned(
    worker: TestClient, person: uuid.UUID, offerings: dict[str, str]
) -> None:
    assert pin(worker, person, offerings[PLACES[0]], "  ") == 422
    assert pin(worker, person, str(uuid.uuid4())) == 404
    assert "固定中" not in worker.get(f"/people/{person}").text
