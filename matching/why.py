"""Why a place is, or isn't, on the list of a need: every rule's verdict, and what would help."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.points import is_rough
from matching.answers import Suggestion, Verdict
from matching.ask import prepare
from matching.avoiding import avoiding
from matching.encoding import LOW_HALF
from matching.grounds import GROUNDS, Ground, ground_of_learned
from matching.learned import LEARNED, Learned
from matching.need import Need
from matching.on_foot import walks_for
from matching.place_shown import PlaceShown, kept
from matching.ranking import Scores, score
from matching.reasons import suggestions
from matching.rules import judge
from matching.schemes import UNIT, Scheme, default_weighing
from matching.sentences import Sentence
from matching.sight import Seen, Sight
from matching.store import IndexStore
from matching.times import SessionAhead
from resources import clock
from resources.commands import NotFound
from resources.merged import kept_instead
from resources.models import Offering
from resources.queries import Entry, entries_by_offering
from resources.track_record import NOTHING_KNOWN, TrackRecord, track_records


@dataclass(frozen=True)
class Weighed:
    """One criterion at one place.

    share : its part of all weights that count here, ten-thousandths; contribution : of the score
    ground : the facts it weighed
    """

    criterion: str
    words: Sentence
    share: int
    contribution: int
    ground: Ground

    def as_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "words": self.words.as_json(),
            "share": self.share / UNIT,
            "contribution": self.contribution / UNIT,
            "evidence": self.ground.as_json(),
        }


@dataclass(frozen=True)
class Explanation:
    """The full verdict on one place for one need.

    suggestible : every rule passes or is open, and it answers enough
    enough_score : it answers what matters, and the score reaches the scheme's minimum
    """

    suggestion: Suggestion
    suggestible: bool
    enough_score: bool
    minimum_score: int
    weighed: tuple[Weighed, ...]
    any_session: SessionAhead | None
    from_town: bool = False

    @property
    def criterion_words(self) -> dict[str, Sentence]:
        return {w.criterion: w.words for w in self.weighed}

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return self.suggestion.verdicts

    def as_json(self) -> dict[str, Any]:
        return {
            **self.suggestion.as_json(),
            "criteria": [w.as_json() for w in self.weighed],
            "suggestible": self.suggestible,
            "enough_score": self.enough_score,
            "minimum_score": self.minimum_score / UNIT,
            "from_town": self.from_town,
            "any_session": None if self.any_session is None else self.any_session.as_json(),
            "changes": [
                {"rule": v.rule, "change": v.change.as_json()}
                for v in self.verdicts
                if v.verdict == "fail" and v.change is not None
            ],
        }


def explain(
    session: Session,
    store: IndexStore,
    need: Need,
    offering_id: uuid.UUID,
    *,
    scheme: str = "standard",
    now: datetime | None = None,
) -> Explanation:
    """Judge one offering for a need with the very functions that made the list.

    Raises
    ------
    NotFound
        No such offering.
    UnknownScheme
    """
    index = store.current(session)
    weighing = index.weighing or default_weighing()
    weights = weighing.scheme(scheme)
    codebook = index.codebook or store.codebook
    moment = now or clock.now()
    ask = prepare(avoiding(session, need), codebook, moment, weighing.thresholds)
    found = index.one(ask.origin, offering_id.int >> 64, offering_id.int & LOW_HALF)
    entry = entries_by_offering(session, [offering_id]).get(offering_id)
    if found is None or entry is None:
        raise NotFound("offering")
    rows, distance_m = found
    walks = walks_for(ask, store.streets())
    sight = Sight(rows, distance_m, ask, codebook, walks)
    judged = judge(sight)
    scores = score(sight, judged, weights, np.arange(len(rows)), (), index.learned)
    words = track_records(session, [offering_id]).get(offering_id, NOTHING_KNOWN)
    (seen,) = sight.seen([0])
    (shown,) = suggestions([seen], judged, scores, [_shown(entry, words)])
    enough = bool(scores.enough(weights)[0])
    return Explanation(
        suggestion=shown,
        suggestible=int(judged.fails[0]) == 0 and enough,
        enough_score=enough,
        minimum_score=round(weights.minimum_score * UNIT),
        weighed=_weighed(scores, weights, seen, index.learned),
        any_session=seen.next_session(fitting=False),
        from_town=is_rough(need.at.accuracy_m),
    )


def _weighed(
    scores: Scores, scheme: Scheme, seen: Seen, learned: Learned | None
) -> tuple[Weighed, ...]:
    taken = 0.0 if learned is None else learned.share
    whole = sum(scheme.weights[c.code] for c in scores.criteria if c is not LEARNED)
    found = []
    for row, c in enumerate(scores.criteria):
        part = int(scores.contributions[seen.i, row])
        if learned is not None and c is LEARNED:
            share, ground = taken, ground_of_learned(learned, part)
        else:
            share, ground = scheme.weights[c.code] / whole * (1.0 - taken), GROUNDS[c.code](seen)
        found.append(Weighed(c.code, c.words, round(share * UNIT), part, ground))
    return tuple(found)


def offering_for(session: Session, any_id: uuid.UUID) -> uuid.UUID:
    """Return the offering of an id that may be an offering's or a resource's.

    A resource that was merged into another leads to that one. Raises `NotFound`.
    """
    if session.get(Offering, any_id) is not None:
        return any_id
    resource_id = kept_instead(session, any_id) or any_id
    found = session.scalars(
        select(Offering.id)
        .where(Offering.resource_id == resource_id)
        .order_by(Offering.id)
        .limit(1)
    ).first()
    if found is None:
        raise NotFound("offering")
    return found


def _shown(entry: Entry, words: TrackRecord) -> PlaceShown:
    """Show an entry whatever its status: the answer may be that it is closed."""
    o, r, p, h = entry.offering, entry.resource, entry.location, entry.organization
    where = (None, None, None, None) if p is None else (p.address, p.lon, p.lat, p.accuracy_m)
    address, lon, lat, accuracy_m = where
    facts = (
        r.id, r.name, r.kind, None if h is None else h.name, r.description, address, r.phone, lon,
        lat, accuracy_m, o.schedule_text, o.verified_on, r.fee_yen, r.invented, o.verified_by,
        *words,
    )  # fmt: skip
    return PlaceShown(
        o.id.int,
        kept(facts, hidden=p is not None and p.visibility == "hidden"),
        o.availability,
        o.places,
        o.availability_said_on,
        o.availability_said_by,
    )
