"""What has been read of a schedule expression: hours for days, what limits them, closings."""

from dataclasses import dataclass, field
from typing import Literal

from resources.schedule_said import Hours, Move
from resources.schedule_words import Days, NotUnderstood, Word
from resources.schedules import Closed, Moves

Span = tuple[int, int]
"""From and to, in minutes from midnight; for hours that are half said, the widest they can be."""
CLOSING = ("days", "period", "dates", "undated")
"""Kinds of words that name days which may be closed."""
Policy = Literal["closed", "open", "ask"]


@dataclass
class Group:
    """Some days and their hours: 月・水 9:00~12:00、13:00~17:00."""

    days: list[Days]
    hours: list[Span]
    holidays: Policy | None = None
    move: Moves | None = None  # 第1月曜(祝日の場合は翌日): when it is held instead
    topic: bool = False  # 土曜は, 土曜のみ: may say what earlier days and hours didn't mean


@dataclass
class Limit:
    """What is said of hours that were already named.

    kind : until = 水曜は14:00まで, morning = 午前中のみ, except = 12:00~13:00は休み,
        within = 利用可能時間は…; without `days` it is said of all
    """

    kind: Literal["until", "morning", "except", "within"]
    days: list[Days]
    hours: list[Span]


@dataclass
class Reading:
    groups: list[Group] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    just_closed: list[int] = field(default_factory=list)
    holiday_notes: list[tuple[int | None, Policy]] = field(
        default_factory=list
    )  # behind which group; None = of all
    closings_between: list[tuple[int, Closed]] = field(default_factory=list)
    moved: list[Move] = field(default_factory=list)  # said of closing days that aren't named here
    stated: dict[Span, Hours | None] = field(default_factory=dict)  # None = as they stand
    named: list[Days] | None = None  # by 営業日, whose hours come group by group
    always: bool = False  # 年中無休

    # What stands open while reading
    days: list[Days] = field(default_factory=list)  # named, and not yet given hours
    pending: Policy | None = None  # said of holidays in brackets behind these days
    move: Moves | None = None  # said of these days
    topic: bool = False
    in_closed: bool = False  # behind 【休館日】
    labelled: bool = False  # 営業日 named days, and 営業時間 followed
    depth: int = 0
    part: Span | None = None  # 午後: in which the next hours must lie
    within: bool = False
    more_within: bool = False  # hours that follow those of 利用可能時間は are its own too
    after_hours: bool = False
    after_limit: bool = False
    between: bool = False  # closings stand between the last hours and here
    just_said: bool = False  # the word that says of days what was read ahead is still to come
    after_closing: bool = False  # 月曜休館 was said, and no hours since
    closed_depth: int = 0
    empty_label: bool = False  # 定休日: and nothing yet

    def state(self, word: Word) -> Span:
        """Take the hours of a word, whole or half said; one span can't be both in one expression.

        Raises `NotUnderstood`.
        """
        span: Span = word.value
        if self.stated.setdefault(span, word.hours) != word.hours:
            raise NotUnderstood(word.text)
        return span


def text_of(words: list[Word]) -> str:
    return "".join(w.text for w in words)


def said_of(rest: list[Word]) -> Word | None:
    """Return the word that says something of the run of days and periods that starts here.

    What stands in brackets behind the run is said of something else: 月~金(祝日休み) is open.
    """
    depth = 0
    left = False  # behind the bracket in which the run stands, only a word that says it counts
    for word in rest:
        if word.kind == "open_bracket":
            depth += 1
        elif word.kind == "close_bracket":
            depth -= 1
            left = left or depth < 0
        elif depth > 0:
            continue
        elif word.kind in ("is_closed", "is_open", "ask"):
            return word
        elif left or word.kind not in (*CLOSING, "mark", "move"):
            return None
    return None


def hours_follow(rest: list[Word], *, over_label: bool = True) -> bool:
    """Tell whether hours come next, after days and marks and, if wanted, 営業時間."""
    passed = {"days", "own_days", "mark", "topic", "part", "open_bracket", "close_bracket"}
    for i, word in enumerate(rest):
        if word.kind in ("hours", "until", "morning", "shut_hours"):
            return True
        if word.kind == "open_label" and over_label:
            continue
        if word.kind == "days" and over_label and _shut(rest[i:]):
            continue
        if word.kind not in passed and not (word.kind in ("is_closed", "ask", "is_open") and i):
            return False
    return False


def _shut(rest: list[Word]) -> bool:
    said = said_of(rest)
    return said is not None and said.kind == "is_closed"


def days_again(before: list[Days], days: Days) -> bool:
    """Tell whether a weekday is named twice: 月、月~金, 土日、第1土曜."""
    return any(
        d.every or days.every or (set(d.days) & set(days.days) and _same_weeks(d.nth, days.nth))
        for d in before
    )


def _same_weeks(some: tuple[int, ...], others: tuple[int, ...]) -> bool:
    return not some or not others or bool(set(some) & set(others))
