"""Rules about what a place is like and asks for: access, cost, atmosphere, requirements."""

from typing import Any

import numpy as np

from matching.ask import Ask
from matching.columns import CONVERSATIONS, NOISES
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight
from matching.verdicts import (
    Rule,
    Verdicts,
    always,
    at_most,
    codes_of,
    labels_of,
    must_be,
    says,
    shown_flag,
    shown_number,
    shows,
    shows_code,
    verdicts,
)


def _judge_requirements(s: Sight) -> Verdicts:
    """What is required must be held; what the person holds isn't always known."""
    asked = s.rows["requirements"]
    if s.ask.holds is None:
        return verdicts(asked == 0, asked == 0)
    lacking = np.where(asked > 0, asked & ~np.int16(s.ask.holds), 0)
    return verdicts(lacking == 0, asked >= 0)


def _evidence_requirements(p: Seen) -> tuple[str, Any]:
    mask = p["requirements"]
    return "requirements", None if mask < 0 else codes_of(mask, p.codebook, "requirement")


def _change_requirements(p: Seen) -> Sentence | None:
    lacking = p["requirements"] & ~(p.ask.holds or 0)
    codes = codes_of(lacking, p.codebook, "requirement")
    return sentence("change.requirements", requirement=labels_of(codes, p.codebook, "requirement"))


def _change_fee(p: Seen) -> Sentence | None:
    return sentence("change.fee", yen=p["fee_yen"])


def _noise(ask: Ask) -> int | None:
    return None if ask.limits.noise is None else NOISES.index(ask.limits.noise)


def _conversation(ask: Ask) -> int | None:
    limit = ask.limits.conversation
    return None if limit is None else CONVERSATIONS.index(limit)


RULES: tuple[Rule, ...] = (
    Rule(
        "step_free",
        lambda a: bool(a.limits.step_free),
        must_be("step_free", 1),
        shows("step_free", shown_flag),
        says("step_free"),
        reads=("step_free",),
    ),
    Rule(
        "staff_present",
        lambda a: bool(a.limits.staff_present),
        must_be("staff_present", 1),
        shows("staff_present", shown_flag),
        says("staff_present"),
        reads=("staff_present",),
    ),
    Rule(
        "fee",
        lambda a: a.limits.max_yen is not None,
        at_most("fee_yen", lambda a: a.limits.max_yen),
        shows("fee_yen", shown_number),
        _change_fee,
        reads=("fee_yen",),
    ),
    Rule(
        "pay",
        lambda a: bool(a.limits.pay_wanted),
        must_be("pays", 1),
        shows("pays", shown_flag),
        says("pay"),
        reads=("pays",),
    ),
    Rule(
        "noise",
        lambda a: a.limits.noise is not None,
        at_most("noise", _noise),
        shows_code("noise", NOISES),
        says("noise"),
        reads=("noise",),
    ),
    Rule(
        "group_size",
        lambda a: a.limits.group_size is not None,
        at_most("group_size", lambda a: a.limits.group_size),
        shows("group_size", shown_number),
        lambda p: sentence("change.group_size", people=p["group_size"]),
        reads=("group_size",),
    ),
    Rule(
        "conversation",
        lambda a: a.limits.conversation is not None,
        at_most("conversation", _conversation),
        shows_code("conversation", CONVERSATIONS),
        says("conversation"),
        reads=("conversation",),
    ),
    Rule(
        "with_child",
        lambda a: bool(a.limits.with_child),
        must_be("with_child", 1),
        shows("with_child", shown_flag),
        says("with_child"),
        reads=("with_child",),
    ),
    Rule(
        "requirements",
        always,
        _judge_requirements,
        _evidence_requirements,
        _change_requirements,
        reads=("requirements",),
    ),
    Rule(
        "smoking",
        lambda a: bool(a.limits.no_smoking),
        must_be("smoking", 0),
        shows("smoking", shown_flag),
        says("smoking"),
        reads=("smoking",),
    ),
    Rule(
        "animals",
        lambda a: bool(a.limits.no_animals),
        must_be("animals", 0),
        shows("animals", shown_flag),
        says("animals"),
        reads=("animals",),
    ),
)
