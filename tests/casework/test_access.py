"""Who may see a person."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from casework.access import Actor, visible
from casework.roles import ROLES, UnknownRole, role


@dataclass(frozen=True)
class Somebody:
    agency: str = "east"
    named_accounts: frozenset[uuid.UUID] = field(default_factory=frozenset)


@pytest.mark.parametrize("code", list(ROLES))
def test_staff_see_the_people_of_their_own_agency_and_the_keepers_of_the_system_see_nobody(
    actor: Callable[..., Actor], code: str
) -> None:
    workers = {"support_worker", "coordinator", "csw", "inclusion_officer", "agency_manager"}
    assert visible(actor(code), Somebody()) == (code in workers)


@pytest.mark.parametrize("code", list(ROLES))
def test_nobody_sees_a_person_of_another_agency(actor: Callable[..., Actor], code: str) -> None:
    assert not visible(actor(code, "west"), Somebody())


@pytest.mark.parametrize("code", list(ROLES))
def test_who_is_named_sees_a_person_of_another_agency_where_the_role_allows_it(
    actor: Callable[..., Actor], code: str
) -> None:
    who = actor(code, "west")
    person = Somebody(named_accounts=frozenset({who.account_id}))
    assert visible(who, person) == (code in {"support_worker", "csw", "inclusion_officer"})
    assert not visible(actor(code, "west"), person)


def test_a_closed_account_sees_nobody(actor: Callable[..., Actor]) -> None:
    who = actor(active=False)
    assert not visible(who, Somebody(named_accounts=frozenset({who.account_id})))


def test_who_belongs_to_no_agency_sees_nobody_unless_named(actor: Callable[..., Actor]) -> None:
    who = actor(agency=None)
    assert not visible(who, Somebody())
    assert visible(who, Somebody(named_accounts=frozenset({who.account_id})))


def test_an_unknown_role_sees_nobody_and_can_not_be_given(actor: Callable[..., Actor]) -> None:
    assert not visible(actor("mayor"), Somebody())
    with pytest.raises(UnknownRole):
        role("mayor")
