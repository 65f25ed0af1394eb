"""Who may see whom: one function decides, for pages, API, exports, jobs and search alike."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from casework.roles import ROLES


@dataclass(frozen=True)
class Actor:
    """Somebody who is signed in, as of this request."""

    account_id: uuid.UUID
    name: str
    role: str
    agency: str | None
    language: str = "ja"
    active: bool = True
    display_name: str = ""

    @property
    def by(self) -> str:
        """How this actor stands in the change log and in the audit."""
        return f"user:{self.name}"


class Seen(Protocol):
    """What the decision needs to know about a person."""

    @property
    def agency(self) -> str: ...

    @property
    def named_accounts(self) -> frozenset[uuid.UUID]: ...


def visible(actor: Actor, person: Seen) -> bool:
    """Tell whether an actor may see a person.

    The actor must be active and hold a role that works with people; then the person must belong to
    the actor's own agency, or the actor must be named for this person (not in every role).
    """
    role = ROLES.get(actor.role)
    if not actor.active or role is None or role.people == "never":
        return False
    if actor.agency == person.agency:
        return True
    return role.people == "agency_or_named" and actor.account_id in person.named_accounts
