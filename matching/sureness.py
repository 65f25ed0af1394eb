"""How sure what is known of a place is, in words: when it was said, by whom, and how much."""

from datetime import date
from functools import lru_cache
from operator import itemgetter

from matching.place_shown import SHOWN, PlaceShown
from matching.sentences import Sentence, sentence

VERIFIED = ("call", "host", "staff", "source")
SAID = (*VERIFIED, "booking")


_facts_of = itemgetter(
    *map(SHOWN.index, ("verified_on", "verified_by", "sessions_seen", "host_answers"))
)


def sure_words(place: PlaceShown, on: date) -> list[Sentence]:
    """Return what is known of room, verification, sessions and answers; what isn't is left out."""
    verified_on, verified_by, sessions_seen, host_answers = _facts_of(place.facts)
    said_at, said_by = place.said_at, place.said_by
    of_one_word = said_at is not None and said_at == verified_on and said_by in ("host", "staff")
    words = [
        _room_words(
            place.availability, place.places, said_by, days_before(said_at, on), of_one_word
        ),
        _verified_words(verified_by, days_before(verified_on, on)),
    ]
    if sessions_seen:
        held = sum(yes for _, yes in sessions_seen)
        words.append(sentence("sure.sessions", told=len(sessions_seen), held=held))
    answers = [yes for day, yes in host_answers or () if yes or date.fromisoformat(day) <= on]
    if answers:
        words.append(sentence("sure.answers", asked=len(answers), answered=sum(answers)))
    return words


# By the number of days: so a few hundred words do for all places.
@lru_cache(maxsize=4096)
def _room_words(
    availability: str, places: int | None, by: str | None, days: int | None, of_one_word: bool
) -> Sentence:
    """Say what was last said of room, by whom, and how long ago.

    of_one_word : the same word verified the place, so when and by whom is said there
    """
    room = _room(availability, places)
    if availability == "unknown" or of_one_word:
        return room
    if by not in SAID:
        return (
            room if days is None else sentence("sure.said_plainly", room=room, ago=days_ago(days))
        )
    who = sentence(f"sure.by_{by}")
    if days is None:
        return sentence("sure.said_undated", room=room, by=who)
    return sentence("sure.said", room=room, by=who, ago=days_ago(days))


def _room(availability: str, places: int | None) -> Sentence:
    if availability == "capacity" and places is not None:
        return sentence("sure.room_places", places=places)
    return sentence(f"sure.room_{availability.replace('-', '_')}")


@lru_cache(maxsize=4096)
def _verified_words(by: str | None, days: int | None) -> Sentence:
    """Say how long ago the entry was last verified, and how or by whom where that is known."""
    if days is None:
        return sentence("sure.never_verified")
    return sentence(f"sure.verified_{by if by in VERIFIED else 'nobody'}", ago=days_ago(days))


@lru_cache(maxsize=4096)
def days_before(day: str | None, on: date) -> int | None:
    """Return how many days before a day another one (YYYY-MM-DD) lies; None for None."""
    return None if day is None else (on - date.fromisoformat(day)).days


def days_ago(days: int) -> Sentence:
    """Say how long ago something was."""
    return sentence("sure.today") if days <= 0 else sentence("sure.days_ago", days=days)


def ago(day: str, on: date) -> Sentence:
    """Say how long before a day another one (YYYY-MM-DD) lies."""
    return days_ago((on - date.fromisoformat(day)).days)
