"""What the fields of a need may hold: as the contract has it, and nothing that only looks so."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints

from resources.vocabulary import MOST_TERMS, RUNGS


def _no_other_kind(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("a number is wanted")
    return value


A_NUMBER = BeforeValidator(_no_other_kind)
Number = Annotated[float, Field(allow_inf_nan=False), A_NUMBER]
Flag = Annotated[bool, Strict()]
"""Neither "yes" nor 1, for what is said of safety must be said as the contract has it."""


def _no_number(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError("true, false or only is wanted")
    return value


FromHome = Annotated[Literal[True, False, "only"], BeforeValidator(_no_number)]
"""Would rather join from home, wouldn't, or can't go anywhere."""

Weight = Annotated[int, Field(ge=1, le=3), A_NUMBER]
Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([01]?\d|2[0-3]):[0-5]\d(:00)?$|^24:00(:00)?$"),
    AfterValidator(lambda said: said[:-3].zfill(5) if said.count(":") > 1 else said.zfill(5)),
]
"""HH:MM; an hour of one digit and seconds of zero may be said and aren't kept."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""From when to when may be asked: years in which a calendar can go on for some weeks."""


def _a_day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("a day is wanted, YYYY-MM-DD")


Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_a_day)]
"""Never a number of seconds: 0 for "never" would be a day long past."""

MOST_METRES, MOST_MINUTES = 100_000, 600
"""How far a question may reach where it says so; one that doesn't reaches everywhere."""

MOST_WINDOWS = 50
MOST_CODES = MOST_TERMS["activity"]
"""Of one closed list, in one field; no list has more."""

MOST_NAMED, MOST_AREAS = 500, 100
"""Hosts and places named one by one; areas, each of which is looked for in every row."""

Minutes = Annotated[float, Field(gt=0, le=MOST_MINUTES, allow_inf_nan=False), A_NUMBER]
Speed = Annotated[float, Field(ge=0.1, le=5, allow_inf_nan=False), A_NUMBER]
Rung = Annotated[int, Field(ge=0, le=RUNGS - 1), A_NUMBER]
Accuracy = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False), A_NUMBER]
Metres = Annotated[float, Field(gt=0, le=MOST_METRES, allow_inf_nan=False), A_NUMBER]
Codes = Annotated[tuple[str, ...], Field(max_length=MOST_CODES)]
