"""Days that are left out of others named beside them: 「平日（水曜以外）」, 「水曜以外の平日」."""

import re

from matching.note_parts_of_day import PART_SAID
from matching.note_weekdays import DAYS_SAID, days_of

_BUT = r"(?:以外|(?:は|を)?除[くい]て?)"
_BEHIND = re.compile(
    rf"(?<=[曜日末祝月火水木金土前後方昼夜中])(?P<words>(?:\(|、)(?P<days>{DAYS_SAID}){_BUT}\)?)"
)
_AHEAD = re.compile(rf"(?P<words>(?P<days>{DAYS_SAID}){_BUT}(?:の|、))(?=平日|土日|週末|毎日)")
_DAYS_AHEAD = re.compile(rf"(?:{DAYS_SAID})(?:の?(?:{PART_SAID})(?:中|間)?)?$")


def without_days_left_out(part: str) -> tuple[str, tuple[str, ...]]:
    """Return a sentence with blanks where it leaves days out of others, and these days.

    Every letter stays where it stood.

    Examples
    --------
    >>> without_days_left_out("水曜以外の平日なら")
    ('      平日なら', ('wed',))
    """
    out: list[str] = []
    for pattern, after_days in ((_AHEAD, False), (_BEHIND, True)):
        for found in list(pattern.finditer(part)):
            start, end = found.span("words")
            if after_days and not _DAYS_AHEAD.search(part[:start]):
                continue
            out += days_of(found["days"])
            part = part[:start] + " " * (end - start) + part[end:]
    return part, tuple(out)
