"""Rules about whom a place receives: age, audience, gender, language."""

from typing import Any

import numpy as np

from matching.columns import GENDERS
from matching.encoding import NOBODY_OLDER
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight
from matching.verdicts import (
    Rule,
    Verdicts,
    always,
    codes_of,
    labels_of,
    says,
    shows_code,
    verdicts,
)


def _judge_age(s: Sight) -> Verdicts:
    age = s.ask.need.age
    assert age is not None
    fits = (s.rows["age_low"] <= age) & (age <= s.rows["age_high"])
    return verdicts(fits, s.rows["age_known"] > 0)


def _evidence_age(p: Seen) -> tuple[str, Any]:
    low, high, known = (p[n] for n in ("age_low", "age_high", "age_known"))
    if not known:
        return "age", None
    prefix = "accepted_age" if known == 2 else "age"
    return prefix, {"min": low or None, "max": None if high == NOBODY_OLDER else high}


def _change_age(p: Seen) -> Sentence | None:
    age = p.ask.need.age
    assert age is not None
    low, high = p["age_low"], p["age_high"]
    if age < low:
        years = low - age
        if years == 1:
            return sentence("change.age_wait_months", months=12)
        return sentence("change.age_wait_years", years=years)
    return sentence("change.age_over", limit=high)


def _judge_audience(s: Sight) -> Verdicts:
    """Who is really accepted counts where it is known, else who is addressed formally."""
    mask = s.rows["audience"]
    yes = (mask & np.uint32(s.ask.audience_yes)) != 0
    maybe = (mask & np.uint32(s.ask.audience_maybe)) != 0
    known = (s.rows["audience_known"] > 0) & ~(maybe & ~yes)
    return verdicts(yes, known)


def _evidence_audience(p: Seen) -> tuple[str, Any]:
    known = p["audience_known"]
    field = "accepted_audience" if known == 2 else "audience"
    return field, codes_of(p["audience"], p.codebook, "audience") if known else None


def _change_audience(p: Seen) -> Sentence | None:
    codes = codes_of(p["audience"], p.codebook, "audience")
    return sentence("change.audience", audience=labels_of(codes, p.codebook, "audience"))


def _judge_gender(s: Sight) -> Verdicts:
    place = s.rows["gender"]
    asked = s.ask.limits.gender
    if asked not in GENDERS:  # not stated, or other: only an open place surely fits
        return verdicts(place == GENDERS.index("any"), place == GENDERS.index("any"))
    fits = (place == GENDERS.index("any")) | (place == GENDERS.index(asked))
    return verdicts(fits, place >= 0)


def _judge_languages(s: Sight) -> Verdicts:
    place = s.rows["languages"]
    return verdicts((place & np.uint16(s.ask.languages)) != 0, place != 0)


def _evidence_languages(p: Seen) -> tuple[str, Any]:
    return "languages", codes_of(p["languages"], p.codebook, "language") or None


RULES: tuple[Rule, ...] = (
    Rule(
        "age",
        lambda a: a.need.age is not None,
        _judge_age,
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
        _judge_audience,
        _evidence_audience,
        _change_audience,
        reads=(
            "audience",
            "audience_known",
        ),
    ),
    Rule(
        "gender",
        always,
        _judge_gender,
        shows_code("gender", GENDERS),
        says("gender"),
        reads=("gender",),
    ),
    Rule(
        "languages",
        lambda a: bool(a.languages),
        _judge_languages,
        _evidence_languages,
        says("languages"),
        reads=("languages",),
    ),
)
