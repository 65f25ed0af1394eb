"""What a note proposes, in the words that a municipality's lists offer today."""

from collections.abc import Iterable
from dataclasses import replace

from matching.note_proposals import Proposal
from resources.vocabulary import Vocabulary

_LISTS = {
    "needs": "need",
    "wishes.activities": "activity",
    "limits.languages": "language",
    "limits.holds": "requirement",
}
"""Which closed list the codes of a field are of."""


def as_offered(proposals: Iterable[Proposal], lists: Vocabulary) -> list[Proposal]:
    """Put the code that stands for a replaced one in its place, and leave out what is retired."""
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in proposals:
        today = _today(proposal, lists)
        if today is not None:
            found.setdefault((today.field, str(today.value)), today)
    return list(found.values())


def _today(proposal: Proposal, lists: Vocabulary) -> Proposal | None:
    head, _, code = proposal.field.partition(".")
    axis = _LISTS.get("needs" if head == "needs" else proposal.field)
    if axis is None:
        return proposal
    said = lists.current(axis, code if head == "needs" else proposal.value)
    if not lists.offers(axis, said):
        return None
    if head == "needs":
        return replace(proposal, field=f"needs.{said}")
    return replace(proposal, value=said)
