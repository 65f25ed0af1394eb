"""What people are reminded of by the calendar, and the report of gaps that is made each week."""

from sqlalchemy.orm import Session

from casework.asking_again import tell_of_asking_again
from casework.reminders import tell_contacts_due, tell_keepers
from geodata.population import NoPopulation
from jobs.ledger import Claimed, Outcome
from jobs.planning import gaps_of, kinds_that_count
from jobs.program import Program
from resources import clock
from resources.gap_reports import keep_report
from resources.gaps import GapQuestion
from resources.verify_due import verifications_due

CALLERS = ("coordinator",)
PLANNERS = ("coordinator", "inclusion_officer")


def tell_contacts(_program: Program, session: Session, _job: Claimed) -> Outcome:
    owners, managers = tell_contacts_due(session, today=clock.today())
    if not owners and not managers:
        return Outcome("nothing_to_do")
    return Outcome("contacts_told", {"owners": owners, "managers": managers})


def tell_ask_again(_program: Program, session: Session, _job: Claimed) -> Outcome:
    told = tell_of_asking_again(session, today=clock.today())
    return Outcome("asking_again_told", {"told": told}) if told else Outcome("nothing_to_do")


def remind_verifications(program: Program, session: Session, _job: Claimed) -> Outcome:
    due = verifications_due(session, program.vocabulary, today=clock.today())
    if not due.over and not due.soon:
        return Outcome("nothing_to_do")
    about = f"{due.over} / {due.soon}"
    told = tell_keepers(session, roles=CALLERS, kind="verifications_due", about=about)
    return Outcome("verifications_told", {**vars(due), "told": told})


def report_gaps(program: Program, session: Session, _job: Claimed) -> Outcome:
    """Ask the usual question: afternoons of weekdays, a quarter of an hour on foot."""
    question = GapQuestion(kinds=kinds_that_count(program.vocabulary))
    try:
        gaps = gaps_of(program, session, question, clock.today())
    except NoPopulation:
        return Outcome("no_population")  # staff see it on the page, and in the list of jobs
    changed = keep_report(session, gaps=gaps, on=clock.today())
    fresh = set() if changed is None else changed[0]
    if fresh:
        tell_keepers(session, roles=PLANNERS, kind="towns_without", about=str(len(fresh)))
    return Outcome(
        "gaps_reported",
        {"people": gaps.people, "without": gaps.people_without, "towns": len(fresh)},
    )
