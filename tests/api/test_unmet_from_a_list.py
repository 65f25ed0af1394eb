"""An unmet need is counted by the list that was looked at, and the page says what became of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from door import token_of
from fastapi.testclient import TestClient
from sqlalchemy import select

from casework.consents import FORMS, PURPOSES, Given
from casework.people import add_person
from jobs.program import Program
from matching.schemes import default_weighing
from matching.schemes_kept import save_scheme
from matching.sentences import day_in_words
from resources import clock
from resources.derived import UnmetNeed
from resources.models import Organization, Resource

Enter = Callable[..., TestClient]
AT = {"lon": 139.7148, "lat": 35.7290}
COUNTED = "充足していないニーズとして数えました"
SOMETHING = "いまは提案できる所がある"


@pytest.fixture
def worker(signed_in: Enter) -> TestClient:
    return signed_in("coordinator")


def receive(program: Program, needs: dict[str, int]) -> str:
    """Receive an invented person; return where the page is."""
    with program.database.writing(by="test") as session:
        consent = Given(PURPOSES, ["east"], "self", clock.today(), FORMS[0])
        person = add_person(
            session, label="Ａさん", summary="架空", agency="east", by="test", consent=consent,
            invented=True, need={"at": AT, "needs": needs},
        )  # fmt: skip
        return f"/people/{person.id}"


def register(client: TestClient) -> None:
    token = token_of(client.get("/resources/new").text)
    data = {"csrf": token, "name": "架空の場", "kind": "salon", "status": "published",
            "lon": "139.7148", "lat": "35.7291", "needs": ["isolation"],
            "another": "1"}  # fmt: skip
    assert client.post("/resources/new", data=data).status_code == 303


def strict(program: Program, code: str) -> None:
    """Let a scheme show only what fits nearly wholly."""
    with program.database.writing(by="test") as session:
        scheme = replace(default_weighing().scheme(code), minimum_score=0.99)
        save_scheme(session, scheme=scheme, shown=None, by="test")


def press(client: TestClient, person: str, shown: str) -> str:
    """Send what the button on a page of the person would send; return the page one then sees."""
    form = re.search(rf'<form method="post" action="{person}/unmet">(.*?)</form>', shown)
    assert form
    data = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.group(1)))
    return client.post(f"{person}/unmet", data=data, follow_redirects=True).text


def counted(program: Program) -> int:
    with program.database.reading() as session:
        return sum(row.times for row in session.scalars(select(UnmetNeed)))


def test_what_counts_is_whether_the_list_of_the_chosen_scheme_is_empty(
    worker: TestClient, program: Program
) -> None:
    register(worker)
    strict(program, "gentle")
    person = receive(program, {"isolation": 2})
    assert f"{person}/unmet" not in worker.get(person).text  # the usual scheme has something
    said = press(worker, person, worker.get(f"{person}?scheme=gentle").text)
    assert counted(program) == 1
    assert COUNTED in said
    assert '<option value="gentle" selected>' in said


def test_one_person_counts_once_a_month_however_often_it_is_pressed(
    worker: TestClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, other = receive(program, {"isolation": 2}), receive(program, {"isolation": 2})
    shown = worker.get(person).text
    assert COUNTED in press(worker, person, shown)
    for _ in range(6):
        assert "今月もう数えました" in press(worker, person, shown)
    assert counted(program) == 1
    assert COUNTED in press(worker, other, worker.get(other).text)
    assert counted(program) == 2
    next_month = clock.today().replace(day=28) + timedelta(days=8)
    monkeypatch.setattr(clock, "today", lambda: next_month)
    assert COUNTED in press(worker, person, shown)
    assert counted(program) == 3


def test_nothing_is_said_to_be_counted_where_there_is_something_by_now(
    worker: TestClient, program: Program
) -> None:
    strict(program, "standard")
    person = receive(program, {"isolation": 2})
    shown = worker.get(f"{person}?scheme=near_first").text
    register(worker)
    said = press(worker, person, shown)
    assert counted(program) == 0
    assert COUNTED not in said
    assert SOMETHING in said
    worker.get("/language/en")
    page = worker.get(f"{person}?scheme=near_first&unmet=not_empty").text
    assert "There is something to suggest by now" in page


def test_a_person_without_needs_adds_to_no_count_and_the_page_says_so(
    worker: TestClient, program: Program
) -> None:
    person = receive(program, {})
    said = press(worker, person, worker.get(person).text)
    assert counted(program) == 0
    assert COUNTED not in said
    assert "課題が選ばれていない" in said


def test_what_is_written_in_the_address_by_hand_says_nothing(
    worker: TestClient, program: Program
) -> None:
    person = receive(program, {"isolation": 2})
    page = worker.get(f"{person}?unmet=anything").text
    assert f'action="{person}/unmet"' in page
    assert "anything" not in page


def test_where_only_hosts_rest_the_page_says_so_and_until_when(
    worker: TestClient, program: Program
) -> None:
    register(worker)
    person = receive(program, {"isolation": 2})
    with program.database.writing(by="test") as session:
        host = Organization(
            name="架空の会", resting_until=clock.today() + timedelta(days=9),
            created_at=clock.now(), edited_at=clock.now(),
        )  # fmt: skip
        session.add(host)
        session.flush()
        session.scalars(select(Resource)).one().organization_id = host.id
    after = day_in_words(clock.today() + timedelta(days=10))
    page = worker.get(person).text
    assert "受け入れ先が休止中か" in page
    assert f"休止が明ければ可（{after.ja}以降）" in page
    assert "条件に合う場所はありません" not in page
    worker.get("/language/en")
    assert f"pause is over (from {after.en})" in worker.get(person).text
