"""Seven values side by side, one for each day of the week: -/9:00/9:00/…~-/17:00/17:00/…"""

import re

from resources.schedule_words import KANJI, NotUnderstood, clock, normal

_VALUE = r"(?:\d{1,2}:\d{2}|-)"
_SEVEN = re.compile(
    rf"(?P<start>{_VALUE}(?:/{_VALUE}){{6}})(?:~| )"
    rf"(?P<end>{_VALUE}(?:/{_VALUE}){{6}})(?: (?P<note>.*))?"
)
SUNDAY_FIRST = "日月火水木金土"
MONDAY_FIRST = "月火水木金土日"
_ENDS = re.compile(
    r"(?P<days>[月火水木金土日](?:曜日?)?(?:[、・][月火水木金土日](?:曜日?)?)*)は(?P<end>\d{1,2}:\d{2}まで|午前中のみ)"
)
_SHUT = re.compile(r"(?P<days>[月火水木金土日])(?:曜日?)?が祝(?:祭)?日の場合は翌日")


def parted_by_weekday(text: str) -> str:
    """Return seven pairs of hours as words for days; other text as it is.

    Which day comes first isn't written. It is known where it makes no difference, where just the
    first and the last are closed (a week from Sunday to Saturday), and where the words behind the
    columns say what only one order fits. Elsewhere `NotUnderstood` is raised.
    """
    match = _SEVEN.fullmatch(text)
    if match is None:
        return text
    hours = list(zip(match["start"].split("/"), match["end"].split("/"), strict=True))
    note = match["note"] or ""
    order = _order(hours, note)
    if order is None:
        raise NotUnderstood(text)
    return in_words(dict(zip(order, hours, strict=True)), note)


def in_words(hours: dict[str, tuple[str, str]], note: str) -> str:
    """Return the hours of each day of the week ("-" = closed) as words that can be read.

    Parameters
    ----------
    hours : 月 … 日 → start and end as H:MM
    note : what is said besides; where it says other hours of a day than that day's column,
        `NotUnderstood` is raised
    """
    flat = normal(note)
    runs: dict[tuple[str, str], str] = {}
    for day, pair in hours.items():
        if (pair[0] == "-") != (pair[1] == "-"):
            raise NotUnderstood("~".join(pair))
        if pair[0] != "-":
            runs[pair] = runs.get(pair, "") + day
    if not runs or not _fits(hours, flat):
        raise NotUnderstood(note)
    if _SHUT.match(flat) and len(runs) == 1:
        ((start, end),) = runs
        shut = "".join(day for day, (a, _) in hours.items() if a == "-")
        return f"{start}~{end} 休館日:{shut}。{flat}"
    said = "、".join(f"{days}{start}~{end}" for (start, end), days in runs.items())
    return f"{said} {flat}".strip()


def _order(hours: list[tuple[str, str]], note: str) -> str | None:
    shut = [a == "-" for a, _ in hours]
    if len(set(hours)) == 1:
        return SUNDAY_FIRST
    fitting = [
        o for o in (SUNDAY_FIRST, MONDAY_FIRST) if _fits(dict(zip(o, hours, strict=True)), note)
    ]
    if len(fitting) == 1:
        return fitting[0]
    weekend = shut == [True, False, False, False, False, False, True]
    return SUNDAY_FIRST if weekend and SUNDAY_FIRST in fitting else None


def _fits(hours: dict[str, tuple[str, str]], note: str) -> bool:
    """Tell whether what the note says of single days is what stands in their columns."""
    for match in _ENDS.finditer(note):
        for day in re.findall(r"[月火水木金土日](?!曜?日?が)", re.sub(r"曜日?", "", match["days"])):
            start, end = hours[day]
            if start == "-" or day not in KANJI:
                return False
            last = clock(end)[0]
            if match["end"] == "午前中のみ":
                if last > 720:
                    return False
            elif clock(match["end"].removesuffix("まで"))[0] != last:
                return False
    return all(hours[m["days"]][0] == "-" for m in _SHUT.finditer(note))
