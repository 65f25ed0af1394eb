"""Days as municipal files write them: 2026-11-30, 2026/11/30, 令和8年11月30日, R8.11.30 …"""

import re
import unicodedata
from datetime import date

# The year before the first of each era.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_DAY = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])?\.?\s*(?P<year>元|\d{1,4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]"
    r"\s*(?P<day>\d{1,2})\s*日?(?:\s*[(（].[)）])?(?:\s+0{1,2}:00(?::00)?)?",
    re.IGNORECASE,
)


def day_of(text: str) -> date | None:
    """Return the day that a cell says; None where it says none, or not surely.

    Examples
    --------
    >>> day_of("令和８年１１月３０日").isoformat()
    '2026-11-30'
    """
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    era = found["era"].upper() if found["era"] else None
    if era is None and (found["year"] == "元" or len(found["year"]) != 4):
        return None  # 8/11/30 may be anything
    year = 1 if found["year"] == "元" else int(found["year"])
    try:
        return date(year + (_ERAS[era] if era else 0), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
