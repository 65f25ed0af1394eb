"""Reads a file of HSDS JSON into records: one object, an array, a page, or one object a line."""

import json
from pathlib import Path
from typing import Any

from resources.sources.tables import BadFile

NOT_JSON = object()
"""Stands for a line that is no JSON."""


def read_records(path: Path, *, max_bytes: int) -> list[tuple[int, Any]]:
    """Return (number from 1, record) of everything in a file; a number is a line's in ndjson.

    Raises `BadFile`.
    """
    if path.stat().st_size > max_bytes:
        most = max_bytes // 1_000_000
        raise BadFile(
            f"ファイルが {most} MB を超えています。分割してください。",
            f"The file is larger than {most} MB; split it.",
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(
            "文字コードが UTF-8 ではありません。UTF-8 の JSON にしてください。",
            "The file is not UTF-8; give JSON in UTF-8.",
        ) from None
    if not text.strip():
        raise BadFile("ファイルが空です。", "The file is empty.")
    whole = _parsed(text)
    if whole is NOT_JSON:
        return _lines(text)
    if isinstance(whole, dict) and isinstance(whole.get("contents"), list):
        whole = whole["contents"]
    records = whole if isinstance(whole, list) else [whole]
    return list(enumerate(records, start=1))


def _lines(text: str) -> list[tuple[int, Any]]:
    lines = text.split("\n")  # not splitlines: U+2028 may stand inside a JSON text
    found = [(n, _parsed(line)) for n, line in enumerate(lines, start=1) if line.strip()]
    if not any(isinstance(record, dict) for _, record in found):
        raise BadFile(
            "JSON ではありません。HSDS の JSON か、1 行 1 件の ndjson を指定してください。",
            "It is not JSON; give HSDS as JSON, or one object a line.",
        )
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return NOT_JSON


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON
