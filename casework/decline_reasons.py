"""Why a placement came to nothing, and what follows from each reason: a closed list."""

from dataclasses import dataclass
from types import MappingProxyType

from matching.schemes import Thresholds


@dataclass(frozen=True)
class Reason:
    """A reason, whose it was, and what follows.

    whose : `person` or `host`
    again : the threshold that says after how many days the place may be proposed again; None: for
        this person never
    fix_record : the entry in the catalogue is to be looked at
    all_of_host : it holds for every place of the same host
    """

    whose: str
    again: str | None = None
    fix_record: bool = False
    all_of_host: bool = False

    def ask_again_days(self, numbers: Thresholds) -> int | None:
        """Return after how many days the place may be proposed again; None: never."""
        return None if self.again is None else int(getattr(numbers, self.again))


REASONS = MappingProxyType(
    {
        "not_ready": Reason("person", "again_not_ready_days"),
        "too_far": Reason("person"),
        "times": Reason("person", "again_times_days"),
        "atmosphere": Reason("person"),
        "health": Reason("person", "again_health_days"),
        "other_found": Reason("person", "again_other_found_days"),
        "not_this_host": Reason("person", None, all_of_host=True),
        "full": Reason("host", "again_full_days"),
        "conditions": Reason("host", None, True),
        "resting": Reason("host", "again_resting_days", all_of_host=True),
        "refused": Reason("host", None, all_of_host=True),
        "no_answer": Reason("host", "again_no_answer_days", True),
        "closed_down": Reason("host", None, True),
    }
)


class BadReason(ValueError):
    """A decline or an end without one of the reasons of the list."""

    def __init__(self) -> None:
        super().__init__("choose one of the reasons")
