"""Reads a file of HSDS JSON into records: one object, an array, a page, or one object a line.

What no JSON may hold (NaN, infinity, numbers beyond 64 bit, halves of surrogate pairs) spoils the
record in which it stands, and no other.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.sources.rows import BadFile

_HALF = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\r\n]*")
BIGGEST = 2**63
SHOWN = 60
"""How much of the way to a value a sentence names."""


@dataclass(frozen=True)
class NotJson:
    """Stands for a record that is no JSON: one sentence in both languages."""

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


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=_constant)


def read_records(path: Path, *, max_bytes: int) -> list[tuple[int, Any]]:
    """Return (number from 1, record) of everything in a file; a number is a line's in ndjson.

    A record that is no JSON is a `NotJson`. Raises `BadFile`.
    """
    if path.stat().st_size > max_bytes:
        most = max_bytes // 1_000_000
        raise BadFile(
            f"ファイルが {most} MB を超えています。分割してください。",
            f"The file is larger than {most} MB; split it.",
        )
    text = _text(path.read_bytes())
    if not text.strip():
        raise BadFile("ファイルが空です。", "The file is empty.")
    if text.lstrip()[0] == "[":
        records = list(_array(text))
    else:
        whole = _parsed(text)
        if isinstance(whole, NotJson):
            return _lines(text)
        contents = whole.get("contents") if isinstance(whole, dict) else None
        records = contents if isinstance(contents, list) else [whole]
    return [(number, _checked(record)) for number, record in enumerate(records, start=1)]


def _text(content: bytes) -> str:
    """Return the text of a file; halves of surrogate pairs stay, to be told with their record."""
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(
            f"{line} 行目に UTF-8 ではない文字があります。UTF-8 の JSON にしてください。",
            f"Line {line} is not UTF-8; give JSON in UTF-8.",
        ) from None


def _array(text: str) -> Iterator[Any]:
    """Give the records of an array one by one, so that what breaks it off can be named."""
    at = text.index("[") + 1
    number = 0
    while True:
        at = _past_blank(text, at)
        if not number and text[at : at + 1] == "]":
            break
        number += 1
        try:
            record, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise _broken(number, error.lineno) from None
        except RecursionError:
            raise _too_deep(number) from None
        yield record
        at = _past_blank(text, at)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise _broken(number, text.count("\n", 0, at) + 1)
        at += 1
    if _past_blank(text, at + 1) < len(text):
        raise _broken(number + 1, text.count("\n", 0, at) + 1)


def _past_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _broken(number: int, line: int) -> BadFile:
    return BadFile(
        f"{number} 件目（{line} 行目）を JSON として読めません。直してください。",
        f"Record {number} (line {line}) can't be read as JSON; correct it and import again.",
    )


def _too_deep(number: int) -> BadFile:
    return BadFile(
        f"{number} 件目の入れ子が深すぎます。直してからもう一度読み込んでください。",
        f"Record {number} is nested too deeply; correct it and import again.",
    )


def _lines(text: str) -> list[tuple[int, Any]]:
    lines = text.split("\n")  # not splitlines: U+2028 may stand inside a JSON text
    found = [(n, _checked(_parsed(line))) for n, line in enumerate(lines, start=1) if line.strip()]
    if not any(isinstance(record, dict) for _, record in found):
        raise BadFile(
            "JSON ではありません。HSDS の JSON か、1 行 1 件の ndjson を指定してください。",
            "It is not JSON; give HSDS as JSON, or one object a line.",
        )
    return found


def _parsed(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return NotJson()


def _checked(record: Any) -> Any:
    """Return a record, or what to say of it where something in it is no JSON."""
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
        if isinstance(value, str) and _HALF.search(value):
            return NotJson(
                f"{named} に壊れた文字（サロゲートの片方）があります。直してください。",
                f"{path or 'A value'} holds half of a surrogate pair; correct it.",
            )
        if isinstance(value, dict):
            waiting += [(path, key) for key in value]
            waiting += [(_within(path, key), v) for key, v in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{n}]"[:SHOWN], v) for n, v in enumerate(value)]
    return record


def _within(path: str, key: str) -> str:
    return f"{path}.{_HALF.sub('?', key)}".lstrip(".")[:SHOWN]
