"""The words of closed lists that the program itself uses: none may be replaced by another."""

from functools import cache

from resources.sources.headers import layouts
from resources.vocabulary import default_vocabulary


@cache
def needed_codes(axis: str) -> frozenset[str]:
    """Return the codes that the program itself uses: these can't be replaced by another.

    Kinds that the reading of open data assigns, and those for which a law asks something; audiences
    of the beginning, of which some follow from age or gender; and what rules conclude from.
    """
    if axis == "kind":
        by_law = (t.code for t in default_vocabulary().terms("kind") if t.facts.get("requires"))
        return frozenset([*(entry["kind"] for entry in layouts()["named"]), *by_law])
    if axis == "audience":
        return frozenset(default_vocabulary().codes("audience"))
    return frozenset(RECKONED.get(axis, ()))


RECKONED = {
    "need": ("addiction", "bullying", "frailty", "illness", "injury", "truancy", "young_carer"),
    "activity": (
        "cleaning", "delivery", "kitchen_work", "light_work", "office_work", "shop_work",
    ),
    "requirement": ("handbook", "recipient_certificate"),
    "language": ("easy_ja", "ja", "jsl"),
}  # fmt: skip
"""Words of the rules that keep people safe or follow from a law (alcohol, heavy work, who is a
minor, who has a disability, what a kind asks for), and of Japanese; a test holds both alike."""
