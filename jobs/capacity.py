"""What so many municipalities, staff and offerings need: worked out from measured figures alone.

The figures are written by benchmarks (`jobs/measured/*.json`) with date, machine and command. One
that was never measured makes what rests on it unknown; nothing is put in its place.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

COMMANDS = {"capacity": "python -m benchmarks.capacity"}
"""Where figures come from: the name of their file, and the command that writes it."""


@dataclass(frozen=True)
class Measured:
    """The figures of one benchmark; empty where it was never run."""

    name: str
    command: str
    date: str | None
    machine: str | None
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """What is to be served, and under which assumptions; all of it may be set by who asks."""

    municipalities: int = 1_741
    staff: int = 60_000
    offerings: int = 1_000_000
    people: int = 100_000  # for whom places are suggested anew each night
    requests_per_staff_hour: int = 60
    night_hours: int = 4
    cores_per_machine: int = 8
    busy_percent: int = 50  # of the processors, at the busiest time
    open_per_process: int = 64  # IBASHO_OPEN_MUNICIPALITIES
    connections_per_server: int = 500  # max_connections of one PostgreSQL


@dataclass(frozen=True)
class Line:
    """One thing that is needed; `value` is None where a figure is missing."""

    key: str
    value: float | None
    formula: str
    missing: tuple[str, ...] = ()


class Unmeasured(LookupError):
    """A figure that no benchmark has written yet."""

    def __init__(self, figure: str) -> None:
        self.figure = figure
        super().__init__(f"{figure} was never measured")


@cache
def read_measured() -> dict[str, Measured]:
    """Return the figures of each benchmark that this program works with."""
    return {name: _read(name, command) for name, command in COMMANDS.items()}


def _read(name: str, command: str) -> Measured:
    path = files("jobs").joinpath("measured", f"{name}.json")
    if not path.is_file():
        return Measured(name, command, None, None, {})
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Measured(name, kept["command"], kept["date"], kept["machine"], kept["figures"])


class _Figures:
    def __init__(self, measured: Mapping[str, Measured]) -> None:
        self._all = {k: v for one in measured.values() for k, v in one.figures.items()}

    def __getitem__(self, figure: str) -> float:
        if figure not in self._all:
            raise Unmeasured(figure)
        return self._all[figure]


Values = dict[str, float]
Formula = Callable[[Asked, _Figures, Values], float]

_LINES: tuple[tuple[str, str, Formula], ...] = (
    ("requests_per_s", "staff × requests_per_staff_hour ÷ 3600",
     lambda a, f, v: a.staff * a.requests_per_staff_hour / 3600),
    ("groups", "⌈municipalities ÷ open_per_process⌉",
     lambda a, f, v: math.ceil(a.municipalities / a.open_per_process)),
    ("serve_processes", "max(groups, ⌈requests_per_s × request_s ÷ busy⌉)",
     lambda a, f, v: max(v["groups"], math.ceil(
         v["requests_per_s"] * f["request_s"] / (a.busy_percent / 100)))),
    ("night_processor_s",
     "offerings ÷ offerings_refreshed_per_worker_s + people ÷ people_suggested_per_worker_s",
     lambda a, f, v: a.offerings / f["offerings_refreshed_per_worker_s"]
     + a.people / f["people_suggested_per_worker_s"]),
    ("worker_processes", "max(groups, ⌈night_processor_s ÷ (night_hours × 3600 × busy)⌉)",
     lambda a, f, v: max(v["groups"], math.ceil(
         v["night_processor_s"] / (a.night_hours * 3600 * a.busy_percent / 100)))),
    ("round_s", "open_per_process × municipality_tend_s",
     lambda a, f, v: min(a.open_per_process, a.municipalities) * f["municipality_tend_s"]),
    ("processes", "serve_processes + worker_processes + groups",
     lambda a, f, v: v["serve_processes"] + v["worker_processes"] + v["groups"]),
    ("machines", "⌈processes ÷ cores_per_machine⌉",
     lambda a, f, v: math.ceil(v["processes"] / a.cores_per_machine)),
    ("memory_bytes",
     "processes × (process_bytes + municipalities ÷ groups × municipality_bytes)"
     " + machines × offerings ÷ groups × offering_index_bytes",
     lambda a, f, v: v["processes"] * (
         f["process_bytes"] + a.municipalities / v["groups"] * f["municipality_bytes"])
     + v["machines"] * a.offerings / v["groups"] * f["offering_index_bytes"]),
    ("memory_per_machine_bytes", "memory_bytes ÷ machines",
     lambda a, f, v: v["memory_bytes"] / v["machines"]),
    ("connections", "processes ÷ groups × municipalities × municipality_connections",
     lambda a, f, v: math.ceil(
         v["processes"] / v["groups"] * a.municipalities * f["municipality_connections"])),
    ("database_servers", "⌈connections ÷ connections_per_server⌉",
     lambda a, f, v: math.ceil(v["connections"] / a.connections_per_server)),
    ("database_bytes",
     "municipalities × municipality_disk_bytes + offerings × offering_disk_bytes",
     lambda a, f, v: a.municipalities * f["municipality_disk_bytes"]
     + a.offerings * f["offering_disk_bytes"]),
    ("index_bytes", "2 × offerings × offering_index_bytes × machines ÷ groups",
     lambda a, f, v: 2 * a.offerings * f["offering_index_bytes"]
     * max(v["machines"] / v["groups"], 1)),
    ("redis_bytes", "max(groups × longest_queue, municipalities × least_queue) × message_bytes",
     lambda a, f, v: _messages(a, v["groups"]) * f["message_bytes"]),
)  # fmt: skip
"""What is needed, in the order in which one follows from another."""


def _messages(asked: Asked, groups: float) -> float:
    from jobs.dispatcher import LEAST_QUEUE, LONGEST_QUEUE

    return max(groups * LONGEST_QUEUE, asked.municipalities * LEAST_QUEUE)


def what_is_needed(asked: Asked, measured: Mapping[str, Measured] | None = None) -> list[Line]:
    """Return what is needed, each with its formula; unknown where a figure is missing.

    Raises `ValueError` where something asked for is below one.
    """
    if min(vars(asked).values()) < 1 or asked.busy_percent > 100:
        raise ValueError("each number must be at least 1, and busy at most 100 per cent")
    figures = _Figures(read_measured() if measured is None else measured)
    values: Values = {}
    missing: dict[str, tuple[str, ...]] = {}
    lines = []
    for key, formula, work_out in _LINES:
        try:
            values[key] = work_out(asked, figures, values)
            lines.append(Line(key, values[key], formula))
        except Unmeasured as error:
            missing[key] = (error.figure,)
            lines.append(Line(key, None, formula, missing[key]))
        except KeyError as error:  # rests on a line above that is unknown itself
            missing[key] = missing[error.args[0]]
            lines.append(Line(key, None, formula, missing[key]))
    return lines
