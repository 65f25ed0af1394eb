"""How sure what is known of a place is, in words: when it was said, by whom, and how much."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from matching.place_shown import PlaceShown
from matching.sentences import Sentence, sentence


def room_words(place: PlaceShown, on: date) -> Sentence:
    """Return what was last said of room, by whom, and how long before a day."""
    room = _room(place)
    if place.availability == "unknown":
        return room
    by = sentence(f"sure.by_{place.said_by or 'somebody'}")
    if place.said_at is None:
        return sentence("sure.said_undated", room=room, by=by)
    return sentence("sure.said", room=room, by=by, ago=ago(place.said_at, on))


def _room(place: PlaceShown) -> Sentence:
    if place.availability == "capacity" and place.places is not None:
        return sentence("sure.room_places", places=place.places)
    return sentence(f"sure.room_{place.availability.replace('-', '_')}")


def verified_words(place: PlaceShown, on: date) -> Sentence:
    """Return when the entry was last verified, and how or by whom where that is known."""
    if place.verified_on is None:
        return sentence("sure.never_verified")
    by = place.verified_by if place.verified_by in VERIFIED else "nobody"
    return sentence(f"sure.verified_{by}", ago=ago(place.verified_on, on))


VERIFIED = ("call", "host", "staff", "source")


def sessions_words(place: PlaceShown) -> Sentence | None:
    """Return how many of the latest sessions took place; None where nobody said."""
    words = place.sessions_seen
    if not words:
        return None
    return sentence("sure.sessions", told=len(words), held=sum(yes for _, yes in words))


def answers_words(place: PlaceShown, on: date) -> Sentence | None:
    """Return how often the host answered, of the latest questions; None where none is over."""
    words = [yes for day, yes in place.host_answers or () if yes or date.fromisoformat(day) <= on]
    if not words:
        return None
    return sentence("sure.answers", asked=len(words), answered=sum(words))


def sure_words(place: PlaceShown, on: date) -> list[Sentence]:
    """Return what is known of room, verification, sessions and answers; what isn't is left out."""
    room = room_words(place, on)
    of_one_day = place.said_at is not None and place.said_at == place.verified_on
    if of_one_day and place.said_by in ("host", "staff"):  # one word, said of both
        room = _room(place)
    words = [room, verified_words(place, on), sessions_words(place), answers_words(place, on)]
    return [w for w in words if w is not None]


@lru_cache(maxsize=4096)
def ago(day: str, on: date) -> Sentence:
    """Return how long before a day another one (YYYY-MM-DD) lies."""
    days = (on - date.fromisoformat(day)).days
    return sentence("sure.today") if days <= 0 else sentence("sure.days_ago", days=days)


def joined(parts: Sequence[Sentence]) -> Sentence:
    return Sentence("・".join(p.ja for p in parts), "; ".join(p.en for p in parts))
