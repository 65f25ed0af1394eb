"""Rules about what a place is like and asks for: access, cost, atmosphere, requirements."""

from collections.abc import Callable
from typing import Any

import numpy as np

from geodata.compiled import compiled
from matching.codebook import Codebook
from matching.columns import CONVERSATIONS, NOISES
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from matching.verdicts import (
    PASS,
    Rule,
    always,
    at_most,
    codes_of,
    labels_of,
    must_be,
    no_change,
    says,
    shown_flag,
    shown_number,
    shows,
    shows_code,
    verdict,
)


@compiled
def joined_from_home(p: Any, a: Any) -> bool:
    """Tell whether somebody who wishes that joins from home; then nobody enters the building."""
    return bool(a["home_wished"] != 0 and p["online"] == 1)


@compiled
def step_free(p: Any, _look: Any, a: Any) -> int:
    return PASS if joined_from_home(p, a) else must_be(p["step_free"], 1)


@compiled
def staff_present(p: Any, _look: Any, _a: Any) -> int:
    return must_be(p["staff_present"], 1)


@compiled
def fee(p: Any, _look: Any, a: Any) -> int:
    return at_most(p["fee_yen"], a["max_yen"])


@compiled
def pay(p: Any, _look: Any, _a: Any) -> int:
    return must_be(p["pays"], 1)


@compiled
def noise(p: Any, _look: Any, a: Any) -> int:
    return at_most(p["noise"], a["noise"])


@compiled
def group_size(p: Any, _look: Any, a: Any) -> int:
    return at_most(p["group_size"], a["group_size"])


@compiled
def conversation(p: Any, _look: Any, a: Any) -> int:
    return at_most(p["conversation"], a["conversation"])


@compiled
def with_child(p: Any, _look: Any, a: Any) -> int:
    return PASS if joined_from_home(p, a) else must_be(p["with_child"], 1)


@compiled
def smoking(p: Any, _look: Any, a: Any) -> int:
    return PASS if joined_from_home(p, a) else must_be(p["smoking"], 0)


@compiled
def animals(p: Any, _look: Any, a: Any) -> int:
    return PASS if joined_from_home(p, a) else must_be(p["animals"], 0)


@compiled
def requirements(p: Any, _look: Any, a: Any) -> int:
    """What is required must be held; what the person holds isn't always known, or only in part.

    Where nothing is known of a place, what the law asks for its kind counts (`requires` of the
    kind): a service under the Act on Comprehensive Support for Persons with Disabilities is used
    with a certificate of the municipality (articles 19 and 22). What else it asks stays unknown.
    """
    asked = p["requirements"]
    if not a["holds_known"]:
        met = asked >= 0 and (asked & ~a["holds"]) == 0
        return verdict(met, met)
    if asked < 0:
        return verdict(False, (a["required"][p["kind"]] & ~a["holds"]) != 0)
    return verdict((asked & ~a["holds"]) == 0, True)


@compiled
def sober(p: Any, _look: Any, a: Any) -> int:
    """No place that serves alcohol for someone under 20, or who is dependent on something.

    Nor for who comes with a child, whom a place that doesn't say needn't be asked about.
    """
    if not a["alcohol_asked"] and p["alcohol"] < 0:
        return PASS
    return must_be(p["alcohol"], 0)


@compiled
def strain(p: Any, _look: Any, a: Any) -> int:
    """No place whose only work is heavy; where there is lighter work too, it must be asked for."""
    offered = p["activities"]
    heavy = (offered & np.uint64(a["heavy_work"])) != 0
    lighter = (offered & np.uint64(a["lighter_work"])) != 0
    return verdict(not heavy, offered != 0 and not (heavy and lighter))


def _evidence_strain(p: Seen) -> tuple[str, Any]:
    mask = p["activities"]
    return "activities", codes_of(mask, p.codebook, "activity") or None


def _asked(p: Seen) -> int:
    """Return the requirement bits of a place, or those of its kind by law; -1: none is known."""
    asked: int = p["requirements"]
    return asked if asked >= 0 else p.codebook.required[p["kind"]] or -1


def _evidence_requirements(p: Seen) -> tuple[str, Any]:
    mask = _asked(p)
    return "requirements", None if mask < 0 else codes_of(mask, p.codebook, "requirement")


def _ask_of_person(p: Seen) -> Sentence | None:
    """Return what to ask the person, where it is known what the place asks for."""
    if p["requirements"] < 0:
        return None
    codes = codes_of(p["requirements"] & ~(p.ask.holds or 0), p.codebook, "requirement")
    requirement = labels_of(codes, p.codebook, "requirement")
    return sentence("change.requirements_of_person", requirement=requirement)


def _change_requirements(p: Seen) -> Sentence | None:
    codes = codes_of(_asked(p) & ~(p.ask.holds or 0), p.codebook, "requirement")
    by_law = p["requirements"] < 0
    return sentence(
        "change.requirements_by_law" if by_law else "change.requirements",
        requirement=labels_of(codes, p.codebook, "requirement"),
    )


def _names_level(column: str, order: tuple[str, ...]) -> Callable[[Seen], Sentence | None]:
    """Return what says that a level must be all right, by the name that lists give it."""

    def change(p: Seen) -> Sentence | None:
        return allows_level(column, order[p[column]], p.codebook)

    return change


def allows_level(axis: str, code: str, codebook: Codebook) -> Sentence:
    """Say that a level of noise or conversation must be all right."""
    return sentence(f"change.{axis}", level=labels_of([code], codebook, axis))


def _of_the_building(column: str) -> Callable[[Seen], tuple[str, Any]]:
    """Show a fact of the building, or that it is joined from home."""
    shown = shows(column, shown_flag)

    def evidence(p: Seen) -> tuple[str, Any]:
        if p.ask.home_wished and p["online"] == 1:
            return "online", True
        return shown(p)

    return evidence


def _change_fee(p: Seen) -> Sentence | None:
    return sentence("change.fee", yen=p["fee_yen"])


RULES: tuple[Rule, ...] = (
    Rule(
        "step_free",
        lambda a: bool(a.limits.step_free),
        step_free,
        _of_the_building("step_free"),
        says("step_free"),
        access=always,
        reads=("step_free", "online"),
    ),
    Rule(
        "staff_present",
        lambda a: bool(a.limits.staff_present),
        staff_present,
        shows("staff_present", shown_flag),
        says("staff_present"),
        reads=("staff_present",),
    ),
    Rule(
        "fee",
        lambda a: a.limits.max_yen is not None,
        fee,
        shows("fee_yen", shown_number),
        _change_fee,
        reads=("fee_yen",),
    ),
    Rule(
        "pay",
        lambda a: bool(a.limits.pay_wanted),
        pay,
        shows("pays", shown_flag),
        says("pay"),
        reads=("pays",),
    ),
    Rule(
        "noise",
        lambda a: a.limits.noise is not None,
        noise,
        shows_code("noise", NOISES),
        _names_level("noise", NOISES),
        reads=("noise",),
    ),
    Rule(
        "group_size",
        lambda a: a.limits.group_size is not None,
        group_size,
        shows("group_size", shown_number),
        lambda p: sentence("change.group_size", people=p["group_size"]),
        reads=("group_size",),
    ),
    Rule(
        "conversation",
        lambda a: a.limits.conversation is not None,
        conversation,
        shows_code("conversation", CONVERSATIONS),
        _names_level("conversation", CONVERSATIONS),
        reads=("conversation",),
    ),
    Rule(
        "with_child",
        lambda a: bool(a.limits.with_child),
        with_child,
        _of_the_building("with_child"),
        says("with_child"),
        access=always,
        reads=("with_child", "online"),
    ),
    Rule(
        "requirements",
        always,
        requirements,
        _evidence_requirements,
        _change_requirements,
        reads=("requirements", "kind"),
        way=_ask_of_person,
    ),
    Rule(
        "smoking",
        lambda a: bool(a.limits.no_smoking),
        smoking,
        _of_the_building("smoking"),
        says("smoking"),
        reads=("smoking", "online"),
    ),
    Rule(
        "animals",
        lambda a: bool(a.limits.no_animals),
        animals,
        _of_the_building("animals"),
        says("animals"),
        reads=("animals", "online"),
    ),
    Rule(
        "sober",
        lambda a: a.no_alcohol_known or bool(a.limits.with_child),
        sober,
        shows("alcohol", shown_flag),
        no_change,
        reads=("alcohol",),
    ),
    Rule(
        "strain",
        lambda a: a.spared_heavy_work,
        strain,
        _evidence_strain,
        says("strain"),
        reads=("activities",),
    ),
)
