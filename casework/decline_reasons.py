"""Why a placement came to nothing, and what follows from each reason: a closed list."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Reason:
    """A reason, whose it was, and what follows.

    whose : `person` or `host`
    ask_again_days : when the place may be proposed again; None: for this person never
    fix_record : the entry in the catalogue is to be looked at
    all_of_host : it holds for every place of the same host
    """

    whose: str
    ask_again_days: int | None = None
    fix_record: bool = False
    all_of_host: bool = False


REASONS = MappingProxyType(
    {
        "not_ready": Reason("person", 60),
        "too_far": Reason("person"),
        "times": Reason("person", 90),
        "atmosphere": Reason("person"),
        "health": Reason("person", 60),
        "other_found": Reason("person", 180),
        "not_this_host": Reason("person", None, all_of_host=True),
        "full": Reason("host", 60),
        "conditions": Reason("host", None, True),
        "resting": Reason("host", 60, all_of_host=True),
        "refused": Reason("host", None, all_of_host=True),
        "no_answer": Reason("host", 30, True),
        "closed_down": Reason("host", None, True),
    }
)


class BadReason(ValueError):
    """A decline or an end without one of the reasons of the list."""

    def __init__(self) -> None:
        super().__init__("choose one of the reasons")
