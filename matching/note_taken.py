"""Days that a note says are taken, and what that leaves of the hours in which somebody can come."""

from dataclasses import dataclass, field, replace

from matching.note_proposals import Proposal
from resources.days import DAYS

Hours = tuple[str, str]


@dataclass
class Taken:
    """What is taken: `days` by anything at all, `excepted` so that nobody can come then.

    excepted : a day and the hours of it
    """

    days: set[str] = field(default_factory=set)
    excepted: list[tuple[str, Hours]] = field(default_factory=list)

    def add(self, days: tuple[str, ...], hours: Hours | None, *, lasting: object) -> None:
        self.days |= set(days)
        if lasting and hours is not None:
            self.excepted += [(day, hours) for day in days]

    def other_days(self) -> tuple[str, ...]:
        """Return the days that 「他の日」 speaks of; none where nothing tells which."""
        return tuple(day for day in DAYS if day not in self.days) if self.days else ()

    def without(self, found: list[Proposal]) -> list[Proposal]:
        """Return the proposals without the hours that are excepted: 「平日は可、水曜を除く」."""
        kept = []
        for proposal in found:
            if proposal.field != "windows" or not self.excepted:
                kept.append(proposal)
                continue
            left = [w for window in proposal.value for w in self._left_of(window)]
            if left:
                kept.append(replace(proposal, value=left))
        return kept

    def _left_of(self, window: dict[str, str]) -> list[dict[str, str]]:
        left = [(window["from"], window["to"])]
        for day, (start, end) in self.excepted:
            if day == window["day"]:
                left = [
                    part
                    for a, b in left
                    for part in ((a, min(b, start)), (max(a, end), b))
                    if part[0] < part[1]
                ]
        return [{"day": window["day"], "from": a, "to": b} for a, b in left]
