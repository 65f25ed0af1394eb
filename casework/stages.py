"""From which stage a placement, a hand-off or a case may go to which: tables, and one function."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Stage:
    """A stage: where it may lead, and within how many days the next step is due.

    within_days : None where nothing more is awaited
    """

    to: tuple[str, ...]
    within_days: int | None = None


Table = Mapping[str, Stage]

PLACEMENT: Table = MappingProxyType(
    {
        # 打診した: the host has been asked
        "asked": Stage(("visit", "trial", "joined", "declined"), 7),
        # 見学
        "visit": Stage(("trial", "joined", "declined"), 14),
        # 体験
        "trial": Stage(("joined", "declined"), 30),
        # 利用開始
        "joined": Stage(("settled", "ended"), 90),
        # 定着
        "settled": Stage(("ended",)),
        "declined": Stage(()),
        "ended": Stage(()),
    }
)

HAND_OFF: Table = MappingProxyType(
    {
        "asked": Stage(("accepted", "returned"), 7),
        "accepted": Stage(("done",), 30),
        # The receiver is through with it, or can't take it: the sender must hear of it.
        "returned": Stage(("heard",), 7),
        "done": Stage(("heard",), 7),
        "heard": Stage(()),
    }
)

CASE: Table = MappingProxyType(
    {
        "reception": Stage(("assessment", "closed")),
        "assessment": Stage(("plan", "closed")),
        "plan": Stage(("support", "assessment", "closed")),
        "support": Stage(("plan", "closed")),
        "closed": Stage(("assessment",)),
    }
)


class NoSuchStep(ValueError):
    """A step that doesn't lead from where something stands."""

    def __init__(self, origin: str, target: str) -> None:
        self.origin = origin
        self.target = target
        super().__init__("that step doesn't lead from here")


def step(table: Table, origin: str, target: str) -> Stage:
    """Return the stage that a step leads to; raise `NoSuchStep` for one that isn't in the table."""
    if origin not in table or target not in table[origin].to:
        raise NoSuchStep(origin, target)
    return table[target]
