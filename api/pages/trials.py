"""On whose lists a change of weights is tried: people the editor may see, or invented ones."""

from typing import Literal

from sqlalchemy import true
from sqlalchemy.orm import Session

from api.asking import need_of_case
from casework.access import Actor
from casework.cases import cases_where
from jobs.demo.trials import demo_trials
from jobs.program import Program
from matching.need import BadNeed
from matching.scheme_preview import Trial, example_trials
from matching.sentences import Sentence

MOST = 60
"""How many people's lists are compared at most: those whose cases were opened first."""


Whose = Literal["people", "demo_people", "examples"]
"""Each has its sentence, `schemes.…`."""


def trials_for(session: Session, program: Program, user: Actor) -> tuple[list[Trial], Whose]:
    """Return on whose lists a change is tried, and who they are.

    They are the people whom the user may see; for somebody who sees nobody those of the demo, where
    it was put into this database, and else example needs without a person.

    Each look at a person's need is recorded, for the purpose `scheme_preview`.
    """
    seen = cases_where(
        session, true(), actor=user, purpose="scheme_preview", fields=("label", "need")
    )
    trials: list[Trial] = []
    for opened in seen:
        person = opened.person
        if opened.case.state == "closed" or "at" not in person.need or len(trials) >= MOST:
            continue
        try:
            need = need_of_case(program, session, opened)
        except BadNeed:  # an address that the gazetteer no longer knows: nothing can be asked
            continue
        trials.append(Trial(Sentence(person.label, person.label), need, person.id))
    if trials:
        return trials, "people"
    invented = demo_trials(session, program.vocabulary)
    if invented:
        return invented, "demo_people"
    return example_trials(session, program.vocabulary), "examples"
