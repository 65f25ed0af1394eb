"""The page of gaps: for those who plan, and for nobody else."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from geodata.population import store_population
from jobs.demo.districts import town_population
from jobs.program import Program
from resources import clock
from resources.derived import UnmetNeed
from resources.unmet import record_unmet

SignedIn = Callable[[str], TestClient]


def test_it_says_what_to_do_where_no_population_was_imported(signed_in: SignedIn) -> None:
    page = signed_in("coordinator").get("/gaps")
    assert page.status_code == 200
    assert "ibasho import population" in page.text


def test_it_names_towns_with_their_people(signed_in: SignedIn, program: Program) -> None:
    store_population(program.settings.layers_folder, town_population())
    page = signed_in("coordinator").get("/gaps?part=evening&week=weekend&minutes=10")
    assert "南大塚三丁目" in page.text
    assert "291,167" in page.text
    assert 'data-map="gaps"' in page.text


def test_it_weighs_towns_by_what_found_nothing(signed_in: SignedIn, program: Program) -> None:
    store_population(program.settings.layers_folder, town_population())
    with program.database.writing(by="test") as session:
        session.execute(delete(UnmetNeed))
    client = signed_in("coordinator")
    page = client.get("/gaps?demand=unmet")
    assert "まだ足りません" in page.text
    with program.database.writing(by="test") as session:
        for _ in range(6):
            record_unmet(
                session, needs={"withdrawal": 3}, district="", windows=(), on=clock.today()
            )
    page = client.get("/gaps?demand=unmet&part=evening&week=weekend")
    assert "見つからなかった課題 6 件のうち" in page.text


@pytest.mark.parametrize("query", ["part=x&week=y&minutes=z&kind=a&need=b", "minutes=-1"])
def test_a_choice_that_is_none_becomes_the_usual_one(signed_in: SignedIn, query: str) -> None:
    assert signed_in("coordinator").get(f"/gaps?{query}").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("csw", 403), ("auditor", 403), ("inclusion_officer", 200)]
)
def test_who_may_look(signed_in: SignedIn, role: str, status: int) -> None:
    assert signed_in(role).get("/gaps").status_code == status
