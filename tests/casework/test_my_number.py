"""個人番号 is refused in every field, however it is written, and other numbers are not."""

import random
import uuid
from collections.abc import Callable

import pytest

from casework.access import Actor
from casework.case_models import Person, PersonIdentity
from casework.cases import case_of_person
from casework.identities import store_identity
from casework.my_number import HoldsMyNumber, check_digit, holds_my_number
from casework.people import edit_person
from casework.plans import add_plan_item
from casework.sealed_fields import new_ring
from resources import clock
from resources.database import Database

# Of the form of one, and nobody's: the check digit of eleven digits that were made up.
MADE_UP = "12345678901" + str(check_digit("12345678901"))


def _slow_digit(eleven: str) -> int:
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(w * int(d) for w, d in zip(weights, eleven, strict=True)) % 11
    return (11 - rest) % 11 % 10 if rest > 1 else 0


def test_the_check_digit_is_the_ordinances() -> None:
    chance = random.Random(85)
    for _ in range(500):
        eleven = "".join(chance.choices("0123456789", k=11))
        assert check_digit(eleven) == _slow_digit(eleven)
    assert MADE_UP == "123456789018"


@pytest.mark.parametrize(
    "text",
    [
        MADE_UP,
        f"番号は{MADE_UP}です",
        f"{MADE_UP[:4]}-{MADE_UP[4:8]}-{MADE_UP[8:]}",
        f"{MADE_UP[:4]} {MADE_UP[4:8]} {MADE_UP[8:]}",
        "１２３４　５６７８　９０１８",
        "１２３４－５６７８－９０１８",
    ],
)
def test_it_is_known_however_it_is_written(text: str) -> None:
    assert holds_my_number(text)


@pytest.mark.parametrize(
    "text",
    ["123456789017", f"1{MADE_UP}", f"{MADE_UP}0", "090-1234-5678", "2026-11-26 10:00-12:00", ""],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_my_number(text)


def test_no_field_about_a_person_takes_one(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    worker = staff("worker")

    def write(what: str) -> None:
        with database.writing(by="test") as session:
            case = case_of_person(
                session, actor=worker, person_id=person.id, purpose="plan", write=True
            )
            if what == "plan":
                add_plan_item(session, case, what=MADE_UP, agency="east", due_on=clock.today())
            elif what == "name":
                store_identity(session, case, new_ring(), {"name": MADE_UP})
            else:
                given = (
                    {"need": {"wishes": {"text": MADE_UP}}} if what == "need" else {what: MADE_UP}
                )
                edit_person(
                    session, person_id=person.id, version=case.person.version, by=worker, **given  # type: ignore[arg-type]
                )  # fmt: skip

    for what in ("plan", "name", "need", "label", "summary"):
        with pytest.raises(HoldsMyNumber):
            write(what)


def test_what_the_program_itself_writes_is_never_taken_for_one(
    database: Database, person: Person, staff: Callable[..., Actor]
) -> None:
    """Digests and ids are digits by chance, once in some thousands: nobody typed them."""
    a, b, c = MADE_UP[:4], MADE_UP[4:8], MADE_UP[8:]
    assert not holds_my_number(f"00000000-{a}-{b}-{c}-{MADE_UP}")
    assert holds_my_number(f"{uuid.uuid4()} {MADE_UP}")
    worker = staff("worker")
    with database.writing(by="test") as session:
        case = case_of_person(
            session, actor=worker, person_id=person.id, purpose="plan", write=True
        )
        session.add(
            PersonIdentity(
                case_id=case.case.id, field="name", sealed=f"x {MADE_UP}",
                lookup=f"ab{MADE_UP}cd", edited_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()
        with pytest.raises(HoldsMyNumber):
            store_identity(session, case, new_ring(), {"name": f"甲 {MADE_UP}"})
