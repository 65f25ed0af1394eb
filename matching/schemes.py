"""Priority schemes and thresholds: what a municipality weighs its suggestions by.

What a new installation begins with stands in `schemes.toml`; a municipality's own numbers stand in
its database (`schemes_kept`).
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from matching.sentences import Sentence, sentence

UNIT = 10_000
"""Contributions are kept in ten-thousandths, so that what is shown adds up to the last digit."""

USUAL = "standard"
"""The scheme that is taken where none is named; it can't be retired."""

CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
LABEL_LENGTH = 60
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 1000.0
MOST_SHOWN = 50
"""No list limits one host or kind to more."""


class UnknownScheme(LookupError):
    """No priority scheme of that name; `problem` names those that there are."""

    def __init__(self, known: list[str]) -> None:
        self.problem = sentence("scheme_bad.unknown", known=", ".join(known))
        super().__init__(self.problem.en)


class BadScheme(ValueError):
    """A scheme or threshold that can't be kept: which field, and one sentence with the remedy."""

    def __init__(self, field: str, problem: Sentence) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem.en}")


@dataclass(frozen=True)
class Scheme:
    """A named set of weights, of which only the proportion counts.

    minimum_score : 0 … 1; what scores less isn't shown
    per_host, per_kind : how many of one host, or of one kind, a list holds before others
    active : whether it is offered; a retired one can still be asked for by name
    """

    code: str
    ja: str
    en: str
    weights: dict[str, float]
    minimum_score: float
    per_host: int
    per_kind: int
    active: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Thresholds:
    """Numbers that hold for every scheme.

    step_gap_rungs : how many rungs of the ladder a place may be away from where somebody stands
    near_half_minutes : minutes on foot at which nearness counts half
    fee_half_yen : yen a time at which cost counts half, where no limit is given
    usual_percent : how much a need counts that only the kind of a place usually answers
    transport_reach_m : how far out a place that fetches people, or is joined online, counts
    ride_half_m : how far out it is half as sure that a place which fetches people does so
    room_half_days : days after which what was said of free places counts half
    sure_known, sure_verified, sure_room : what confidence is made of; their proportion counts
    sessions_percent, answers_percent : which part of the doubt that is left, or of the confidence,
        goes at most by how often sessions took place, and by how often the host answered
    hub_share_percent, hub_fewest_lists : a place on more than this share of lists, of so many at
        least, is a hub
    hub_less_percent : what a hub loses of its merit
    beside_percent : what a place's answer to needs counts which answers no essential one
    other_needs_percent : what a need counts that the kind of place isn't there for first of all
    alike_percent : a text so like the wished words says by itself that a place is meant
    shortest_stay_minutes : minutes in somebody's hours that make a session worth coming to
    usual_stay_minutes : so long one stays in a week's plan where nothing is said and one is free to
    visit_percent : what a visit before joining counts of first contact; company counts the rest
    host_room, host_experience, host_answers : what a host is weighed by; their proportion counts
    experience_half_people : so many people tell half of what any number would: few tell little
    answer_half_days : days to an answer that count half, as much as not knowing
    unsure_access_percent : what is left of the confidence where it isn't known whether the person
        can get in
    rider_age : who is that old would use transport unless it is said that they wouldn't
    elderly_age, youth_age : from, and up to, which age somebody is of these audiences
    again_…_days : days for which a place waits that came to nothing for a reason of `casework`
    """

    step_gap_rungs: int
    near_half_minutes: float
    fee_half_yen: float
    usual_percent: float
    transport_reach_m: float
    ride_half_m: float
    room_half_days: float
    sure_known: float
    sure_verified: float
    sure_room: float
    sessions_percent: float
    answers_percent: float
    hub_share_percent: float
    hub_fewest_lists: int
    hub_less_percent: int
    beside_percent: float
    other_needs_percent: float
    alike_percent: float
    shortest_stay_minutes: int
    usual_stay_minutes: int
    visit_percent: float
    host_room: float
    host_experience: float
    host_answers: float
    experience_half_people: float
    answer_half_days: float
    unsure_access_percent: float
    rider_age: int
    elderly_age: int
    youth_age: int
    again_not_ready_days: int
    again_times_days: int
    again_health_days: int
    again_other_found_days: int
    again_full_days: int
    again_resting_days: int
    again_no_answer_days: int

    @property
    def sure_shares(self) -> tuple[float, float, float]:
        """Return what is known, verified, and said of room as shares that add up to one."""
        whole = self.sure_known + self.sure_verified + self.sure_room
        return self.sure_known / whole, self.sure_verified / whole, self.sure_room / whole

    @property
    def host_shares(self) -> tuple[float, float, float]:
        """Return room, experience and answers of a host as shares that add up to one."""
        whole = self.host_room + self.host_experience + self.host_answers
        return self.host_room / whole, self.host_experience / whole, self.host_answers / whole


class Allowed(NamedTuple):
    """Between what a threshold lies, and whether it is a whole number."""

    least: float
    most: float
    whole: bool


@dataclass(frozen=True)
class Weighing:
    """All that a municipality weighs by: its schemes in their order, and the thresholds."""

    schemes: dict[str, Scheme]
    thresholds: Thresholds

    def scheme(self, code: str) -> Scheme:
        """Return a scheme, retired or not; raise `UnknownScheme`."""
        found = self.schemes.get(code)
        if found is None:
            raise UnknownScheme([s.code for s in self.offered])
        return found

    @property
    def offered(self) -> list[Scheme]:
        return [s for s in self.schemes.values() if s.active]

    def with_scheme(self, scheme: Scheme) -> "Weighing":
        return replace(self, schemes={**self.schemes, scheme.code: scheme})

    def with_thresholds(self, given: Mapping[str, Any]) -> "Weighing":
        """Return the same with some thresholds changed; raise `BadScheme`."""
        return replace(self, thresholds=replace(self.thresholds, **checked_thresholds(given)))


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(files("matching").joinpath("schemes.toml").read_text(encoding="utf-8"))


@cache
def default_weighing() -> Weighing:
    """Return what a new installation weighs by."""
    written = _written()
    schemes = {code: Scheme(code, **facts) for code, facts in written["scheme"].items()}
    return Weighing(schemes, Thresholds(**{n: v[0] for n, v in written["thresholds"].items()}))


@cache
def threshold_limits() -> dict[str, Allowed]:
    """Return between what each threshold lies."""
    return {name: Allowed(*v[1:]) for name, v in _written()["thresholds"].items()}


THRESHOLDS = tuple(f.name for f in fields(Thresholds))

_BEGINS = (
    ("again", ("again_",)),
    ("host", ("host_", "experience_", "answer_half")),
    ("sure", ("sure_", "room_", "sessions_", "answers_", "unsure_")),
    ("hub", ("hub_",)),
    ("fit", ("",)),
)


def threshold_groups() -> dict[str, tuple[str, ...]]:
    """Return the names by what they are about: `fit`, `host`, `sure`, `hub`, `again`."""
    groups: dict[str, list[str]] = {"fit": [], "host": [], "sure": [], "hub": [], "again": []}
    for name in THRESHOLDS:
        groups[next(group for group, begins in _BEGINS if name.startswith(begins))].append(name)
    return {group: tuple(names) for group, names in groups.items()}


def checked(scheme: Scheme) -> Scheme:
    """Return a scheme as it is kept, with every criterion's weight; raise `BadScheme`.

    Every weight lies above zero: each criterion stays among the reasons that are shown, and no
    question is left without anything to be judged by.
    """
    if not CODE.match(scheme.code):
        raise BadScheme("code", sentence("scheme_bad.code"))
    for name in ("ja", "en"):
        if not 0 < len(getattr(scheme, name).strip()) <= LABEL_LENGTH:
            raise BadScheme(name, sentence("scheme_bad.label", most=LABEL_LENGTH))
    wanted = default_weighing().schemes[USUAL].weights
    _check_criteria(scheme.weights, wanted)
    for code, weight in scheme.weights.items():
        if not _within(weight, LEAST_WEIGHT, MOST_WEIGHT):
            raise BadScheme(code, sentence("scheme_bad.weight", least=LEAST_WEIGHT, most=1000))
    if not _within(scheme.minimum_score, 0.0, 1.0):
        raise BadScheme("minimum_score", sentence("scheme_bad.minimum"))
    for name in ("per_host", "per_kind"):
        if not _within(getattr(scheme, name), 1, MOST_SHOWN, whole=True):
            raise BadScheme(name, sentence("scheme_bad.per", most=MOST_SHOWN))
    return replace(
        scheme,
        ja=scheme.ja.strip(),
        en=scheme.en.strip(),
        weights={code: scheme.weights[code] for code in wanted},
    )


def _check_criteria(given: Mapping[str, float], wanted: Mapping[str, float]) -> None:
    unknown = ", ".join(code for code in given if code not in wanted)
    missing = ", ".join(code for code in wanted if code not in given)
    if unknown:
        words = sentence("scheme_bad.criterion", unknown=unknown, known=", ".join(wanted))
        raise BadScheme("weights", words)
    if missing:
        raise BadScheme("weights", sentence("scheme_bad.criteria", missing=missing))


def checked_thresholds(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return some thresholds as they are kept; raise `BadScheme`."""
    found = {}
    for name, value in given.items():
        limits = threshold_limits().get(name)
        if limits is None:
            raise BadScheme(name, sentence("scheme_bad.threshold", known=", ".join(THRESHOLDS)))
        if not _within(value, limits.least, limits.most, whole=limits.whole):
            key = "scheme_bad.whole" if limits.whole else "scheme_bad.range"
            words = sentence(key, least=f"{limits.least:,.10g}", most=f"{limits.most:,.10g}")
            raise BadScheme(name, words)
        found[name] = int(value) if limits.whole else value
    return found


def still_allowed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of some kept thresholds that this version of the program still takes."""
    found = {}
    for name, value in kept.items():
        limits = threshold_limits().get(name)
        if limits is not None and _within(value, *limits[:2], whole=limits.whole):
            found[name] = int(value) if limits.whole else value
    return found


def _within(value: Any, least: float, most: float, *, whole: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if not math.isfinite(value) or (whole and value != int(value)):
        return False
    return least <= value <= most
