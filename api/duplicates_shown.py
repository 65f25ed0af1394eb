"""Likely duplicates as people read them: the evidence field by field, and what may be chosen."""

from dataclasses import dataclass
from typing import Any

from api.changes_shown import field_name, shown_value
from api.words import say
from resources.blocking import Known
from resources.duplicates import Proposal
from resources.models import Location
from resources.same_place import Evidence, plain_name
from resources.side_by_side import SideBySide
from resources.vocabulary import Vocabulary


@dataclass(frozen=True)
class EvidenceShown:
    """One field of two entries.

    speaks : for / against / neither
    """

    label: str
    one: str
    other: str
    words: str
    speaks: str


@dataclass(frozen=True)
class ChoiceShown:
    name: str
    label: str
    kept: str
    other: str
    kept_unknown: bool
    other_unknown: bool


def evidence_shown(
    proposal: Proposal, language: str, vocabulary: Vocabulary
) -> list[EvidenceShown]:
    """Put the evidence on two entries into words, in the order in which it was weighed."""
    return [
        EvidenceShown(
            say(f"similar.{e.field}_label", language),
            _said(e.field, proposal.one, language, vocabulary),
            _said(e.field, proposal.other, language, vocabulary),
            _words(e, proposal, language),
            "for" if e.weight > 0 else "against" if e.weight < 0 else "neither",
        )
        for e in proposal.likeness.evidence
    ]


def _said(field: str, known: Known, language: str, vocabulary: Vocabulary) -> str:
    facts = known.facts
    if field == "name":
        return f"{facts.name}（{facts.kana}）" if facts.kana else facts.name
    if field == "kind":
        return shown_value("kind", facts.kind, language, vocabulary)
    return "" if field == "distance_m" else str(getattr(facts, field) or "")


def _words(evidence: Evidence, proposal: Proposal, language: str) -> str:
    one, other = proposal.one.facts, proposal.other.facts
    if evidence.field == "distance_m":
        return say("similar.distance_m", language, n=round(evidence.likeness))
    if evidence.likeness >= 100 and evidence.field == "name" and one.name != other.name:
        by_name = plain_name(one.name) == plain_name(other.name)
        return say("similar.spelling" if by_name else "similar.by_kana", language)
    if evidence.likeness >= 100:
        return say("similar.equal", language)
    if evidence.likeness <= 0:
        return say("similar.different", language)
    return say("similar.alike", language, n=round(evidence.likeness))


def choices_shown(found: SideBySide, language: str, vocabulary: Vocabulary) -> list[ChoiceShown]:
    """Put into words what the two know differently."""
    out = []
    for choice in found.choices:
        column = choice.name.removeprefix("offering.")
        kept, other = (
            _value(found, column, v, language, vocabulary) for v in (choice.kept, choice.other)
        )
        entity = "resource" if choice.name == column else "offering"
        label = field_name(entity, column, language)
        unknown = choice.kept is None, choice.other is None
        out.append(ChoiceShown(choice.name, label, kept, other, *unknown))
    return out


def _value(
    found: SideBySide, column: str, value: Any, language: str, vocabulary: Vocabulary
) -> str:
    if value is None:
        return say("evidence.unknown", language)
    if column == "organization_id":
        return found.organizations[value].name
    if column == "location_id":
        return place_shown(found.locations[value], language)
    if column == "schedule_text":
        return str(value)
    return shown_value(column, value, language, vocabulary)


def place_shown(place: Location | None, language: str) -> str:
    """Return where an offering is; of a hidden place only that it is hidden."""
    if place is None:
        return say("evidence.unknown", language)
    if place.visibility == "hidden":
        return say("resource.hidden", language)
    parts = (place.address, place.building or place.name)
    return " ".join(p for p in parts if p) or say("evidence.unknown", language)
