"""The page of gaps: for those who plan, and for nobody else."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from geodata.population import store_population
from jobs.demo.districts import town_population
from jobs.program import Program

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


@pytest.mark.parametrize("query", ["part=x&week=y&minutes=z&kind=a&need=b", "minutes=-1"])
def test_a_choice_that_is_none_becomes_the_usual_one(signed_in: SignedIn, query: str) -> None:
    assert signed_in("coordinator").get(f"/gaps?{query}").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("csw", 403), ("auditor", 403), ("inclusion_officer", 200)]
)
def test_who_may_look(signed_in: SignedIn, role: str, status: int) -> None:
    assert signed_in(role).get("/gaps").status_code == status
