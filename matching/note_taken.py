"""Days that a note says are taken, and what that leaves of the hours in which somebody can come."""

from dataclasses import dataclass, field, replace

from matching.note_proposals import Proposal
from matching.note_weekdays import WHOLE_DAY
from resources.days import DAYS

Hours = tuple[str, str]
_AFTER_WORK = "17:00"
_EVENING = "21:00"


@dataclass
class Taken:
    """What is taken: `days` by anything at all, `excepted` so that nobody can come then.

    excepted : a day and the hours of it
    busy : days on which somebody is elsewhere, it isn't said until when
    """

    days: set[str] = field(default_factory=set)
    excepted: list[tuple[str, Hours]] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)

    def add(self, days: tuple[str, ...], hours: Hours | None, *, lasting: object) -> None:
        self.days |= set(days)
        if lasting and hours is not None:
            self.excepted += [(day, hours) for day in days]

    def add_busy(self, days: tuple[str, ...], hours: Hours | None) -> None:
        if hours is None:
            self.busy |= set(days)
        else:
            self.excepted += [(day, hours) for day in days]

    def other_days(self) -> tuple[str, ...]:
        """Return the days that 「他の日」 speaks of; none where nothing tells which."""
        return tuple(day for day in DAYS if day not in self.days) if self.days else ()

    def without(self, found: list[Proposal]) -> list[Proposal]:
        """Return the proposals without the hours that are excepted: 「平日は可、水曜を除く」."""
        kept = []
        for proposal in found:
            if proposal.field != "windows" or not (self.excepted or self.busy):
                kept.append(proposal)
                continue
            free = self._not_busy(proposal.value)
            left = [w for window in free for w in self._left_of(window)]
            if left:
                kept.append(replace(proposal, value=left))
        return kept

    def _not_busy(self, windows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return windows without those on days that are taken: 「平日の午後なら。木曜は仕事」.

        All are left where they are in the evening, when work is over, or name no other day.
        """
        days = {window["day"] for window in windows}
        evenings = len(days) == len(DAYS) and all(w["to"] >= _EVENING for w in windows)
        if evenings or days <= self.busy:
            return windows
        return [w for w in windows if w["day"] not in self.busy or w["from"] >= _AFTER_WORK]

    def _left_of(self, window: dict[str, str]) -> list[dict[str, str]]:
        left = [(window["from"], window["to"])]
        for day, hours in self.excepted:
            # Who can't come on a day can't in its night either.
            start, end = ("00:00", "24:00") if hours == WHOLE_DAY else hours
            if day == window["day"]:
                left = [
                    part
                    for a, b in left
                    for part in ((a, min(b, start)), (max(a, end), b))
                    if part[0] < part[1]
                ]
        return [{"day": window["day"], "from": a, "to": b} for a, b in left]
