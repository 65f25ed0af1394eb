"""How sure what is known of a place is, in words: when it was said, by whom, and how much."""

from collections.abc import Sequence
from datetime import date

from matching.place_shown import PlaceShown
from matching.sentences import Sentence, sentence


def room_words(place: PlaceShown, on: date) -> Sentence:
    """Return what was last said of room, by whom, and how long before a day."""
    if place.availability == "unknown":
        return sentence("sure.room_unknown")
    if place.availability == "capacity" and place.places is not None:
        room = sentence("sure.room_places", places=place.places)
    else:
        room = sentence(f"sure.room_{place.availability.replace('-', '_')}")
    by = sentence(f"sure.by_{place.said_by or 'somebody'}")
    if place.said_at is None:
        return sentence("sure.said_undated", room=room, by=by)
    return sentence("sure.said", room=room, by=by, ago=ago(place.said_at, on))


def verified_words(place: PlaceShown, on: date) -> Sentence:
    """Return when the entry was last verified."""
    if place.verified_on is None:
        return sentence("sure.never_verified")
    return sentence("sure.verified", ago=ago(place.verified_on, on))


def ago(day: str, on: date) -> Sentence:
    """Return how long before a day another one (YYYY-MM-DD) lies."""
    days = (on - date.fromisoformat(day)).days
    return sentence("sure.today") if days <= 0 else sentence("sure.days_ago", days=days)


def joined(parts: Sequence[Sentence]) -> Sentence:
    return Sentence("・".join(p.ja for p in parts), "; ".join(p.en for p in parts))
