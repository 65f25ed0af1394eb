"""JSON as every database can hold it: what it may not hold is named by the way to it."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

HALF = re.compile("[\ud800-\udfff]")
BIGGEST = 2**63
SHOWN = 60
"""How much of the way to a value a sentence names."""


@dataclass(frozen=True)
class NotJson:
    """Stands for a text that is no JSON, or holds what none may: one sentence with the remedy."""

    ja: str = "JSON ではありません。"
    en: str = "It is not JSON."


class _NoNumber:
    """Stands where a number is none that can be used."""


_NO_NUMBER = _NoNumber()


def _whole(digits: str) -> Any:
    number = int(digits) if len(digits) < 25 else BIGGEST
    return number if -BIGGEST <= number < BIGGEST else _NO_NUMBER


def _fraction(digits: str) -> Any:
    number = float(digits)
    return number if math.isfinite(number) else _NO_NUMBER


def _constant(_name: str) -> Any:
    return _NO_NUMBER


DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=_constant)


def parsed(text: str) -> Any:
    """Return the value of a text, with marks where a number is none; `NotJson` for no JSON."""
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return NotJson()


class _SaidTwice(ValueError):
    """A key that one object holds twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _SaidTwice(key)
        found[key] = value
    return found


_ONCE = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_constant, object_pairs_hook=_once
)


def parsed_once(text: str) -> Any:
    """Return the value of a text as `parsed` does; `NotJson` too where a key stands twice."""
    try:
        return _ONCE.decode(text)
    except _SaidTwice as error:
        key = HALF.sub("?", str(error))[:SHOWN]
        return NotJson(
            f"{key} が二度書かれています。一度だけにしてください。",
            f"It says {key} twice; say it once.",
        )
    except (ValueError, RecursionError):
        return NotJson()


def checked(record: Any) -> Any:
    """Return a value that `DECODER` gave, or the `NotJson` that says what in it can't be."""
    waiting = [("", record)]
    while waiting:
        path, value = waiting.pop()
        named = path or "値"
        if value is _NO_NUMBER:
            return NotJson(
                f"{named} が使えない数です（NaN、無限大、大きすぎる数）。直してください。",
                f"{path or 'A value'} is no number that can be used (NaN, infinite, too large);"
                " correct it.",
            )
        if isinstance(value, str) and HALF.search(value):
            return NotJson(
                f"{named} に壊れた文字（UTF-8 でないものなど）があります。直してください。",
                f"{path or 'A value'} holds a broken sign (no UTF-8, half a pair); correct it.",
            )
        if isinstance(value, dict):
            waiting += [(path, key) for key in value]
            waiting += [(_within(path, key), v) for key, v in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{n}]"[:SHOWN], v) for n, v in enumerate(value)]
    return record


def _within(path: str, key: str) -> str:
    return f"{path}.{HALF.sub('?', key)}".lstrip(".")[:SHOWN]
