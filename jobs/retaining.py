"""The job that looks what is kept longer than its term, and puts it before a person."""

from sqlalchemy.orm import Session

from casework.retention import propose
from jobs.ledger import Claimed, Outcome
from jobs.program import Program
from resources import clock


def propose_destruction(_program: Program, session: Session, _job: Claimed) -> Outcome:
    """Never destroys; a case of a 支援会議 is proposed to its members and counted nowhere."""
    waiting = propose(session, today=clock.today())
    return Outcome("due_proposed", {"waiting": waiting}) if waiting else Outcome("nothing_to_do")
