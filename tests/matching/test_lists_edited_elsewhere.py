"""A list that one process edits is in force in another with its next request; on both databases."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from door import make_program

from matching.ask import SCHOOL_NEEDS, STRAIN_NEEDS
from matching.need import parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.database import Database
from resources.reckoned import needed_codes
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AT = {"at": {"lon": 139.7148, "lat": 35.7290}, "walk_minutes": 20, "on": "2026-12-01"}
PLACE = {
    "location": {"lon": 139.7150, "lat": 35.7300},
    "offering": {"availability": "capacity", "places": 2},
}

OTHER_PROCESS = """
import sys
from resources import terms
from resources.database import Database
url, what, axis, one, two = sys.argv[1:6]
with Database(url).writing(by="other") as session:
    if what == "flag":
        terms.edit_term(session, axis=axis, code=one, facts={two: False}, by="other")
    elif what == "label":
        terms.edit_term(session, axis=axis, code=one, ja=two, by="other")
    elif what == "first":
        terms.edit_term(session, axis=axis, code=one, place=1, by="other")
    else:
        terms.replace_term(session, axis=axis, old=one, new=two, by="other")
"""


def elsewhere(database: Database, *order: str) -> None:
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    command = [sys.executable, "-c", OTHER_PROCESS, url.render_as_string(hide_password=False)]
    subprocess.run([*command, *order], check=True, capture_output=True)


def test_the_needs_that_the_engine_reckons_with_are_those_that_stay() -> None:
    assert {*STRAIN_NEEDS, *SCHOOL_NEEDS, "addiction"} == needed_codes("need")


def test_what_another_process_does_to_a_list_holds_in_the_next_request(
    database: Database, store: IndexStore, register, tmp_path
) -> None:
    program = make_program(database, tmp_path / "home")
    quiet = str(
        register(
            resource={"name": "静かな場", "kind": "open_space", "needs": ["hoarding"]}, **PLACE
        )
    )
    music = str(
        register(resource={"name": "音楽の場", "kind": "class", "activities": ["music"]}, **PLACE)
    )

    def listed(**need) -> dict[str, float]:
        program.look_again()
        asked = parse_need({**AT, **need}, program.vocabulary)
        with database.reading() as session:
            answer = suggest_placements(session, store, asked, now=NOW)
        return {str(s.place.offering): s.score for s in answer.suggestions}

    def of_need(code: str) -> float:
        return listed(needs={code: 3}).get(quiet, 0.0)

    assert of_need("hoarding") > of_need("literacy") == 0.0
    before = of_need("hoarding")
    # Another order of the list moves every bit: the index is built anew, and says the same.
    elsewhere(database, "first", "need", "hoarding", "")
    assert of_need("hoarding") == before
    # A word that is replaced: who still says the old one is understood.
    elsewhere(database, "replace", "need", "hoarding", "literacy")
    assert of_need("hoarding") == of_need("literacy") == before
    wished = listed(wishes={"activities": ["music"]})[music]
    elsewhere(database, "replace", "activity", "music", "singing")
    assert listed(wishes={"activities": ["music"]})[music] == wished
    # A kind that is no longer a place of participation.
    assert quiet in listed()
    elsewhere(database, "flag", "kind", "open_space", "participation")
    assert quiet not in listed()
    assert music in listed()


def test_a_label_that_is_edited_is_read_anew_without_building_the_index(
    database: Database, store: IndexStore, register, tmp_path
) -> None:
    program = make_program(database, tmp_path / "home")
    register(resource={"name": "場", "kind": "open_space"}, **PLACE)
    elsewhere(database, "label", "need", "isolation", "ひとり")
    with database.reading() as session:
        built = store.current(session).base_revision
    elsewhere(database, "label", "need", "isolation", "ひとりでいる")
    with database.reading() as session:
        assert store.current(session).base_revision == built
    assert store.codebook.vocabulary.label("need", "isolation") == "ひとりでいる"
    program.look_again()
    assert program.vocabulary.label("need", "isolation") == "ひとりでいる"


def test_without_looking_again_the_old_words_stay(database: Database, tmp_path) -> None:
    """The naive way: a list read once, when the process starts."""
    program = make_program(database, tmp_path / "home")
    elsewhere(database, "label", "need", "isolation", "ひとり")
    assert program.vocabulary.label("need", "isolation") == default_vocabulary().label(
        "need", "isolation"
    )
    program.look_again()
    assert program.vocabulary.label("need", "isolation") == "ひとり"


@pytest.fixture
def store(tmp_path) -> IndexStore:
    return IndexStore(tmp_path / "index", default_vocabulary())
