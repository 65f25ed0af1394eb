"""Values side by side, one for each day of the week: -/9:00/…~-/17:00/…, or under their heads."""

import re

from resources.schedule_lexicon import words_of
from resources.schedule_words import KANJI, NotUnderstood, clock, normal

_VALUE = r"(?:\d{1,2}:\d{2}|-)"
_SEVEN = re.compile(
    rf"(?P<start>{_VALUE}(?:/{_VALUE}){{6}})(?:~| )"
    rf"(?P<end>{_VALUE}(?:/{_VALUE}){{6}})(?: (?P<note>.*))?"
)
_STARTS = re.compile(rf"{_VALUE}(?:/{_VALUE}){{6}}")
_CELL = r"(?:\d{1,2}:\d{2})?"
_HEADED = re.compile(
    r"(?P<heads>[^\d/~ ]{1,6}(?:/[^\d/~ ]{1,6}){1,4}) "
    rf"(?P<start>{_CELL}(?:/{_CELL}){{1,4}})~(?P<end>{_CELL}(?:/{_CELL}){{1,4}})(?: (?P<note>.*))?"
)
SUNDAY_FIRST = "日月火水木金土"
MONDAY_FIRST = "月火水木金土日"
_ENDS = re.compile(
    r"(?P<days>[月火水木金土日](?:曜日?)?(?:[、・][月火水木金土日](?:曜日?)?)*)は(?P<end>\d{1,2}:\d{2}まで|午前中のみ)"
)
_DAYS = r"(?:[月火水木金土日](?:曜日?)?[、・]?)+"
_CLOSED = re.compile(
    rf"(?:休業日|定休日|休館日|休所日)[:は]?\s*(?P<named>{_DAYS})(?=$|[ 。;])"
    rf"|(?:^|(?<=[ 、。;]))(?P<said>{_DAYS})(?:は?休み|は?休館|は?定休)(?=$|[ 。;])"
)
_SHUT = re.compile(r"(?P<days>[月火水木金土日])(?:曜日?)?が祝(?:祭)?日の場合は翌日")


def parted_by_weekday(text: str, order: str | None = None) -> str:
    """Return seven pairs of hours, or hours under heads, as words for days; other text as it is.

    order : the days of the seven values, where it is known from elsewhere

    Which day comes first isn't written. It is known where it makes no difference, where just the
    first and the last are closed (a week from Sunday to Saturday), and where the words behind the
    columns say what only one order fits. Elsewhere `NotUnderstood` is raised.
    """
    if headed := _HEADED.fullmatch(text):
        return _under_heads(headed)
    if _STARTS.fullmatch(text):
        return _starts_alone(text, order)
    match = _SEVEN.fullmatch(text)
    if match is None:
        return text
    hours, note = _pairs(match)
    known = order or _order(hours, note)
    if known is None:
        raise NotUnderstood(text)
    return in_words(dict(zip(known, hours, strict=True)), note)


def values_for_weekdays(start: str) -> bool:
    """Tell whether a cell holds a value for each day of the week."""
    return _STARTS.fullmatch(normal(start)) is not None


def order_of(text: str) -> str | None:
    """Return the order of the days of seven values, where the words behind them leave but one.

    A table has one order for all of its rows: what one row tells holds for those beside it.
    """
    match = _SEVEN.fullmatch(normal(text))
    if match is None:
        return None
    hours, note = _pairs(match)
    fitting = _fitting(hours, note)
    return fitting[0] if len(fitting) == 1 and len(set(hours)) > 1 else None


def _pairs(match: re.Match[str]) -> tuple[list[tuple[str, str]], str]:
    hours = list(zip(match["start"].split("/"), match["end"].split("/"), strict=True))
    return hours, match["note"] or ""


def _under_heads(match: re.Match[str]) -> str:
    """平日/土/学校休日 14:00//9:00~18:00//16:00: each head has its hours, or none are said."""
    heads, starts, ends = (match[k].split("/") for k in ("heads", "start", "end"))
    if not len(heads) == len(starts) == len(ends):
        raise NotUnderstood(match[0])
    if any(bool(start) != bool(end) for start, end in zip(starts, ends, strict=True)):
        raise NotUnderstood(match[0])
    for head in heads:
        if [word.kind for word in words_of(head)] != ["days"]:
            raise NotUnderstood(head)
    said = [f"{h}{a}~{b}" for h, a, b in zip(heads, starts, ends, strict=True) if a]
    return f"{'、'.join(said)} {match['note'] or ''}".strip()


def _starts_alone(text: str, order: str | None) -> str:
    """Return seven values without any that say until when; all days must begin alike."""
    values = text.split("/")
    known = order or _order([(v, v) for v in values], "")
    begin = {v for v in values if v != "-"}
    if known is None or len(begin) != 1:
        raise NotUnderstood(text)
    days = "".join(day for day, v in zip(known, values, strict=True) if v != "-")
    return f"{days}{begin.pop()}~"


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
    fitting = _fitting(hours, note)
    if len(fitting) == 1:
        return fitting[0]
    weekend = shut == [True, False, False, False, False, False, True]
    return SUNDAY_FIRST if weekend and SUNDAY_FIRST in fitting else None


def _fitting(hours: list[tuple[str, str]], note: str) -> list[str]:
    """Return the orders of days of which the note says nothing that their columns deny."""
    return [
        o for o in (SUNDAY_FIRST, MONDAY_FIRST) if _fits(dict(zip(o, hours, strict=True)), note)
    ]


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
    shut = [match["days"] for match in _SHUT.finditer(note)]
    for match in _CLOSED.finditer(note):
        shut += re.findall("[月火水木金土日]", re.sub("曜日?", "", match["named"] or match["said"]))
    return all(hours[day][0] == "-" for day in shut)
