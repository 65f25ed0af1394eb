"""Every rule's verdict on one place for a need, and what each criterion weighed there."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.points import is_rough
from geodata.walking import Walks
from matching.answers import Suggestion, Verdict
from matching.ask import Ask
from matching.codebook import Codebook
from matching.columns import Array
from matching.grounds import GROUNDS, Ground, ground_of_learned
from matching.learned import LEARNED, Learned
from matching.place_shown import PlaceShown
from matching.ranking import Scores, score
from matching.reasons import suggestions
from matching.rows import Rows
from matching.rules import judge
from matching.schemes import UNIT, Scheme
from matching.sentences import Sentence
from matching.sight import Seen, Sight
from matching.times import SessionAhead


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


def explained(
    ask: Ask,
    found: tuple[Rows, Array],
    codebook: Codebook,
    weights: Scheme,
    shown: PlaceShown,
    *,
    walks: Walks | None = None,
    learned: Learned | None = None,
) -> Explanation:
    """Judge one place with the very functions that make a list.

    found : the single row of an index, with its distance
    shown : what is shown of it
    """
    sight = Sight(*found, ask, codebook, walks)
    judged = judge(sight)
    scores = score(sight, judged, weights, np.arange(len(sight.rows)), (), learned)
    (seen,) = sight.seen([0])
    (told,) = suggestions([seen], judged, scores, [shown])
    enough = bool(scores.enough(weights)[0])
    return Explanation(
        suggestion=told,
        suggestible=int(judged.fails[0]) == 0 and enough,
        enough_score=enough,
        minimum_score=round(weights.minimum_score * UNIT),
        weighed=_weighed(scores, weights, seen, learned),
        any_session=seen.next_session(fitting=False),
        from_town=is_rough(ask.need.at.accuracy_m),
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
