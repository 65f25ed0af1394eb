"""The page of outcomes says whether what was learned counts, and why; a list says it too."""

import re
import uuid
from datetime import date, timedelta

import pytest
import simulated
from door import browser, sign_in, token_of
from sqlalchemy import select, update

from api.app import create_app
from api.learning_shown import beside, calibration_picture, groups_picture
from casework.consents import FORMS, PURPOSES, Given
from casework.outcomes import counts
from casework.people import add_person
from casework.placement_models import Placement
from casework.row_security import as_system
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.program import Program
from matching.learned_kept import keep_run
from matching.retraining import retrain
from resources import clock
from resources.derived import ListsShown
from resources.hubs import LISTED
from resources.lists_shown import FEWEST_LISTS, Exposure


def _learn(program: Program, outcomes: int) -> None:
    found, model = retrain(simulated.outcomes(outcomes), on=date(2026, 11, 20))
    told = {**found.as_json(), "went": counts([])}
    with program.database.writing(by="test") as session:
        keep_run(session, outcomes=outcomes, evaluation=told, learned=model, by="test")


@pytest.mark.parametrize("role", ["inclusion_officer", "administrator"])
def test_the_page_says_that_it_is_off_and_why_and_then_that_it_is_on(
    program: Program, signed_in, role: str
) -> None:
    client = signed_in(role)
    assert "まだ学習を試していません" in client.get("/learning").text
    _learn(program, 40)
    off = client.get("/learning").text
    assert "学んだものは使っていません" in off
    assert "60件" in off
    _learn(program, 1500)
    on = client.get("/learning").text
    assert "点の10.7％に使っている" in on
    assert "<circle" in on
    assert "年代ごとの、あとの結果での評価" in on
    assert "条件（安全、年齢、時間など）を覆すことはありません" in on
    english = client.get("/learning", headers={"cookie": "", "accept-language": "en"}).status_code
    assert english in (200, 303)


def test_who_does_not_answer_for_it_does_not_see_it(signed_in) -> None:
    assert signed_in("csw").get("/learning").status_code == 403


def test_a_list_shows_the_contribution_and_a_placement_keeps_what_was_said_of_it(
    demo: Program,
) -> None:
    _learn(demo, 1500)
    client = browser(create_app(demo.settings, demo))
    sign_in(client, "support", DEMO_PASSWORD)
    people = re.findall(r'href="(/people/[0-9a-f-]{36})"', client.get("/people").text)
    pages = (client.get(link).text for link in people)
    page = next(text for text in pages if "/placements" in text)
    assert "続いた実績に近い" in page
    assert "これまでの定着の記録" in page
    start = page.split("/placements")[0].rsplit('action="', 1)[1] + "/placements"
    offering = page.split('name="offering" value="')[1].split('"')[0]
    assert client.post(start, data={"csrf": token_of(page), "offering": offering}).status_code < 400
    with demo.database.reading(said=as_system("test")) as session:
        (facts,) = session.scalars(
            select(Placement.suggested).where(Placement.offering_id == uuid.UUID(offering))
        ).all()
    assert facts["shown_at"] == 1
    assert "learned" not in facts["values"]
    assert all(0 <= v <= 1 for v in facts["values"].values())


def test_a_picture_holds_a_dot_for_each_bin_and_escapes_its_words() -> None:
    bins = [
        {"expected": 0.2, "stayed": 0.25, "count": 9},
        {"expected": 0.8, "stayed": 0.7, "count": 5},
    ]
    svg = calibration_picture(bins, title="<a>", across="x", up="y")
    assert svg.count("<circle") == 2
    assert "<a>" not in svg
    said = re.findall(r">([^<>]+)</text>", svg)
    assert [said.count(f"{n}%") for n in (0, 50, 100)] == [2, 2, 2], "both sides have a scale"
    assert {"9", "5", "x", "y"} <= set(said)


def _received(program: Program, age: int | None) -> str:
    """Receive an invented person of an age; return where the page is."""
    consent = Given(PURPOSES, ["east"], "self", clock.today(), FORMS[0])
    need = {"at": {"lon": 139.7148, "lat": 35.7290}, "needs": {"isolation": 2}}
    with program.database.writing(by="test") as session:
        person = add_person(
            session, label="Ａさん", summary="架空", agency="east", by="test", consent=consent,
            invented=True, need=need if age is None else {**need, "age": age},
        )  # fmt: skip
        return f"/people/{person.id}"


def test_what_was_shown_stands_beside_what_was_begun_for_each_age_band(
    program: Program, signed_in
) -> None:
    worker = signed_in("coordinator")
    token = token_of(worker.get("/resources/new").text)
    place = {"csrf": token, "name": "架空の場", "kind": "salon", "status": "published",
             "lon": "139.7148", "lat": "35.7291", "needs": ["isolation"],
             "age_min": "40", "another": "1"}  # fmt: skip
    assert worker.post("/resources/new", data=place).status_code == 303
    old, young, unsaid = (_received(program, age) for age in (70, 30, None))
    for _ in range(FEWEST_LISTS):
        assert "架空の場" in worker.get(old).text
    worker.get(f"{old}?more=1")  # the first places of this list were counted before
    for _ in range(FEWEST_LISTS + 1):
        assert worker.get(young).status_code == 200
    worker.get(unsaid)
    with program.database.writing(by="test") as session:
        rows = {r.band: (r.lists, r.places, r.with_nothing) for r in session.query(ListsShown)}
        many = FEWEST_LISTS + 1
        assert rows == {"65-": (20, 20, 0), "-39": (many, 0, many), "": (1, 1, 0)}
        session.execute(update(ListsShown).values(on=clock.today() - timedelta(days=40)))
    _learn(program, 1500)
    officer = signed_in("inclusion_officer")
    page = officer.get("/learning").text
    row = re.search(r'<th scope="row">65-</th>(.*?)</tr>', page).group(1)
    assert re.findall(r">([^<]+)</td>", row) == ["20", "1.0", "0%", "—", "—"]
    row = re.search(r'<th scope="row">-39</th>(.*?)</tr>', page).group(1)
    assert re.findall(r">([^<]+)</td>", row) == ["21", "0.0", "100%", "—", "—"]
    assert "年齢の記録なし" not in page
    assert "見せた数を示さない年代：1" in page
    begun = re.search(r'<th scope="row">under 40</th>(.*?)</tr>', page).group(1)
    assert begun.count("—") == 3
    assert "%" in begun
    assert page.count("#b5651d") == 3  # two groups, and what the colour stands for
    officer.get("/language/en")
    assert "places per list" in officer.get("/learning").text


def test_exposure_and_acceptance_of_a_group_share_a_row_and_a_picture() -> None:
    groups = [{"name": "65-", "shown": 30, "share": 0.6, "accepted": 0.5}]
    exposures = [Exposure("-39", 40, 3.0, 0.25), Exposure("65-", 50, 4.5, 0.1),
                 Exposure(None, 20, 1.0, 0.0)]  # fmt: skip
    rows = beside(groups, exposures, no_age="unsaid")
    assert [(r.name, r.lists, r.accepted) for r in rows] == [
        ("-39", 40, None), ("65-", 50, 0.5), ("unsaid", 20, None),
    ]  # fmt: skip
    words = {"share": "<s>", "accepted": "a", "with_nothing": "n"}
    svg = groups_picture(rows, title="t", words=words)
    assert svg.count("<rect") == 5 + 3
    assert "<s>" not in svg
    assert "n 25%" in svg
    assert "25%" in re.findall(r">([^<>]+)</text>", svg), "a number stands behind each bar"
    few = groups_picture([r for r in rows if r.name != "65-"], title="t", words=words)
    assert ">a</text>" not in few, "what isn't drawn isn't explained"


def test_a_list_without_a_person_is_counted_by_the_age_that_was_typed_in(demo: Program) -> None:
    client = browser(create_app(demo.settings, demo))
    sign_in(client, "support", DEMO_PASSWORD)
    token = token_of(client.get("/suggest").text)
    asked = {"csrf": token, "address": "南大塚三丁目", "walk_minutes": "1", "age": "120"}
    page = client.post("/suggest", data={**asked, "days": ["mon"], "from": "03:00", "to": "03:10"})
    assert page.status_code == 200
    client.post("/suggest", data={"csrf": token, "address": "南大塚三丁目"})
    with demo.database.reading() as session:
        rows = {r.band: (r.lists, r.places, r.with_nothing) for r in session.query(ListsShown)}
    assert rows == {"65-": (1, 0, 1), "": (1, LISTED, 0)}
