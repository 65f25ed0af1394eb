"""The page of outcomes says whether what was learned counts, and why; a list says it too."""

import re
import uuid
from datetime import date

import pytest
import simulated
from door import browser, sign_in, token_of
from sqlalchemy import select

from api.app import create_app
from api.learning_shown import calibration_picture
from casework.outcomes import counts
from casework.placement_models import Placement
from casework.row_security import as_system
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.program import Program
from matching.learned_kept import keep_run
from matching.retraining import retrain


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
