"""Of which audiences somebody is, and of which perhaps: what places say of whom they are for."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from matching.codebook import CIRCLES, Codebook
from matching.columns import mask_of
from matching.need import Need
from matching.schemes import Thresholds

ADULT = 18
"""民法第4条: a person under 18 is a minor."""

YOUNGEST_YOUTH = 12

KIN = ("carers",)
"""Who stands beside somebody who has a trouble. That a need makes a person perhaps one of them (see
the closed lists) doesn't hold for who is one of `TROUBLED` by a need that weighs more."""

TROUBLED = ("recovering", "withdrawn", "mental_health", "dementia", "disability")
"""Whom kin stand beside: the circle for families is for the others of their family."""

NARROWING = ("women", "men", "foreign")
"""Audiences that tell which of its kind's people a place is for, where it names some of those: a
base for parents that names women is for mothers, one that names foreign roots for such parents."""

NARROWED = ("bereaved", "carers", "dementia", "recovering")
"""Audiences of circles, whose people such a word narrows whatever the kind: women in recovery."""

CERTIFIED = ("handbook", "recipient_certificate")
"""Who holds one of these has a disability that a municipality certified."""


@dataclass(frozen=True)
class Audiences:
    """Bits of audiences.

    yes, maybe : the person is one of them; is perhaps, so that the host is asked
    narrowing : those of `NARROWING`
    narrowed : those of `NARROWED`
    perhaps_parent : that of parents, for somebody who may have small children and doesn't say so
    """

    yes: int
    maybe: int
    narrowing: int
    narrowed: int
    perhaps_parent: int


def audiences_of(need: Need, codebook: Codebook, numbers: Thresholds) -> Audiences:
    """Return of which audiences a person is: by age, gender, a child along, and needs."""
    bits = codebook.bits("audience")
    yes, maybe = _by_themselves(need, bits, numbers)
    kin, troubled = mask_of(KIN, bits), mask_of(TROUBLED, bits)
    meant = [(codebook.meanings[code], weight) for code, weight in need.needs.items()]
    own = max((weight for m, weight in meant if m.audience & troubled), default=0)
    if not need.needs:  # all that needs would tell is open, but nobody is asked into a circle
        told = reduce(or_, (m.audience | m.audience_maybe for m in codebook.meanings.values()), 0)
        maybe |= told & ~mask_of(CIRCLES, bits)
    if set(CERTIFIED) & set(need.limits.holds or ()):
        yes |= mask_of(("disability",), bits)
    for meaning, weight in meant:
        yes |= meaning.audience
        maybe |= meaning.audience_maybe if weight >= own else meaning.audience_maybe & ~kin
    circles = mask_of(NARROWED, bits)
    may_be_a_parent = need.age is None or ADULT <= need.age < numbers.elderly_age
    perhaps_parent = mask_of(("parents",) if may_be_a_parent else (), bits)
    return Audiences(yes, maybe, mask_of(NARROWING, bits), circles, perhaps_parent)


def ages_of_audiences(thresholds: Thresholds) -> dict[str, tuple[int, int]]:
    """Return from which age to which somebody is one of an audience; children are minors by law."""
    return {
        "elderly": (thresholds.elderly_age, 200),
        "children": (0, ADULT - 1),
        "youth": (YOUNGEST_YOUTH, thresholds.youth_age),
    }


def _by_themselves(need: Need, bits: dict[str, int], numbers: Thresholds) -> tuple[int, int]:
    """Return the audiences that a person is one of, and perhaps, whatever their needs are."""
    sure, open_ones = ["anyone"], []
    if need.limits.with_child:
        sure.append("parents")
    for code, (low, high) in ages_of_audiences(numbers).items():
        if need.age is None:
            open_ones.append(code)
        elif low <= need.age <= high:
            sure.append(code)
    for code, gender in (("women", "female"), ("men", "male")):
        if need.limits.gender == gender:
            sure.append(code)
        elif need.limits.gender is None or need.limits.gender == "other":
            open_ones.append(code)
    return mask_of(sure, bits), mask_of(open_ones, bits)
