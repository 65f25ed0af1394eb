"""Who a person is: the few fields that name somebody, sealed, shown only where needed."""

from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from casework import audit, my_number
from casework.access import Actor
from casework.audit import Attempt
from casework.case_models import Case, PersonIdentity
from casework.cases import Opened, cases_where, rows_of
from casework.sealed_fields import KeyRing, blind_index, key_of, seal, unseal
from resources import clock

FIELDS = ("name", "kana", "born_on", "phone", "address")
HIDDEN_WHERE_PROTECTED = ("address", "phone")
"""What isn't kept, and so isn't shown anywhere, of a person under 支援措置."""

TABLE = "person_identity"


class NotWhileProtected(ValueError):
    """An address or a telephone of a person under 支援措置, which is not kept here."""

    def __init__(self) -> None:
        super().__init__("the address of a protected person is not kept here")


def store_identity(
    session: Session, opened: Opened, ring: KeyRing, fields: Mapping[str, str]
) -> None:
    """Seal and store what names a person; an empty text takes a field away.

    Raises
    ------
    NotWhileProtected, HoldsMyNumber
    """
    protected = opened.person.protected
    if protected and any(fields.get(name) for name in HIDDEN_WHERE_PROTECTED):
        raise NotWhileProtected
    kept = {row.field: row for row in rows_of(session, opened, PersonIdentity)}
    for name in FIELDS:
        if name not in fields:
            continue
        text, row = fields[name].strip(), kept.get(name)
        my_number.check(text)
        if not text:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = PersonIdentity(case_id=opened.case.id, field=name)
            session.add(row)
        row.sealed = seal(ring, _place(name, opened.case.id.hex), text)
        row.lookup = blind_index(ring, name, text)
        row.edited_at = clock.now()
    if protected:
        for name in HIDDEN_WHERE_PROTECTED:
            if name in kept:
                session.delete(kept[name])
    session.flush()
    _record(session, opened, "edit")


def forget_where(session: Session, opened: Opened) -> None:
    """Remove where a person lives and is reached: they came under 支援措置."""
    for row in rows_of(session, opened, PersonIdentity):
        if row.field in HIDDEN_WHERE_PROTECTED:
            session.delete(row)
    session.flush()


def _place(field: str, case_id: str) -> tuple[str, str, str]:
    return TABLE, field, case_id


def identity_of(session: Session, opened: Opened, ring: KeyRing) -> dict[str, str]:
    """Return what names a person, and record that it was looked at. Raises `CannotOpen`."""
    rows = rows_of(session, opened, PersonIdentity)
    if rows:
        _record(session, opened, "read")
    hidden = HIDDEN_WHERE_PROTECTED if opened.person.protected else ()
    return {
        row.field: unseal(ring, _place(row.field, opened.case.id.hex), row.sealed)
        for row in rows
        if row.field not in hidden
    }


def _record(session: Session, opened: Opened, action: str) -> None:
    actor = opened.actor
    audit.record(
        session,
        Attempt(
            actor.by, actor, action, "case", str(opened.case.id), ("identity",), basis=opened.basis
        ),
    )  # fmt: skip


def cases_named(session: Session, *, actor: Actor, ring: KeyRing, name: str) -> list[Opened]:
    """Return the cases, of those an actor may see, whose person has exactly this name.

    Nothing tells of a person of that name whose case the actor may not see.
    """
    wanted = [blind_index(ring, field, name) for field in ("name", "kana")]
    which = Case.id.in_(
        select(PersonIdentity.case_id).where(PersonIdentity.lookup.in_(wanted))
    )  # fmt: skip
    return cases_where(session, which, actor=actor, purpose="look_up")


def seal_again(session: Session, ring: KeyRing, *, limit: int = 500) -> int:
    """Seal values of older keys with the newest; return how many. For the rotation of keys."""
    older = ~PersonIdentity.sealed.startswith(f"{ring.newest}:")
    rows = session.execute(
        select(
            PersonIdentity.id, PersonIdentity.case_id, PersonIdentity.field, PersonIdentity.sealed
        )
        .where(older)
        .limit(limit)
    ).all()
    for row in rows:
        place = _place(row.field, row.case_id.hex)
        fresh = seal(ring, place, unseal(ring, place, row.sealed))
        session.execute(
            update(PersonIdentity)
            # Not where somebody edited it meanwhile.
            .where(PersonIdentity.id == row.id, PersonIdentity.sealed == row.sealed)
            .values(sealed=fresh)
        )
    return len(rows)


def any_older(session: Session, ring: KeyRing) -> bool:
    """Tell whether a value is sealed with another key than the newest."""
    older = ~PersonIdentity.sealed.startswith(f"{ring.newest}:")
    return session.execute(select(PersonIdentity.id).where(older).limit(1)).first() is not None


def count_by_key(session: Session) -> dict[int, int]:
    """Return how many values each key has sealed."""
    counts: dict[int, int] = {}
    for sealed, n in session.execute(
        select(PersonIdentity.sealed, func.count()).group_by(PersonIdentity.sealed)
    ):
        counts[key_of(sealed)] = counts.get(key_of(sealed), 0) + n
    return counts
