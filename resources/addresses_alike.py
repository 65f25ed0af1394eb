"""Whether two written addresses name one house: the town's words and the house's numbers apart."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from geodata.spelling import fold_name, tidy

_APART = re.compile(r"(?<=\d)[\s,、]+(?=\d)")
_COUNTERS = re.compile(r"(?<=\d)(?:丁目?|番地[のノ]?|番|号|[のノ](?=\d))")
_CHAIN = re.compile(r"^(?P<town>\D*)(?P<numbers>\d+(?:-+\d+)*)?")


@dataclass(frozen=True)
class AddressParts:
    """An address in its folded form.

    town : all that stands before the first number
    numbers : 三丁目1番2号 and 3-1-2 are ("3", "1", "2"); floors and rooms after them are left out
    """

    town: str
    numbers: tuple[str, ...]


def address_parts(address: str) -> AddressParts:
    """Take an address apart, however its numbers are written.

    Examples
    --------
    >>> address_parts("豊島区南大塚三丁目1番2号 3階").numbers
    ('3', '1', '2')
    """
    folded = fold_name(_APART.sub("|", tidy(address)))
    found = _CHAIN.match(_COUNTERS.sub("-", folded))
    assert found is not None, "every part of it may be empty"
    numbers = re.findall(r"\d+", found["numbers"] or "")
    return AddressParts(re.sub(r"[\W_]", "", found["town"]), tuple(n.lstrip("0") for n in numbers))


def addresses_alike(one: AddressParts, other: AddressParts) -> tuple[float, float]:
    """Return how alike two addresses are (0 … 100), and the weight of it as evidence.

    The same numbers in the same town weigh most; one of them may leave the prefecture and the city
    out. The same town alone says nothing; another town or another number speaks against.
    """
    same_town = one.town.endswith(other.town) or other.town.endswith(one.town)
    alike = fuzz.ratio(one.town, other.town)
    few = min(len(one.numbers), len(other.numbers))
    if one.numbers[:few] != other.numbers[:few]:
        return min(alike, 70.0), -2.0
    if same_town and not few:
        return 90.0, 0.0
    if same_town:
        return (100.0, 3.0) if one.numbers == other.numbers else (95.0, 1.5)
    if alike >= 90 and few and one.numbers == other.numbers:
        return alike, 1.0
    return min(alike, 70.0), -2.0
