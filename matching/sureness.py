"""How sure what is known of a place is, in words: when it was said, by whom, and how much."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from matching.place_shown import SHOWN, PlaceShown
from matching.sentences import Sentence, sentence

VERIFIED = ("call", "host", "staff", "source")


# Taken out at once: a list of ten places asks for forty of them.
_facts_of = itemgetter(
    *map(SHOWN.index, ("verified_on", "verified_by", "sessions_seen", "host_answers"))
)


class Known(NamedTuple):
    """What the words rest on; the same is said of a place in one list after the other.

    said_at, verified_on : days, YYYY-MM-DD
    sessions, answers : how often it was told of, and how often they took place or came; None where
        nobody said
    """

    availability: str
    places: int | None
    said_at: str | None
    said_by: str | None
    verified_on: str | None
    verified_by: str | None
    sessions: tuple[int, int] | None
    answers: tuple[int, int] | None


def known_of(place: PlaceShown, on: date) -> Known:
    """Return what is known of a place on a day."""
    verified_on, verified_by, sessions_seen, host_answers = _facts_of(place.facts)
    held = [yes for _, yes in sessions_seen or ()]
    answers = [yes for day, yes in host_answers or () if yes or date.fromisoformat(day) <= on]
    return Known(
        place.availability, place.places, place.said_at, place.said_by,
        verified_on, verified_by,
        (len(held), sum(held)) if held else None,
        (len(answers), sum(answers)) if answers else None,
    )  # fmt: skip


def sure_words(place: PlaceShown, on: date) -> tuple[Sentence, ...]:
    """Return what is known of room, verification, sessions and answers; what isn't is left out."""
    return _sure_words(known_of(place, on), on)


@lru_cache(maxsize=4096)
def _sure_words(known: Known, on: date) -> tuple[Sentence, ...]:
    words = [_room_words(known, on), _verified_words(known, on)]
    if known.sessions is not None:
        told, held = known.sessions
        words.append(sentence("sure.sessions", told=told, held=held))
    if known.answers is not None:
        asked, answered = known.answers
        words.append(sentence("sure.answers", asked=asked, answered=answered))
    return tuple(words)


def _room_words(known: Known, on: date) -> Sentence:
    """Say what was last said of room, by whom, and how long before a day."""
    room = _room(known)
    of_one_day = known.said_at is not None and known.said_at == known.verified_on
    if known.availability == "unknown" or (of_one_day and known.said_by in ("host", "staff")):
        return room  # or one word, said of both
    by = sentence(f"sure.by_{known.said_by or 'somebody'}")
    if known.said_at is None:
        return sentence("sure.said_undated", room=room, by=by)
    return sentence("sure.said", room=room, by=by, ago=ago(known.said_at, on))


def _room(known: Known) -> Sentence:
    if known.availability == "capacity" and known.places is not None:
        return sentence("sure.room_places", places=known.places)
    return sentence(f"sure.room_{known.availability.replace('-', '_')}")


def _verified_words(known: Known, on: date) -> Sentence:
    """Say when the entry was last verified, and how or by whom where that is known."""
    if known.verified_on is None:
        return sentence("sure.never_verified")
    by = known.verified_by if known.verified_by in VERIFIED else "nobody"
    return sentence(f"sure.verified_{by}", ago=ago(known.verified_on, on))


@lru_cache(maxsize=4096)
def ago(day: str, on: date) -> Sentence:
    """Return how long before a day another one (YYYY-MM-DD) lies."""
    days = (on - date.fromisoformat(day)).days
    return sentence("sure.today") if days <= 0 else sentence("sure.days_ago", days=days)


def joined(parts: Sequence[Sentence]) -> Sentence:
    """Return sentences as one, in each language."""
    return _joined(tuple(parts))


@lru_cache(maxsize=4096)
def _joined(parts: tuple[Sentence, ...]) -> Sentence:
    return Sentence("・".join(p.ja for p in parts), "; ".join(p.en for p in parts))
