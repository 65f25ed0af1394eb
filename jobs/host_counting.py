"""Brings up what is known of hosts from the casework: in bands, of nobody."""

from sqlalchemy.orm import Session

from casework.host_counts import hosts_experience
from jobs.ledger import Claimed, Outcome
from jobs.program import Program
from resources import clock
from resources.host_experience import keep_experience


def count_hosts(_program: Program, session: Session, job: Claimed) -> Outcome:
    """Count anew and keep what differs; the index follows by the change log."""
    by = f"job:{job.kind}"
    found = hosts_experience(session, today=clock.today(), by=by)
    changed = keep_experience(session, found=found, by=by)
    return Outcome("hosts_counted", {"changed": changed}) if changed else Outcome("nothing_to_do")
