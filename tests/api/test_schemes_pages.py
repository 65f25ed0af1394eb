"""Who carries the work changes the schemes, and sees what a change does before it is saved."""

import re
from collections.abc import Callable

import pytest
from door import add_staff, browser, sign_in, token_of
from fastapi.testclient import TestClient
from sqlalchemy import select

from casework.consents import FORMS, PURPOSES, Given
from casework.models import AuditRow
from casework.people import add_person
from jobs.demo.accounts import add_demo_accounts
from jobs.demo.load import load_agencies
from jobs.demo.people import demo_people
from jobs.program import Program
from matching.schemes import default_weighing
from matching.schemes_kept import read_weighing
from resources import clock

Enter = Callable[..., TestClient]
AT = {"lon": 139.7148, "lat": 35.7290}


def form_of(html: str) -> dict[str, str]:
    """Return what the form at the end of the page would send."""
    last = html.rsplit('<form method="post" class="card stack">', 1)[1]
    named = re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', last)
    return dict(named)


def register_two(client: TestClient) -> None:
    """A place that answers the need from afar, and a near one that answers less."""
    token = token_of(client.get("/resources/new").text)
    for name, lat, needs in (("架空の遠い場", 35.7370, ["isolation", "grief"]),
                             ("架空の近い場", 35.7291, ["isolation"])):  # fmt: skip
        data = {"csrf": token, "name": name, "kind": "salon", "status": "published",
                "lon": "139.7148", "lat": str(lat), "needs": needs, "another": "1"}  # fmt: skip
        assert client.post("/resources/new", data=data).status_code == 303


def receive(program: Program, label: str, agency: str = "east") -> None:
    with program.database.writing(by="test") as session:
        consent = Given(PURPOSES, [agency], "self", clock.today(), FORMS[0])
        add_person(
            session, label=label, summary="架空", agency=agency, by="test", consent=consent,
            invented=True,
            need={"at": AT, "needs": {"isolation": 1, "grief": 1}},
        )  # fmt: skip


def test_a_change_is_shown_on_the_lists_that_the_editor_may_see_and_saved_only_then(
    signed_in: Enter, program: Program
) -> None:
    coordinator = signed_in("coordinator")
    register_two(coordinator)
    receive(program, "Ａさん")
    add_staff(program, "csw", "west", "elsewhere")
    receive(program, "Ｚさん", "west")
    assert "標準" in coordinator.get("/schemes").text
    form = form_of(coordinator.get("/schemes/standard").text)
    assert form["needs"] == "36"
    tried = coordinator.post(
        "/schemes/standard", data={**form, "needs": "1", "nearness": "400", "do": "preview"}
    )
    assert tried.status_code == 200
    assert "1人の一覧のうち 1人の一覧が変わります（1位が変わるのは 1人）" in tried.text
    assert "Ａさん" in tried.text
    assert "Ｚさん" not in tried.text
    with program.database.reading() as session:
        assert read_weighing(session) == default_weighing()  # nothing was saved yet
        looks = session.scalars(select(AuditRow).where(AuditRow.purpose == "scheme_preview")).all()
        assert {tuple(row.fields) for row in looks} == {("label", "need")}
    saving = re.search(r'<form method="post" class="inline">(.*?)</form>', tried.text, re.S)
    assert saving
    data = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', saving.group(1)))
    assert data["do"] == "save"
    people = next(iter(re.findall(r"/people/[0-9a-f-]{36}", coordinator.get("/people").text)))
    before = coordinator.get(people).text
    assert before.index("架空の遠い場") < before.index("架空の近い場")
    assert coordinator.post("/schemes/standard", data=data).status_code == 303
    after = coordinator.get(people).text
    assert after.index("架空の近い場") < after.index("架空の遠い場")
    page = coordinator.get("/schemes").text
    assert "課題：36 → 1" in page
    late = coordinator.post("/schemes/standard", data={**data, "needs": "2"})
    assert late.status_code == 409  # made on what stood before
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    back = {"csrf": data["csrf"], "revision": revision.group(1)}
    assert coordinator.post("/schemes/undo", data=back).status_code == 303
    with program.database.reading() as session:
        assert read_weighing(session) == default_weighing()


@pytest.mark.parametrize("weight", ["0", "-3", "nan", "inf", "1e999", "many", ""])
def test_a_weight_that_cannot_be_is_refused_beside_its_field(
    signed_in: Enter, program: Program, weight: str
) -> None:
    client = signed_in("agency_manager")
    form = form_of(client.get("/schemes/gentle").text)
    for do in ("preview", "save"):
        refused = client.post("/schemes/gentle", data={**form, "cost": weight, "do": do})
        assert refused.status_code == 422
        assert "費用：" in refused.text
    with program.database.reading() as session:
        assert read_weighing(session) == default_weighing()


def test_a_new_scheme_is_offered_to_the_worker_and_thresholds_are_kept(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("agency_manager")
    register_two(signed_in("coordinator"))
    form = form_of(client.get("/schemes/new?like=gentle").text)
    mine = {**form, "ja": "近所だけ", "en": "Next door", "code": "next_door", "nearness": "300"}
    tried = client.post("/schemes/new", data={**mine, "do": "preview"})
    assert "特定の人ではない例" in tried.text
    assert client.post("/schemes/new", data={**mine, "do": "save", "shown": "0"}).status_code == 303
    for code in ("next_door", "new", "thresholds"):
        taken = client.post("/schemes/new", data={**mine, "code": code, "do": "preview"})
        assert taken.status_code == 422
    form = form_of(client.get("/schemes/thresholds").text)
    assert form["hub_share_percent"] == "30"
    bad = client.post("/schemes/thresholds", data={**form, "step_gap_rungs": "1.5", "do": "save"})
    assert bad.status_code == 422
    with program.database.reading() as session:
        from matching.schemes_kept import weighing_revision

        shown = str(weighing_revision(session))
    good = {**form, "step_gap_rungs": "2", "do": "save", "shown": shown, "try_with": "next_door"}
    assert "影響" in client.post("/schemes/thresholds", data={**good, "do": "preview"}).text
    assert client.post("/schemes/thresholds", data=good).status_code == 303
    with program.database.reading() as session:
        assert read_weighing(session).thresholds.step_gap_rungs == 2
    assert "近所だけ" in client.get("/suggest").text
    told = client.get("/api/v1/schemes").json()
    assert [s["code"] for s in told["schemes"]][-1] == "next_door"
    assert told["thresholds"]["step_gap_rungs"] == 2
    answer = client.post(
        "/api/v1/suggestions?scheme=next_door", json={"at": AT, "needs": {"isolation": 2}},
        headers={"x-csrf-token": form["csrf"]},
    )  # fmt: skip
    assert answer.json()["scheme"] == "next_door", answer.text
    form = form_of(client.get("/schemes/next_door").text)
    assert client.post("/schemes/next_door", data={**form, "do": "retire"}).status_code == 303
    assert "近所だけ" not in client.get("/suggest").text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_workers_see_the_schemes_and_do_not_change_them(signed_in: Enter, language: str) -> None:
    client = signed_in("support_worker")
    client.get(f"/language/{language}")
    page = client.get("/schemes")
    assert page.status_code == 200
    assert "/schemes/standard" not in page.text
    assert client.get("/schemes/standard").status_code == 403
    token = token_of(client.get("/suggest").text)
    sent = {"csrf": token, "do": "save"}
    assert client.post("/schemes/standard", data=sent).status_code == 403
    assert client.post("/schemes/undo", data={"csrf": token, "revision": "1"}).status_code == 403


def test_a_host_sees_no_schemes(app, program: Program) -> None:
    add_staff(program, "host", None)
    client = browser(app)
    sign_in(client, "host")
    assert client.get("/schemes").status_code == 403


def test_whoever_sees_nobody_compares_the_people_of_the_demo_where_it_was_put_in(
    signed_in: Enter, program: Program
) -> None:
    coordinator = signed_in("coordinator")
    register_two(coordinator)
    form = form_of(coordinator.get("/schemes/standard").text)
    sent = {**form, "needs": "1", "nearness": "400", "do": "preview"}
    assert "例の希望条件で比べています" in coordinator.post("/schemes/standard", data=sent).text
    with program.database.writing(by="demo") as session:
        load_agencies(session)
        add_demo_accounts(session, by="demo")
    tried = coordinator.post("/schemes/standard", data=sent).text
    assert "デモの架空の人たちの一覧で比べています" in tried
    assert f"{len(demo_people(2026))}人の一覧のうち" in tried
    with program.database.reading() as session:
        looked = AuditRow.purpose == "scheme_preview"
        assert session.scalars(select(AuditRow).where(looked)).all() == [], (
            "nobody's record is read"
        )
