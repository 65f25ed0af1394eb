"""Learns from recorded outcomes; what was learned counts only where it beats the rules."""

from sqlalchemy.orm import Session

from casework.outcomes import counts, recorded
from jobs.ledger import Claimed, Outcome
from jobs.program import Program
from matching.learned_kept import keep_run, runs
from matching.retraining import retrain
from resources import clock


def learn_outcomes(_program: Program, session: Session, job: Claimed) -> Outcome:
    """Judge by later outcomes and keep the run; where nothing is new, none is kept."""
    by, today = f"job:{job.kind}", clock.today()
    found = recorded(session, today=today, by=by)
    evaluation, learned = retrain(found.outcomes, on=today)
    known = sum(o.stayed is not None for o in found.outcomes)
    told = {**evaluation.as_json(), "went": counts(found.went)}
    last = next(iter(runs(session, limit=1)), None)
    if last is not None and last.evaluation == told:
        return Outcome("nothing_to_do")
    keep_run(session, outcomes=known, evaluation=told, learned=learned, by=by)
    if learned is None:
        return Outcome(f"learned_{evaluation.reason}", {"outcomes": known})
    share = f"{100 * learned.share:.1f}"
    return Outcome("learned_better", {"outcomes": known, "percent": share})
