"""`ibasho scheme` shows the schemes, tries a change on lists, and saves it only when told to."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from terminal import Ibasho

from jobs.demo.accounts import add_demo_accounts
from jobs.demo.load import load_agencies
from jobs.demo.people import demo_people
from jobs.program import open_program
from jobs.settings import read_settings
from resources.commands import register_resource
from resources.registration import Registration

Profile = Callable[..., Path]


@pytest.fixture
def places() -> None:
    """A place that answers more from afar, and a near one that answers less."""
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        for name, lat, needs in (("架空の遠い場", 35.7370, ["isolation", "grief"]),
                                 ("架空の近い場", 35.7291, ["isolation"])):  # fmt: skip
            entry = {
                "resource": {"kind": "salon", "name": name, "needs": needs},
                "location": {"lon": 139.7148, "lat": lat},
            }
            register_resource(
                session, registration=Registration.model_validate(entry),
                vocabulary=program.vocabulary, by="test",
            )  # fmt: skip
    program.close()


NEED = {"at": {"lon": 139.7148, "lat": 35.7290}, "needs": {"isolation": 1, "grief": 1}}
CHANGE = ("--weight", "needs=1", "--weight", "nearness=400")


@pytest.mark.usefixtures("places")
def test_a_change_is_tried_saved_in_force_and_taken_back(
    ibasho: Ibasho, profile: Profile, tmp_path: Path
) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"label": "Ａさん", "need": NEED}]), encoding="utf-8")
    tried = ibasho("scheme", "preview", "standard", *CHANGE, "--people", people, "--format", "json")
    assert tried.code == 0, tried.err
    assert (tried.json["lists"], tried.json["first_changed"]) == (1, 1)
    assert {p["how"] for p in tried.json["people"][0]["places"]} == {"rose", "fell"}

    def first(*more: str) -> str:
        asked = ibasho("suggest", "--profile", profile(**NEED), "--format", "json", *more)
        return asked.json["suggestions"][0]["name"]

    shown = ibasho("scheme", "set", "standard", *CHANGE, "--people", people)
    assert "Ａさん" in shown.out
    assert "--yes" in shown.err
    assert first() == "架空の遠い場"
    saved = ibasho("scheme", "set", "standard", *CHANGE, "--threshold", "step_gap_rungs=2", "--yes")
    assert saved.code == 0, saved.err
    assert first() == "架空の近い場"
    listed = ibasho("scheme", "list", "--format", "json").json
    assert listed["schemes"][0]["weights"]["nearness"] == 400
    assert listed["thresholds"]["step_gap_rungs"] == 2
    edits = ibasho("scheme", "history", "--format", "json").json["edits"]
    assert [e["of"] for e in edits] == ["step_gap_rungs", "standard"]
    assert "standard" in ibasho("scheme", "history").out
    assert ibasho("scheme", "undo", edits[1]["revision"]).code == 0
    assert first() == "架空の遠い場"


@pytest.mark.usefixtures("places")
def test_a_scheme_is_added_beside_the_others_retired_and_restored(
    ibasho: Ibasho, profile: Profile
) -> None:
    added = ibasho("scheme", "add", "next_door", "--ja", "近所", "--en", "Next door", "--like",
                   "gentle", "--weight", "nearness=500", "--yes")  # fmt: skip
    assert added.code == 0, added.err
    assert "next_door" in ibasho("scheme", "show", "next_door").out
    asked = ("suggest", "--profile", profile(**NEED), "--scheme", "next_door", "--format", "json")
    assert ibasho(*asked).json["scheme"] == "next_door"
    for order, active in (("retire", False), ("restore", True)):
        assert ibasho("scheme", order, "next_door").code == 0
        listed = ibasho("scheme", "list", "--format", "json").json["schemes"]
        assert [s["active"] for s in listed if s["code"] == "next_door"] == [active]


@pytest.mark.parametrize(
    "order",
    [
        ("preview", "dreams"),
        ("set", "standard", "--weight", "needs=0", "--yes"),
        ("set", "standard", "--weight", "needs=nan", "--yes"),
        ("set", "standard", "--weight", "needs=-1", "--yes"),
        ("set", "standard", "--weight", "beauty=1", "--yes"),
        ("set", "standard", "--weight", "needs", "--yes"),
        ("set", "standard", "--threshold", "gravity=9", "--yes"),
        ("set", "standard", "--threshold", "hub_share_percent=0", "--yes"),
        ("set", "standard", "--minimum-score", "2", "--yes"),
        ("add", "standard", "--ja", "a", "--en", "b", "--yes"),
        ("add", "A B", "--ja", "a", "--en", "b", "--yes"),
        ("retire", "standard"),
        ("undo", "1"),
    ],
)
def test_what_cannot_be_ends_with_2_and_one_sentence(ibasho: Ibasho, order: tuple[str]) -> None:
    refused = ibasho("scheme", *order)
    assert refused.code == 2
    assert refused.err.startswith("ibasho: ")
    assert len(refused.err.splitlines()) == 1
    assert ibasho("scheme", "history", "--format", "json").json == {"edits": []}


def test_a_criterion_that_is_none_is_named_with_those_there_are(ibasho: Ibasho) -> None:
    refused = ibasho("scheme", "preview", "standard", "--weight", "nearnes=60")
    assert refused.code == 2
    assert "nearnes." in refused.err
    assert "nearness" in refused.err
    assert "first_contact" in refused.err


@pytest.mark.usefixtures("places")
def test_where_the_demo_was_put_in_its_people_are_compared_however_it_is_served(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IBASHO_DEMO", raising=False)
    tried = ("scheme", "preview", "standard", *CHANGE, "--format", "json")
    examples = ibasho(*tried).json["lists"]
    program = open_program(read_settings())
    with program.database.writing(by="demo") as session:
        load_agencies(session)
        add_demo_accounts(session, by="demo")
    program.close()
    assert ibasho(*tried).json["lists"] == len(demo_people(2026)) != examples


@pytest.mark.usefixtures("places")
def test_what_others_save_while_lists_are_compared_is_not_written_over(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.commands import schemes
    from matching.schemes_kept import read_weighing, save_scheme

    compared = schemes.print_effect

    def meanwhile(found, form) -> None:
        compared(found, form)
        program = open_program(read_settings())
        with program.database.writing(by="other") as session:
            usual = read_weighing(session).scheme("standard")
            save_scheme(session, scheme=replace(usual, per_host=1), shown=None, by="other")
        program.close()

    with monkeypatch.context() as patched:
        patched.setattr(schemes, "print_effect", meanwhile)
        late = ibasho("scheme", "set", "standard", "--weight", "needs=41", "--yes")
    assert late.code != 0
    assert "Somebody else saved meanwhile" in late.err
    program = open_program(read_settings())
    with program.database.reading() as session:
        kept = read_weighing(session).scheme("standard")
    program.close()
    assert (kept.per_host, kept.weights["needs"]) == (1, 36.0)
