"""What stands on standard error: one line of fields for each thing, and nothing about a person."""

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_read import read_back

from jobs.log_lines import LONGEST, Fields, fields, value

CANARY = "甲野さん"


def line_of(name: str, level: int, said: str, *args: object, **more: object) -> str:
    record = logging.LogRecord(name, level, "f.py", 1, said, args, None)
    record.__dict__.update(more)
    return Fields().format(record)


def failure() -> tuple[object, ...]:
    try:
        raise ValueError(CANARY)
    except ValueError:
        return sys.exc_info()


@given(st.text(), st.text())
def test_any_value_is_read_back_from_one_line(first: str, second: str) -> None:
    line = line_of("ibasho.jobs", logging.INFO, "%s", fields("job_done", a=first, b=second))
    assert len(line.splitlines()) == 1
    told = read_back(line)
    assert (told["event"], told["a"], told["b"]) == ("job_done", first, second)


@pytest.mark.parametrize("logger", ["celery.worker", "uvicorn.error", "sqlalchemy.pool"])
def test_what_a_library_says_is_one_field(logger: str) -> None:
    line = line_of(logger, logging.WARNING, "Cannot connect to %s.\nTrying again", "redis://h=1")
    told = read_back(line)
    assert told["logger"] == logger
    assert told["level"] == "warning"
    assert told["said"] == "Cannot connect to redis://h=1.\nTrying again"


@pytest.mark.parametrize("logger", ["ibasho.jobs", "uvicorn.error", "celery.worker"])
def test_of_an_error_its_kind_and_place_are_told_and_never_its_message(logger: str) -> None:
    told = read_back(line_of(logger, logging.ERROR, "it failed", exc_info=failure()))
    assert told["error"] == "ValueError"
    assert told["where"].startswith("failure (")
    assert CANARY not in str(told)
    # The usual lines of the standard library would have told it.
    usual = logging.LogRecord(logger, logging.ERROR, "f", 1, "it failed", (), failure())  # type: ignore[arg-type]
    assert CANARY in logging.Formatter("%(asctime)s %(levelname)s %(message)s").format(usual)


def test_a_task_that_failed_is_told_by_its_id_and_the_kind_of_error() -> None:
    data = {"id": "42", "exc": f"ValueError('{CANARY}')", "traceback": CANARY, "name": "run_job"}
    said = "Task %(name)s[%(id)s] raised unexpected: %(exc)s\n%(traceback)s"
    line = line_of("celery.app.trace", logging.ERROR, said % data, data=data)
    assert CANARY not in line
    told = read_back(line)
    assert (told["event"], told["id"], told["error"]) == ("task_failed", "42", "ValueError")


def test_a_long_value_is_cut_off() -> None:
    assert value("a" * (LONGEST + 1)) == "a" * LONGEST + "…"
