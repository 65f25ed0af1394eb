"""A path of steps instead of one place: visit here, come regularly there, then try work there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matching.answers import Suggestion
from matching.need import Need
from matching.schemes import UNIT, default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.vocabulary import RUNGS, Vocabulary

OPTIONS = 15

STAYING = UNIT // 10
"""What it counts to go a step farther at a place that is known already: nobody must begin anew."""

STEPS_AT_MOST = 3


@dataclass(frozen=True)
class Stage:
    """One rung, and where to take it; `stays` where it is the place of the rung before."""

    rung: int
    suggestion: Suggestion
    stays: bool

    def as_json(self, vocabulary: Vocabulary) -> dict[str, Any]:
        place, term = self.suggestion.place, vocabulary.terms("step")[self.rung]
        return {
            "step": self.rung,
            "step_words": {"ja": term.ja, "en": term.en},
            "offering": str(place.offering),
            "resource": str(place.resource),
            "name": place.name,
            "kind": place.kind,
            "invented": place.invented,
            "score": self.suggestion.score / UNIT,
            "stays": self.stays,
        }


def path_of(
    session: Session,
    store: IndexStore,
    need: Need,
    *,
    scheme: str = "standard",
    now: datetime | None = None,
) -> list[Stage]:
    """Return the next rungs, at most `STEPS_AT_MOST`, each with a place that offers it.

    For each rung the places are those suggested to somebody who stands one below, or there where a
    municipality sends nobody a rung higher (`step_gap_rungs` 0). The path ends before the first
    rung that no place offers. Among all ways the one with the largest sum of scores is taken, with
    `STAYING` for each rung that is taken where one already goes.

    Raises
    ------
    UnknownScheme
    """
    here = need.step or 0
    weighing = store.current(session).weighing or default_weighing()
    below = min(weighing.thresholds.step_gap_rungs, 1)
    stages: list[tuple[int, list[Suggestion]]] = []
    for rung in range(here + 1, min(here + 1 + STEPS_AT_MOST, RUNGS)):
        standing = need.model_copy(update={"step": rung - below})
        answer = suggest_placements(session, store, standing, limit=OPTIONS, scheme=scheme, now=now)
        fit = [s for s in answer.suggestions if rung in _rungs(s)]
        if not fit:
            break
        stages.append((rung, fit))
    return best_path(stages)


def is_of_one_place(stages: Sequence[Stage]) -> bool:
    """Tell whether a path of several rungs is all taken at one place."""
    return len(stages) > 1 and all(stage.stays for stage in stages[1:])


def _rungs(s: Suggestion) -> Sequence[int]:
    return next(v.value or () for v in s.verdicts if v.rule == "step")


def best_path(stages: Sequence[tuple[int, Sequence[Suggestion]]]) -> list[Stage]:
    """Return the way through the stages with the largest sum; the first by order where equal."""
    best: list[tuple[int, list[int]]] = []  # for each place of a stage: its sum, and the way there
    for k, (_, suggestions) in enumerate(stages):
        now: list[tuple[int, list[int]]] = []
        for i, s in enumerate(suggestions):
            if k == 0:
                now.append((s.score, [i]))
                continue
            before = stages[k - 1][1]
            ways = [
                (total + s.score + STAYING * (before[j].place.resource == s.place.resource), way)
                for j, (total, way) in enumerate(best)
            ]
            total, way = max(ways, key=lambda w: w[0])
            now.append((total, [*way, i]))
        best = now
    if not best:
        return []
    _, way = max(best, key=lambda w: w[0])
    made: list[Stage] = []
    for (rung, suggestions), i in zip(stages, way, strict=True):
        s = suggestions[i]
        stays = bool(made) and made[-1].suggestion.place.resource == s.place.resource
        made.append(Stage(rung, s, stays))
    return made
