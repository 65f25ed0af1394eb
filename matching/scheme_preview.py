"""What a change of weights, or of a kind's term, does to people's lists, before it is saved."""

import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.coordinates import LonLat
from matching.answers import Suggestion
from matching.codebook import Codebook
from matching.need import Need, parse_need
from matching.schemes import UNIT, USUAL, Weighing
from matching.schemes_kept import read_weighing
from matching.sentences import Sentence
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources import clock
from resources.hubs import LISTED, hubs
from resources.models import Location
from resources.vocabulary import Vocabulary


@dataclass(frozen=True)
class Trial:
    """Somebody whose list is compared, known by a label."""

    label: Sentence
    need: Need
    person: uuid.UUID | None = None


@dataclass(frozen=True)
class Moved:
    """A place of either list: rank, score and confidence before and after; None where not listed.

    sure_before, sure_after : hundredths; `sure_words` says what they rest on
    """

    offering: uuid.UUID
    resource: uuid.UUID
    name: str
    invented: bool
    rank_before: int | None
    rank_after: int | None
    score_before: int | None
    score_after: int | None
    sure_before: int | None
    sure_after: int | None
    sure_words: Sentence

    @property
    def surer(self) -> int:
        """By how much the confidence of a place that stays listed changes, in hundredths."""
        if self.sure_before is None or self.sure_after is None:
            return 0
        return self.sure_after - self.sure_before

    @property
    def how(self) -> str:
        if self.rank_before is None:
            return "entered"
        if self.rank_after is None:
            return "left"
        if self.rank_before == self.rank_after:
            return "stayed"
        return "rose" if self.rank_after < self.rank_before else "fell"

    def as_json(self) -> dict[str, Any]:
        def shown(score: int | None, unit: int = UNIT) -> float | None:
            return None if score is None else score / unit

        return {
            "offering": str(self.offering),
            "resource": str(self.resource),
            "name": self.name,
            "invented": self.invented,
            "how": self.how,
            "rank_before": self.rank_before,
            "rank_after": self.rank_after,
            "score_before": shown(self.score_before),
            "score_after": shown(self.score_after),
            "confidence_before": shown(self.sure_before, 100),
            "confidence_after": shown(self.sure_after, 100),
            "confidence_words": self.sure_words.as_json(),
        }


@dataclass(frozen=True)
class Compared:
    """One person's list before and after; `places` in the order after, then what left."""

    trial: Trial
    places: tuple[Moved, ...]

    @property
    def changed(self) -> bool:
        return any(p.how != "stayed" for p in self.places)

    @property
    def sure_changed(self) -> bool:
        return any(p.surer for p in self.places)

    @property
    def first_changed(self) -> bool:
        return any(1 in (p.rank_before, p.rank_after) and p.how != "stayed" for p in self.places)

    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.trial.label.as_json(),
            "changed": self.changed,
            "first_changed": self.first_changed,
            "places": [p.as_json() for p in self.places],
        }


@dataclass(frozen=True)
class Preview:
    """What a change does to some lists."""

    people: tuple[Compared, ...]

    def count(self, *how: str) -> int:
        return sum(p.how in how for c in self.people for p in c.places)

    @property
    def surer(self) -> int:
        """How many places on the lists are held for surer."""
        return sum(p.surer > 0 for c in self.people for p in c.places)

    @property
    def less_sure(self) -> int:
        return sum(p.surer < 0 for c in self.people for p in c.places)

    @property
    def changed(self) -> int:
        return sum(c.changed for c in self.people)

    @property
    def first_changed(self) -> int:
        return sum(c.first_changed for c in self.people)

    def as_json(self) -> dict[str, Any]:
        return {
            "lists": len(self.people),
            "changed": self.changed,
            "first_changed": self.first_changed,
            "entered": self.count("entered"),
            "left": self.count("left"),
            "moved": self.count("rose", "fell"),
            "surer": self.surer,
            "less_sure": self.less_sure,
            "people": [c.as_json() for c in self.people],
        }


def preview(
    session: Session,
    store: IndexStore,
    trials: Sequence[Trial],
    *,
    before: tuple[Weighing, str],
    after: tuple[Weighing, str],
    lists_after: Vocabulary | None = None,
    now: datetime | None = None,
) -> Preview:
    """Put each need to the engine by two weighings, or by two terms of a kind; nothing is saved.

    before, after : what is weighed by, and the code of the scheme
    lists_after : the closed lists as the change would make them; None = they stay

    Raises
    ------
    UnknownScheme
    """
    moment = now or clock.now()
    tried = None if lists_after is None else Codebook(lists_after)
    lists = []
    for (weighing, code), codebook in ((before, None), (after, tried)):
        numbers = weighing.thresholds
        known = hubs(
            session,
            today=clock.in_japan(moment).date(),
            share=numbers.hub_share_percent / 100,
            fewest_lists=numbers.hub_fewest_lists,
        )
        lists.append(
            [
                suggest_placements(
                    session, store, t.need, limit=LISTED, scheme=code, now=moment, hubs=known,
                    weighing=weighing, lists=codebook,
                ).suggestions
                for t in trials
            ]
        )  # fmt: skip
    return Preview(tuple(compared(t, b, a) for t, b, a in zip(trials, *lists, strict=True)))


def preview_lists(
    session: Session, store: IndexStore, trials: Sequence[Trial], *, lists_after: Vocabulary
) -> Preview:
    """Put each need to the engine by the closed lists as they are, and as a change makes them."""
    usual = (read_weighing(session), USUAL)
    return preview(session, store, trials, before=usual, after=usual, lists_after=lists_after)


def compared(trial: Trial, before: Sequence[Suggestion], after: Sequence[Suggestion]) -> Compared:
    """Set two lists of one person side by side."""
    old = {s.place.offering: (i, s) for i, s in enumerate(before, 1)}
    new = {s.place.offering: (i, s) for i, s in enumerate(after, 1)}
    places = []
    for offering in [*new, *(o for o in old if o not in new)]:
        rank_before, was = old.get(offering, (None, None))
        rank_after, now = new.get(offering, (None, None))
        listed: Suggestion = now or was  # type: ignore[assignment]
        place = listed.place
        places.append(
            Moved(
                offering, place.resource, place.name, place.invented, rank_before, rank_after,
                was and was.score, now and now.score,
                was and was.confidence, now and now.confidence, listed.confidence_words,
            )
        )  # fmt: skip
    return Compared(trial, tuple(places))


@cache
def _examples() -> tuple[dict[str, Any], ...]:
    text = files("matching").joinpath("example_needs.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["example"])


def example_trials(session: Session, vocabulary: Vocabulary) -> list[Trial]:
    """Return needs without a person, asked from the middle of the catalogue's public places.

    None where no place has a point.
    """
    at = _middle(session)
    if at is None:
        return []
    return [
        Trial(
            Sentence(e["ja"], e["en"]),
            parse_need({"at": {"lon": at.lon, "lat": at.lat}, **e["need"]}, vocabulary),
        )
        for e in _examples()
    ]


def _middle(session: Session) -> LonLat | None:
    """Return the point of the public place that lies nearest to the middle of all."""
    public = (Location.visibility == "public", Location.lon.is_not(None))
    lon, lat = session.execute(
        select(func.avg(Location.lon), func.avg(Location.lat)).where(*public)
    ).one()
    if lon is None:
        return None
    away = (Location.lon - lon) * (Location.lon - lon) + (Location.lat - lat) * (Location.lat - lat)
    found = session.execute(
        select(Location.lon, Location.lat).where(*public).order_by(away, Location.id).limit(1)
    ).one()
    return LonLat(found.lon, found.lat)
