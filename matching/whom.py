"""Rules about whom a place receives: age, audience, gender, language."""

from typing import Any

from geodata.compiled import compiled
from matching.columns import GENDERS
from matching.encoding import NOBODY_OLDER
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from matching.terms import NOT_ASKED
from matching.verdicts import (
    Rule,
    always,
    codes_of,
    labels_of,
    says,
    shows_code,
    verdict,
)


@compiled
def age(p: Any, _look: Any, a: Any) -> int:
    return verdict(p["age_low"] <= a["age"] <= p["age_high"], p["age_known"] > 0)


def _evidence_age(p: Seen) -> tuple[str, Any]:
    low, high, known = (p[n] for n in ("age_low", "age_high", "age_known"))
    if not known:
        return "age_max", None
    years_old = p.ask.need.age
    # The limit that keeps somebody out; where none does, the upper one if there is one.
    too_young = years_old is not None and years_old < low
    if too_young or high == NOBODY_OLDER:
        return "accepted_age_min" if known & 2 else "age_min", low
    return "accepted_age_max" if known & 4 else "age_max", high


def _change_age(p: Seen) -> Sentence | None:
    years_old = p.ask.need.age
    assert years_old is not None
    low, high = p["age_low"], p["age_high"]
    if years_old < low:
        years = low - years_old
        if years == 1:
            return sentence("change.age_wait_months", months=12)
        return sentence("change.age_wait_years", years=years)
    return sentence("change.age_over", limit=high)


@compiled
def audience(p: Any, _look: Any, a: Any) -> int:
    """Who is really accepted counts where it is known, else who is addressed formally.

    Where none of those is accepted who are addressed, who is accepted was likely said besides:
    whoever is addressed asks, but for those who are surely none of the women, men or people with
    foreign roots that are accepted. That anyone is counts for nothing then: it is soon written.
    A place that says neither is asked, unless its kind is for others: a base for small children
    and their parents receives nobody else, whether it says so or not. One that names some of its
    kind's people, or those of a circle, and women, men or foreign roots besides says which of those
    people it is for: it is asked about those of them who aren't known to be such, and about whoever
    of such may have small children.
    """
    known = p["audience_known"] > 0
    usual = a["usual_audience"][p["kind"]]
    received = p["audience"] if known else usual
    maybe = of_others = False
    may_be = a["audience_yes"] | a["audience_maybe"]
    named = received & a["narrowing_audience"] & ~usual
    if received & (usual | a["narrowed_audience"]):
        of_others = named != 0 and (named & a["audience_yes"]) == 0
        received &= ~named
        maybe = (named & may_be) != 0 and (received & a["perhaps_parent"]) != 0
    yes = (received & a["audience_yes"]) != 0
    maybe |= (received & a["audience_maybe"]) != 0
    if named == 0 or named & may_be:
        maybe |= (p["audience_formally"] & may_be) != 0
    sure = known and yes and not of_others
    return verdict(yes, sure or (received != 0 and not yes and not maybe))


def _evidence_audience(p: Seen) -> tuple[str, Any]:
    known = p["audience_known"]
    if known:
        field = "accepted_audience" if known == 2 else "audience"
        return field, codes_of(p["audience"], p.codebook, "audience")
    one_of = p.ask.audiences.yes | p.ask.audiences.maybe
    usual = p.codebook.usual_audience[p["kind"]]
    if usual == 0 or usual & one_of:
        return "audience", None
    return "kind", p.codebook.kinds[p["kind"]]


def _change_audience(p: Seen) -> Sentence | None:
    received = p["audience"] if p["audience_known"] else p.codebook.usual_audience[p["kind"]]
    codes = codes_of(received, p.codebook, "audience")
    return sentence("change.audience", audience=labels_of(codes, p.codebook, "audience"))


_ANYBODY = GENDERS.index("any")


@compiled
def gender(p: Any, _look: Any, a: Any) -> int:
    place = p["gender"]
    if a["gender"] == NOT_ASKED:  # not stated: only an open place surely fits
        return verdict(place == _ANYBODY, place == _ANYBODY)
    return verdict(place == _ANYBODY or place == a["gender"], place >= 0)


@compiled
def languages(p: Any, _look: Any, a: Any) -> int:
    """One language in common; where it could only be easy Japanese, the host must be asked.

    Who speaks Japanese follows easy Japanese, and who speaks another language may try it, which
    isn't sure. Who knows easy Japanese follows no Japanese, and who only signs tries neither.
    """
    spoken = p["languages"]
    tried = (spoken & a["easy_language"]) != 0
    common = (spoken & a["languages"]) != 0
    return verdict(common, spoken != 0 and (common or not tried))


def _evidence_languages(p: Seen) -> tuple[str, Any]:
    return "languages", codes_of(p["languages"], p.codebook, "language") or None


RULES: tuple[Rule, ...] = (
    Rule(
        "age",
        lambda a: a.need.age is not None,
        age,
        _evidence_age,
        _change_age,
        reads=(
            "age_low",
            "age_high",
            "age_known",
        ),
    ),
    Rule(
        "audience",
        always,
        audience,
        _evidence_audience,
        _change_audience,
        reads=(
            "audience",
            "audience_known",
            "audience_formally",
            "kind",
        ),
    ),
    Rule(
        "gender",
        always,
        gender,
        shows_code("gender", GENDERS),
        says("gender"),
        reads=("gender",),
    ),
    Rule(
        "languages",
        lambda a: bool(a.languages),
        languages,
        _evidence_languages,
        says("languages"),
        reads=("languages",),
        access=lambda a: "ja" not in (a.limits.languages or ()),
    ),
)
