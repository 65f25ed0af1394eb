"""Priority schemes: named sets of weights for the criteria, several side by side."""

from dataclasses import dataclass, field

UNIT = 10_000
"""Contributions are kept in ten-thousandths, so that what is shown adds up to the last digit."""


@dataclass(frozen=True)
class Scheme:
    """A named set of weights. Only their proportion counts."""

    code: str
    ja: str
    en: str
    weights: dict[str, float] = field(default_factory=dict)
    minimum_score: float = 0.25
    per_host: int = 2
    per_kind: int = 4


SCHEMES: dict[str, Scheme] = {
    s.code: s
    for s in (
        Scheme(
            "standard",
            "標準",
            "Standard",
            {
                "needs": 36, "wishes": 16, "nearness": 12, "time": 7, "atmosphere": 12, "step": 8,
                "first_contact": 4, "cost": 5, "freshness": 3, "host": 2,
            },
        ),
        Scheme(
            "near_first",
            "近さを優先",
            "Near first",
            {
                "needs": 24, "wishes": 12, "nearness": 30, "time": 10, "atmosphere": 8, "step": 6,
                "first_contact": 3, "cost": 4, "freshness": 3, "host": 2,
            },
        ),
        Scheme(
            "gentle",
            "はじめの一歩を優先",
            "Gentle first step",
            {
                "needs": 26, "wishes": 12, "nearness": 8, "time": 5, "atmosphere": 20, "step": 14,
                "first_contact": 12, "cost": 3, "freshness": 3, "host": 2,
            },
        ),
    )
}  # fmt: skip


class UnknownScheme(LookupError):
    """No priority scheme of that name."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no such scheme; there are: {', '.join(SCHEMES)}")


def scheme_of(code: str) -> Scheme:
    """Return the scheme; raise `UnknownScheme`."""
    try:
        return SCHEMES[code]
    except KeyError:
        raise UnknownScheme(code) from None
