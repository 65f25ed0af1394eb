"""The demo's people as those on whose lists a change of weights is tried."""

from sqlalchemy.orm import Session

from casework.accounts import demo_accounts
from jobs.demo.people import demo_people
from matching.need import parse_need
from matching.scheme_preview import Trial
from matching.sentences import Sentence
from resources.vocabulary import Vocabulary

SEED = 2026


def demo_trials(session: Session, vocabulary: Vocabulary) -> list[Trial]:
    """Return the invented people of the demo where it was put into this database; else nobody.

    Their needs are those of the demo itself: nothing is read of anybody's record.
    """
    if not demo_accounts(session):
        return []
    return [
        Trial(Sentence(p.label, p.label), parse_need(p.need, vocabulary)) for p in demo_people(SEED)
    ]
