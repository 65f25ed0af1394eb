"""What a process says on standard error: one line for each thing, in fields that programs read.

    time=2026-11-26T09:14:02+09:00 level=info logger=ibasho.jobs event=job_done id=… kind=… ms=41

Our own lines are a word for what happened and fields (`fields`). What another library says stands
in one field, `said`, on one line. Of an error only its kind and where in the code it happened are
written: its message may hold what it was about, and that may be a person.
"""

import json
import logging
import re
import sys
import traceback
from datetime import datetime
from types import TracebackType
from typing import Any

from resources.clock import JAPAN

LONGEST = 2000
"""Characters of a field; what is cut off ends in an ellipsis."""

_PLAIN = re.compile(r"[^\s\"=\\]+")
_EVENT = re.compile(r"[a-z_]+(?: [a-z_]+=(?:[^\s\"=]+|\"(?:[^\"\\]|\\.)*\"))*")


def value(told: Any) -> str:
    """Return a value as it stands in a line: as it is, or in quotation marks as JSON has them."""
    text = str(told)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)


def fields(event: str, **told: Any) -> str:
    """Return a line of our own: a word for what happened, and its fields."""
    return " ".join([event, *(f"{name}={value(v)}" for name, v in told.items())])


def where(trace: TracebackType | None) -> str:
    """Return where in the code an error happened, the innermost place first."""
    frames = traceback.extract_tb(trace)
    return " < ".join(f"{f.name} ({f.filename}:{f.lineno})" for f in frames[::-1])


class Fields(logging.Formatter):
    """Writes every record as one line of fields."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, JAPAN).isoformat(timespec="seconds")
        line = f"time={at} level={record.levelname.lower()} logger={value(record.name)} "
        line += _said(record)
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line += f" error={kind.__name__} where={value(where(trace))}"
        return line


def _said(record: logging.LogRecord) -> str:
    # Celery's words on a task that failed hold the whole error; its facts tell what it was.
    facts = getattr(record, "data", None)
    if record.name == "celery.app.trace" and isinstance(facts, dict):
        kind = re.match(r"\w*", str(facts.get("exc", "")))
        error = kind.group() if kind else ""
        return fields("event=task_failed", id=facts.get("id"), error=error)
    said = record.getMessage()
    if record.name.partition(".")[0] == "ibasho" and _EVENT.fullmatch(said):
        return f"event={said}"
    return f"said={value(said)}"


def log_to_stderr(level: str) -> None:
    """Write this process's log to standard error: what is ours from a level up, warnings of all."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Fields())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(True)
    logging.getLogger("ibasho").setLevel(level.upper())
