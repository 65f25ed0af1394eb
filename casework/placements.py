"""Placements: starting one from a suggestion, each step, and the contacts after joining."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from casework import audit
from casework.access import Actor, consents_cover
from casework.audit import Attempt
from casework.cases import Opened, row_of, rows_of, rows_seen
from casework.decline_reasons import REASONS, BadReason
from casework.people import EditedMeanwhile
from casework.placement_models import Disclosure, FollowUp, Placement, PlacementStep
from casework.stages import PLACEMENT, step
from matching.schemes_kept import read_weighing
from resources import clock
from resources.reported import report_doubt

FOLLOW_UPS = (("person", 14), ("host", 30), ("person", 90))
"""With whom, and how many days after joining."""

TELLABLE = ("need", "first_name", "contact", "health")
"""What a host may have been told of a person; nothing ticked: asked without naming anybody."""


DISCLOSED = (*TELLABLE, "plan", "age_band", "step", "days")
"""The classes of fields that may have gone to somebody outside the team."""


class NoReason(ValueError):
    """A place was chosen that isn't the first of the list, and nobody said why."""

    def __init__(self) -> None:
        super().__init__("say why a place was chosen that isn't the first of the list")


class NeedsConsent(PermissionError):
    """A step for which the case has no consent that covers the actor's agency."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__("there is no consent for this")


def check_covered(opened: Opened, purpose: str) -> None:
    """Raise `NeedsConsent` unless a consent covers the actor's agency for a purpose.

    A case of a 支援会議 has none: nothing of it goes to a host.
    """
    covered = consents_cover(opened.facts, purpose, opened.actor.agency)
    if opened.case.ground != "consent" or not covered:
        raise NeedsConsent(purpose)


def start_placement(
    session: Session,
    opened: Opened,
    *,
    offering_id: uuid.UUID,
    place: str,
    told: Sequence[str] = (),
    note: str | None = None,
    suggested: dict[str, Any] | None = None,
) -> Placement:
    """Note that a host was asked; the actor owns the next step.

    place : the resource's name
    suggested : what the engine said of the pair (`outcomes.suggested_facts`); None = not asked
    told : what the host was told of the person, of `TELLABLE`; it is recorded as a disclosure
    Raises `NeedsConsent`.
    """
    check_covered(opened, "referral")
    today = clock.today()
    placement = Placement(
        id=uuid.uuid4(),
        case_id=opened.case.id,
        offering_id=offering_id,
        place=place[:300],
        state="asked",
        owner_id=opened.actor.account_id,
        next_on=today + timedelta(days=PLACEMENT["asked"].within_days or 0),
        started_on=today,
        suggested=suggested,
    )
    session.add(placement)
    session.flush()
    _note_step(session, opened, placement, None, note)
    disclose(session, opened, to_whom=place, told=told, why="referral")
    return placement


def move_placement(
    session: Session,
    opened: Opened,
    *,
    placement_id: uuid.UUID,
    version: int,
    target: str,
    note: str | None = None,
    reason: str | None = None,
    next_on: date | None = None,
    told: Sequence[str] = (),
    owner_id: uuid.UUID | None = None,
) -> Placement:
    """Take one step; who takes it owns the next, or a colleague whom they name.

    owner_id : somebody who may write to the case (see `owners.check_owner`); None: who takes it
    reason : for `declined` and `ended`, one of `REASONS`
    next_on : by when the next step; where nothing is said, what the table says
    Raises `NoSuchStep`, `BadReason`, `EditedMeanwhile`; `NeedsConsent` where something was told.
    """
    placement = row_of(session, opened, Placement, placement_id)
    if placement.version != version:
        raise EditedMeanwhile(version, placement.version)
    stage = step(PLACEMENT, placement.state, target)
    today = clock.today()
    if target in ("declined", "ended"):
        if reason is None or reason not in REASONS:
            raise BadReason
        days = REASONS[reason].ask_again_days(read_weighing(session).thresholds)
        placement.reason = reason
        placement.ask_again_on = None if days is None else today + timedelta(days=days)
        if REASONS[reason].fix_record:
            # Of whom it is said stays here; the catalogue learns what is to be looked at.
            report_doubt(
                session, offering_id=placement.offering_id, doubt=reason, by=opened.actor.by
            )
    origin, placement.state = placement.state, target
    placement.owner_id = owner_id or opened.actor.account_id
    placement.next_on = None
    placement.told_on = placement.manager_told_on = None
    if stage.within_days is not None:
        placement.next_on = next_on or today + timedelta(days=stage.within_days)
    session.flush()
    _note_step(session, opened, placement, origin, note)
    if target == "joined":
        _plan_follow_ups(session, opened, placement)
    if told:
        check_covered(opened, "referral")
        disclose(session, opened, to_whom=placement.place, told=told, why="referral")
    return placement


def _note_step(
    session: Session, opened: Opened, placement: Placement, origin: str | None, note: str | None
) -> None:
    session.add(
        PlacementStep(
            case_id=opened.case.id,
            placement_id=placement.id,
            origin=origin,
            target=placement.state,
            note=note,
            by=opened.actor.by,
            at=clock.now(),
        )
    )
    session.flush()
    wrote(session, opened, "placement")


def _plan_follow_ups(session: Session, opened: Opened, placement: Placement) -> None:
    for whom, days in FOLLOW_UPS:
        session.add(
            FollowUp(
                case_id=opened.case.id,
                placement_id=placement.id,
                whom=whom,
                due_on=clock.today() + timedelta(days=days),
            )
        )
    session.flush()


def done_follow_up(
    session: Session,
    opened: Opened,
    *,
    follow_up_id: uuid.UUID,
    note: str,
    view: str | None = None,
) -> None:
    """Note that the person, or the host, was asked how it goes.

    view : how it goes for them, of `outcomes.VIEWS`; None = they didn't say
    """
    row = row_of(session, opened, FollowUp, follow_up_id)
    row.done_on, row.done_by, row.note = clock.today(), opened.actor.by, note
    row.view = view
    session.flush()
    wrote(session, opened, "follow_up")


def disclose(
    session: Session, opened: Opened, *, to_whom: str, told: Sequence[str], why: str
) -> None:
    """Record what of a case went to somebody outside the team; nothing told, nothing recorded."""
    fields = [name for name in DISCLOSED if name in told]
    if not fields:
        return
    session.add(
        Disclosure(
            case_id=opened.case.id,
            to_whom=to_whom[:300],
            fields=fields,
            why=why,
            by=opened.actor.by,
            at=clock.now(),
        )
    )
    session.flush()


def wrote(session: Session, opened: Opened, *fields: str) -> None:
    """Record in the audit that something of a case was written."""
    actor = opened.actor
    audit.record(
        session,
        Attempt(
            actor.by, actor, "edit", "case", str(opened.case.id), fields, basis=opened.basis
        ),
    )  # fmt: skip


def placements_of(session: Session, opened: Opened) -> list[Placement]:
    """Return the placements of a case, the newest first."""
    return rows_of(session, opened, Placement, Placement.started_on.desc(), Placement.id)


def waiting_for(
    session: Session, *, actor: Actor, until: date
) -> tuple[list[tuple[Opened, Placement]], list[tuple[Opened, FollowUp]]]:
    """Return the steps that an actor owes until a day, and the contacts that are due."""
    placements = rows_seen(
        session,
        actor=actor,
        table=Placement,
        where=[Placement.owner_id == actor.account_id, Placement.next_on <= until],
        purpose="to_do",
    )
    follow_ups = rows_seen(
        session,
        actor=actor,
        table=FollowUp,
        where=[FollowUp.done_on.is_(None), FollowUp.due_on <= until],
        purpose="to_do",
    )
    mine = [(o, f) for o, f in follow_ups if o.case.owner_id == actor.account_id]
    placements.sort(key=lambda pair: pair[1].next_on or until)
    mine.sort(key=lambda pair: pair[1].due_on)
    return placements, mine
