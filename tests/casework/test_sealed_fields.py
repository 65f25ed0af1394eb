"""What names a person is sealed: bound to its place, found by exact look-up, and sealed again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from casework.access import Actor
from casework.case_models import Person, PersonIdentity
from casework.cases import case_of_person
from casework.consents import Given
from casework.identities import (
    NotWhileProtected,
    cases_named,
    count_by_key,
    identity_of,
    seal_again,
    store_identity,
)
from casework.models import AuditRow
from casework.people import add_person
from casework.sealed_fields import (
    CannotOpen,
    KeyRing,
    blind_index,
    new_ring,
    seal,
    unseal,
    with_new_key,
)
from resources import clock
from resources.database import Database

RING = new_ring()
PLACE = ("person_identity", "name", "1")
NAME = "架空 花子"


@settings(max_examples=60, deadline=None)
@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_was_sealed_opens_in_its_place_only(words: str) -> None:
    stored = seal(RING, PLACE, words)
    assert unseal(RING, PLACE, stored) == words
    assert seal(RING, PLACE, words) != stored  # never twice the same
    for elsewhere in (("other", "name", "1"), (PLACE[0], "kana", "1"), (*PLACE[:2], "2")):
        with pytest.raises(CannotOpen):
            unseal(RING, elsewhere, stored)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(min_value=2, max_value=50), bit=st.integers(min_value=0, max_value=5))
def test_a_sealed_value_that_was_altered_does_not_open(place: int, bit: int) -> None:
    stored = seal(RING, PLACE, NAME)
    at = place % len(stored)
    altered = stored[:at] + chr(ord(stored[at]) ^ (1 << bit)) + stored[at + 1 :]
    try:
        assert unseal(RING, PLACE, altered) == NAME  # an unused bit at the end of base 64
    except CannotOpen:
        return
    assert at == len(stored.rstrip("=")) - 1


def test_older_keys_open_and_the_newest_seals() -> None:
    old = seal(RING, PLACE, NAME)
    ring = with_new_key(RING)
    assert unseal(ring, PLACE, old) == NAME
    fresh = seal(ring, PLACE, NAME)
    assert fresh.startswith("2:")
    with pytest.raises(CannotOpen):
        unseal(RING, PLACE, fresh)
    with pytest.raises(CannotOpen):
        unseal(KeyRing({1: b"x" * 32}, b""), PLACE, old)
    assert "keys" in repr(ring)
    assert not any(repr(key) in repr(ring) for key in ring.keys.values())


def test_a_blind_index_forgives_width_and_spaces_and_differs_by_column_and_key() -> None:
    same = {
        blind_index(RING, "name", words) for words in ("ヤマダ　花子", "ﾔﾏﾀﾞ花子", "ヤマダ 花子")
    }
    assert len(same) == 1
    assert blind_index(RING, "kana", "ヤマダ花子") not in same
    assert blind_index(new_ring(), "name", "ヤマダ花子") not in same


def _agreed(*agencies: str) -> Given:
    return Given(["support"], agencies, "self", clock.today(), "written")


@pytest.fixture
def named(database: Database, staff: Callable[..., Actor]) -> tuple[Actor, Person]:
    east = staff("east")
    with database.writing(by=east.by) as session:
        person = add_person(
            session, label="A", summary="", need={}, agency="east", by=east, consent=_agreed("east")
        )
        case = case_of_person(session, actor=east, person_id=person.id, purpose="identity")
        fields = {"name": NAME, "address": "架空市見本町1-2-3", "phone": "090-0000-0000"}
        store_identity(session, case, RING, fields)
    return east, person


def test_the_database_holds_no_name_and_shows_it_to_who_may_see_the_case(
    database: Database, named: tuple[Actor, Person]
) -> None:
    east, person = named
    with database.writing(by=east.by) as session:
        stored = session.execute(text("SELECT sealed, lookup FROM person_identity")).all()
        assert len(stored) == 3
        assert all("架空" not in str(row) and "090" not in str(row) for row in stored)
        case = case_of_person(session, actor=east, person_id=person.id, purpose="identity")
        assert identity_of(session, case, RING)["name"] == NAME
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "read")).all()
        assert rows[-1].fields == ["identity"]
        assert NAME not in str([vars(r) for r in rows])


def test_a_value_that_was_moved_to_another_persons_row_does_not_open(
    database: Database, named: tuple[Actor, Person]
) -> None:
    east, _ = named
    with database.writing(by=east.by) as session:
        other = add_person(
            session, label="B", summary="", need={}, agency="east", by=east, consent=_agreed("east")
        )
        case = case_of_person(session, actor=east, person_id=other.id, purpose="identity")
        session.execute(
            update(PersonIdentity)
            .where(PersonIdentity.field == "name")
            .values(case_id=case.case.id)
        )
        with pytest.raises(CannotOpen):
            identity_of(session, case, RING)


def test_a_name_is_found_among_the_cases_that_one_may_see_and_in_no_other(
    database: Database, named: tuple[Actor, Person], staff: Callable[..., Actor]
) -> None:
    east, person = named
    west = staff("west", "csw", "west")
    with database.writing(by="test") as session:
        found = cases_named(session, actor=east, ring=RING, name="架空花子")
        assert [o.person.id for o in found] == [person.id]
        assert cases_named(session, actor=east, ring=RING, name="架空") == []
        assert cases_named(session, actor=west, ring=RING, name=NAME) == []


def test_a_protected_person_has_no_address_here(
    database: Database, named: tuple[Actor, Person]
) -> None:
    east, person = named
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=person.id, purpose="identity")
        case.person.protected = True
        session.flush()
        assert set(identity_of(session, case, RING)) == {"name"}
        with pytest.raises(NotWhileProtected):
            store_identity(session, case, RING, {"address": "架空市"})
        store_identity(session, case, RING, {"name": NAME})
        left = session.scalars(select(PersonIdentity.field)).all()
        assert left == ["name"]


def test_rotation_seals_everything_again_and_loses_nothing(
    database: Database, named: tuple[Actor, Person]
) -> None:
    east, person = named
    ring = with_new_key(RING)
    with database.writing(by="cli") as session:
        assert count_by_key(session) == {1: 3}
        assert (seal_again(session, ring, limit=2), seal_again(session, ring, limit=2)) == (2, 1)
        assert seal_again(session, ring) == 0
        assert count_by_key(session) == {2: 3}
        only_new = KeyRing({2: ring.keys[2]}, ring.index)
        case = case_of_person(session, actor=east, person_id=person.id, purpose="identity")
        assert identity_of(session, case, only_new)["name"] == NAME


def test_the_key_ring_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    from jobs.keys import NoKeys, key_ring, made_ring
    from jobs.settings import Settings

    settings = Settings(home=tmp_path / "home")
    with pytest.raises(NoKeys):
        key_ring(settings)
    first = made_ring(settings)
    assert made_ring(settings).keys == first.keys
    assert key_ring(settings).keys == first.keys
    path = tmp_path / "home" / "keys" / "ring.json"
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_text()
    for junk in ("", "{", "[]", '{"keys": 1}', '{"keys": {}, "index": ""}', whole.replace("=", "")):
        path.write_text(junk)
        with pytest.raises(NoKeys, match="can't be read"):
            key_ring(settings)
    path.write_text(whole)
    assert key_ring(settings).keys == first.keys
