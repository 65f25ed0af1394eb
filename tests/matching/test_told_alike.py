"""What has to stand in two places says the same in both."""

import inspect
import uuid
from pathlib import Path

import judged
import pandas as pd
import pytest

from api.commands import questions
from geodata.pace import USUAL_SPEED_M_S
from matching.columns import AVAILABILITIES
from matching.fresh import leaves_no_room
from matching.nearby import NearbyQuestion
from matching.table import Table
from resources.vocabulary import RUNGS, default_vocabulary

TEMPLATES = Path(__file__).resolve().parents[2] / "api" / "templates"
AT = {"lon": 139.71, "lat": 35.73}


def test_the_ladder_has_as_many_rungs_as_the_list_has_words_for() -> None:
    assert default_vocabulary().codes("step") == [
        "contact", "visit", "stay", "regular", "role", "work",
    ]  # fmt: skip
    assert len(default_vocabulary().codes("step")) == RUNGS


def test_nearby_asks_for_the_same_in_a_terminal_where_nothing_is_said() -> None:
    asked = inspect.signature(questions.nearby).parameters
    assert {
        "walk_minutes": asked["walk_minutes"].default,
        "speed_m_s": asked["speed"].default,
        "minutes_left": asked["minutes"].default,
        "limit": asked["limit"].default,
    } == {
        name: getattr(NearbyQuestion, name)
        for name in ("walk_minutes", "speed_m_s", "minutes_left", "limit")
    }


@pytest.mark.parametrize(
    ("page", "usual"),
    [
        ("nearby.html", '("normal", "{}")'),
        ("assessment.html", '("{}", "usual")'),
        ("assessment.html", 'need.get("speed_m_s", {})'),
    ],
)
def test_the_pages_offer_the_usual_pace_as_the_usual_one(page: str, usual: str) -> None:
    assert usual.format(USUAL_SPEED_M_S) in (TEMPLATES / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("places", [None, 0, 1])
@pytest.mark.parametrize("status", AVAILABILITIES)
def test_what_is_full_for_a_list_is_full_when_its_places_are_read_again(
    status: str, places: int | None
) -> None:
    own = uuid.UUID(int=7)
    row = {"id": own, "name": "会", "kind": "salon", "availability": status, "places": places, **AT}
    told = Table(pd.DataFrame([row])).why({"at": AT}, own, now=judged.NOW)
    (verdict,) = [v.verdict for v in told.verdicts if v.rule == "places"]
    assert (verdict == "fail") is leaves_no_room(status, places)
