"""How accounts come about: by a one-time code, with which somebody chooses a password of their own.

The first administrator's code is printed by a command; every other is given by an administrator,
who is shown it once. So there is no default password, and nobody knows another's.
"""

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework import passwords, second_factor
from casework.access import Actor
from casework.accounts import NAME, BadAccount, add_account, folded, recorded, token_hash
from casework.consents import check_agency
from casework.models import Account, Invitation
from casework.notices import tell_role
from casework.roles import role as known_role
from resources import clock

LASTS = timedelta(days=3)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class BadCode(ValueError):
    """A code that was never given out, was used already, or is too old."""

    def __init__(self) -> None:
        super().__init__("this code can't be used; ask for a new one")


class AdministratorExists(RuntimeError):
    """The command makes the first administrator only; the others are invited on the page."""

    def __init__(self) -> None:
        super().__init__("there is an administrator already, who can invite others")


class NotToYourself(PermissionError):
    """Another account for whoever invites: nobody grants anything to themselves."""

    def __init__(self) -> None:
        super().__init__("nobody can give themselves another account or role")


def new_code() -> str:
    """Return a code of 20 letters and digits in groups (98 random bits)."""
    letters = [secrets.choice(LETTERS) for _ in range(20)]
    return "-".join("".join(letters[i : i + 5]) for i in range(0, 20, 5))


def plain(code: str) -> str:
    """Return a code as it is compared: without spaces, hyphens and case."""
    return "".join(c for c in code.upper() if c.isalnum())


def has_administrator(session: Session) -> bool:
    """Tell whether a real administrator's account exists."""
    which = select(Account.id).where(Account.role == "administrator", Account.active, ~Account.demo)
    return session.scalars(which.limit(1)).first() is not None


def invite_first_administrator(session: Session, *, name: str, by: str) -> str:
    """Return the code with which the first administrator signs up.

    Raises `AdministratorExists`, `BadAccount`.
    """
    if has_administrator(session):
        raise AdministratorExists
    return _invite(session, name, "administrator", None, name, by)


def invite(
    session: Session, *, name: str, role: str, agency: str | None, display_name: str, by: Actor
) -> str:
    """Return the code with which somebody signs up; it is shown this once. Auditors are told.

    Raises `NotToYourself`, `BadAccount`, `UnknownRole`, `NoSuchAgency`.
    """
    if folded(name) == folded(by.name) or display_name.strip() == by.display_name.strip():
        raise NotToYourself
    code = _invite(session, name, role, agency, display_name, by)
    tell_role(session, "auditor", "account_invited", about=by.by)
    return code


def _invite(
    session: Session,
    name: str,
    role: str,
    agency: str | None,
    display_name: str,
    by: Actor | str,
) -> str:
    name = folded(name)
    if not NAME.fullmatch(name) or not 1 <= len(display_name) <= 200:
        raise BadAccount("a sign-in name has 1 to 100 letters, digits or . @ + - _")
    taken = session.scalar(select(Account.id).where(Account.name == name))
    if taken is not None:
        raise BadAccount("this sign-in name is taken")
    known_role(role)
    if agency is not None:
        check_agency(session, agency)
    return _store(session, name, role, agency, display_name, by)


def _store(
    session: Session,
    name: str,
    role: str,
    agency: str | None,
    display_name: str,
    by: Actor | str,
) -> str:
    code, now = new_code(), clock.now()
    earlier = update(Invitation).where(Invitation.name == name, Invitation.used_at.is_(None))
    session.execute(earlier.values(used_at=now))  # of several codes for a name the last one holds
    session.add(
        Invitation(
            code_hash=token_hash(plain(code)),
            name=name,
            role=role,
            agency=agency,
            display_name=display_name,
            made_by=by.by if isinstance(by, Actor) else by,
            expires_at=now + LASTS,
            used_at=None,
        )
    )
    session.flush()
    recorded(session, by, "permit", "invitation", name, (role, agency or ""))
    return code


def renew(session: Session, *, account: Account, by: Actor | str) -> str:
    """Return the code with which the owner of an account sets a new password; auditors are told.

    The password until now and the second factor end at once: whoever made the code can't use the
    account beside its owner without the owner noticing.
    """
    account.password_hash = passwords.NONE
    second_factor.forget(session, account)
    account.edited_at = clock.now()
    code = _store(session, account.name, account.role, account.agency, account.display_name, by)
    tell_role(session, "auditor", "account_invited", about=by.by if isinstance(by, Actor) else by)
    return code


def accept(session: Session, *, code: str, password: str) -> uuid.UUID:
    """Make the account that a code is for, with a password of its holder's; return its id.

    Raises `BadCode`, `WeakPassword`; `BadAccount` where the name was taken meanwhile.
    """
    row = session.get(Invitation, token_hash(plain(code)), with_for_update=True)
    now = clock.now()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise BadCode
    known = session.scalar(select(Account).where(Account.name == row.name))
    if known is not None and known.active and known.password_hash == passwords.NONE:
        known.password_hash = passwords.hashed(password)
        known.edited_at = row.used_at = now
        session.flush()
        recorded(session, f"user:{known.name}", "edit", "account", str(known.id), ("password",))
        return known.id
    account = add_account(
        session,
        name=row.name,
        password=password,
        role=row.role,
        agency=row.agency,
        display_name=row.display_name,
        by=f"invited:{row.made_by}"[:100],
    )
    row.used_at = now
    session.flush()
    return account.id


def accounts_listed(session: Session) -> list[Account]:
    """Return all accounts by agency and name, for the administrator."""
    return list(session.scalars(select(Account).order_by(Account.agency, Account.name)))
