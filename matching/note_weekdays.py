"""Days of the week as a note names them: 平日, 土日, 月水金, 火・木, 月〜金."""

import re

from resources.days import DAYS

WHOLE_DAY = ("09:00", "21:00")
"""The hours of a day of which none are said."""

_WEEKDAYS = "月火水木金土日"
_GROUPS = {"平日": DAYS[:5], "土日": DAYS[5:], "週末": DAYS[5:], "毎日": DAYS}

_DAY = (
    "(?!(?<=[ぁ-ん])日(?!曜))"  # 「他の日」, 「仕事がない日」: any day, and no Sunday
    "(?!土木(?!曜)|水木(?:しげる|さん)|月日|[月日]に?\\d|[月日](?:本|中|々|常|替|末|初|額|給|収))"
    f"[{_WEEKDAYS}](?:曜日?)?"
)
_JOINED = rf"(?:\s*[~〜–—−-]\s*|から(?=[{_WEEKDAYS}])|(?:[・,、と/]|か(?!ら))?)"
_RUN = rf"(?<![\d一-龥])(?:毎週)?{_DAY}(?:{_JOINED}{_DAY})*"
_ONE = f"平日|土日祝?日?|週末|毎日|{_RUN}"
DAYS_SAID = rf"(?:{_ONE})(?:(?:[・,、と/]|か(?!ら))(?:{_ONE}))*"
"""A pattern of one day or several."""

BARE_DAY = re.compile(f"[{_WEEKDAYS}]")
"""One letter alone, which is a day beside hours and else a month, gold, a tree: 「月に一度」."""

_RANGE = re.compile(rf"([{_WEEKDAYS}])(?:曜日?)?\s*(?:[~〜–—−-]|から)\s*([{_WEEKDAYS}])(?:曜日?)?")


def days_of(words: str | None) -> tuple[str, ...]:
    """Return the days that are named, in the order of the week; all where none is."""
    if not words:
        return DAYS
    named: set[str] = set()
    for group, days in _GROUPS.items():
        if group in words:
            named |= set(days)
            words = words.replace(group, "")
    for first, last in _RANGE.findall(words):
        named |= set(_from_to(_WEEKDAYS.index(first), _WEEKDAYS.index(last)))
    letters = re.sub("曜日?|祝日?|毎週", "", words)
    named |= {DAYS[i] for i, letter in enumerate(_WEEKDAYS) if letter in letters}
    return tuple(day for day in DAYS if day in named)


def _from_to(first: int, last: int) -> tuple[str, ...]:
    """Return the days of a range, which may go past Sunday: 「金〜月」."""
    return DAYS[first : last + 1] if first <= last else (*DAYS[first:], *DAYS[: last + 1])
