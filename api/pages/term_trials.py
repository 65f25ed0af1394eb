"""What other facts of a kind, or another meaning of a need, do: shown before they are kept."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages.trials import trials_for
from casework.access import Actor
from jobs.program import Program
from matching.scheme_preview import preview_lists
from resources import clock
from resources.term_effect import effect_of_term
from resources.terms import read_vocabulary
from resources.vocabulary import Vocabulary, default_vocabulary


def term_tried(
    session: Session, program: Program, user: Actor, lists: Vocabulary, kind: str,
    facts: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what the page of a kind shows of another term; each look at a person is recorded."""
    trials, whose = trials_for(session, program, user)
    after = lists.with_facts("kind", kind, facts)
    return {
        "effect": effect_of_term(
            session,
            kind=kind,
            days_before=int(lists.term("kind", kind).facts["term_days"]),
            days_after=facts["term_days"],
            today=clock.today(),
        ),
        "found": preview_lists(session, program.store, trials, lists_after=after),
        "whose": whose,
    }


def meaning_tried(
    session: Session, program: Program, user: Actor, axis: str, code: str,
    meaning: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what the page of a word shows of another meaning; each look is recorded."""
    trials, whose = trials_for(session, program, user)
    lists = read_vocabulary(session) or default_vocabulary()
    after = lists.with_facts(axis, code, meaning)
    return {
        "found": preview_lists(session, program.store, trials, lists_after=after),
        "whose": whose,
    }
