"""Times suggestions on a million generated offerings, beside a full scan of the same columns.

Both give the same answers, which is checked; both run in one process on the same data, turn by
turn. The catalogue is generated once into a folder and used again.

    python -m benchmarks.suggest --offerings 1000000
"""

import argparse
import json
import random
import statistics
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from geodata.coordinates import LonLat, great_circle_m
from jobs.demo.load import load_demo
from jobs.demo.people import demo_people
from jobs.garbage import leave_aside, look_seldom
from jobs.program import Program, open_program
from jobs.settings import Settings
from matching.columns import Array
from matching.index import NOT_SERVED, Index, Served, _fetches
from matching.need import Need, parse_need
from matching.rows import Rows
from matching.store import IndexStore
from matching.suggest import suggest_placements

# What people wish for, put together from parts: no two questions of a run are quite alike.
HOW = ("静かに", "ゆっくり", "午後だけ", "自分のペースで", "少しずつ", "朝のうちに", "週に一度")
WHAT = ("本を読んで", "手を動かして", "花を育てて", "絵をかいて", "料理をして", "体を動かして")
WITH = ("過ごしたい", "人の役に立ちたい", "だれかと話したい", "仕事に近づきたい", "一人でいたい")

KINDS = {
    "plain": "reach, age, hours, needs",
    "people": "the people of the demo",
    "everything": "nearly every limit",
    "wide": "work by train, within 10 km",
    "home": "the people of the demo, from home",
}

ROUNDS = 5
"""How often each question is put; the scan gets a part of its questions each time."""

OUT = Path(__file__).parent / "out"


class ScannedIndex(Index):
    """The same index without its grid: every question looks at the distance of every row.

    Positions are kept as whole columns, as one would for a scan; what lies within reach is then
    judged and weighed by the same functions.
    """

    @cached_property
    def positions(self) -> tuple[Array, Array, Array]:
        columns = self.base.columns
        lon, lat, slack = (np.array(columns[name]) for name in ("lon", "lat", "accuracy_m"))
        return lon, lat, slack

    def candidates(
        self, origin: LonLat, radius_m: float | None, served: Served = NOT_SERVED
    ) -> tuple[Rows, Array]:
        lon, lat, slack = self.positions
        away = great_circle_m(origin, lon, lat) - slack
        near = np.ones(len(away), bool) if radius_m is None else ~(away > radius_m)
        if served.within_m:
            near |= (away <= served.within_m) & _fetches(self.base.columns.records, served)
        if served.anywhere:
            near |= np.asarray(self.base.columns["online"]) == 1
        rows = np.flatnonzero(near)
        found, distances = self._seen(origin, self.base, rows)
        here = ~np.isinf(distances)
        if served.anywhere:
            here |= found["online"] == 1
        return (found, distances) if here.all() else self._seen(origin, self.base, rows[here])


class FullScan(IndexStore):
    """Answers from a `ScannedIndex`."""

    def __init__(self, other: IndexStore, index: Index) -> None:
        super().__init__(other.folder, other.codebook.vocabulary)
        assert index.overlay is None
        self._scan = ScannedIndex(
            index.base, index.base_revision, None, index.superseded, index.revision
        )

    def current(self, session: object) -> Index:
        return self._scan


def prepared(offerings: int, apart: str = "") -> Program:
    """Open a generated catalogue; one that is changed besides is kept apart, under a name."""
    home = OUT / f"home-{offerings}{apart}"
    program = open_program(Settings(home=home))
    started = time.perf_counter()
    if not (home / "generated").exists():
        load_demo(program, offerings=offerings)
        (home / "generated").touch()
        print(f"generated {offerings:,} offerings in {time.perf_counter() - started:.0f} s")
    return program


def questions_of(program: Program, index: Index, kind: str, n: int) -> list[Need]:
    """Make needs all over the generated area.

    kind : "plain" (reach, age, hours, needs), "people" (those of the demo ward in turn, each moved
           to a place of the area), "everything" (nearly every limit that there is, and new words
           each time), "wide" (somebody who looks for work and goes there by train) or "home"
           (those of the demo ward, who would rather join from home: from anywhere)
    """
    r = random.Random(f"{kind} 1")
    lon, lat = index.base.columns["lon"], index.base.columns["lat"]
    people = [p.need for p in demo_people(2026)]
    made: list[Need] = []
    while len(made) < n:
        row = r.randrange(len(lon))
        if lon[row] != lon[row]:  # a place without a point
            continue
        person = people[len(made) % len(people)]
        need = dict(person) if kind in ("people", "home") else MADE[kind](r, program)
        if kind == "home":
            need["limits"] = {**need.get("limits", {}), "from_home": True}
        need |= {"at": {"lon": float(lon[row]), "lat": float(lat[row])}, "on": "2026-12-01"}
        made.append(parse_need(need, program.vocabulary))
    return made


def plain(r: random.Random, program: Program) -> dict[str, Any]:
    return {
        "walk_minutes": 20,
        "age": r.randint(15, 85),
        "needs": {c: r.randint(1, 3) for c in r.sample(program.vocabulary.codes("need"), 3)},
        "windows": [{"day": d, "from": "10:00", "to": "17:00"} for d in ("mon", "wed", "fri")],
    }


def wide(r: random.Random, program: Program) -> dict[str, Any]:
    """A need for steps towards work, anywhere in and around a city."""
    return {
        "radius_m": 10_000,
        "age": r.randint(18, 64),
        "needs": {"job_search": 3}
        | dict.fromkeys(r.sample(program.vocabulary.codes("need"), 2), 1),
        "wishes": {"text": f"{r.choice(HOW)}{r.choice(WHAT)}{r.choice(WITH)}"},
        "step": r.randint(2, 5),
        "windows": [{"day": d, "from": "09:00", "to": "16:00"} for d in ("mon", "tue", "thu")],
    }


def everything(r: random.Random, program: Program) -> dict[str, Any]:
    return plain(r, program) | {
        "wishes": {
            "activities": r.sample(program.vocabulary.codes("activity"), 2),
            "text": f"{r.choice(HOW)}{r.choice(WHAT)}{r.choice(WITH)}",
        },
        "step": r.randint(0, 4),
        "limits": {
            "noise": r.choice(["low", "medium", "high"]),
            "group_size": r.choice([5, 10, 20]),
            "conversation": "optional",
            "max_yen": 500,
            "sessions_per_week": 1,
            "minutes": 240,
            "languages": ["ja"],
        },
    }


MADE = {"plain": plain, "everything": everything, "wide": wide}
"""How a need of a kind is made."""


def settle() -> None:
    """Leave aside what stands, as a server does before its first question (`api.warming`)."""
    look_seldom()
    leave_aside()


def timed(program: Program, store: IndexStore, needs: list[Need]) -> list[float]:
    """Put the questions one after the other; return milliseconds."""
    times = []
    with program.database.reading() as session:
        for need in needs:
            started = time.perf_counter()
            suggest_placements(session, store, need)
            times.append((time.perf_counter() - started) * 1000)
    return times


def answered(program: Program, store: IndexStore, needs: list[Need]) -> list[str]:
    """Return the answers as JSON."""
    with program.database.reading() as session:
        answers = [suggest_placements(session, store, need).as_json() for need in needs]
    return [json.dumps(answer, sort_keys=True) for answer in answers]


def row(name: str, times: list[float], answers: list[str]) -> str:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    found = [json.loads(a) for a in answers]
    considered = statistics.mean(a["considered"] for a in found)
    suggested = statistics.mean(len(a["suggestions"]) for a in found)
    return (
        f"| {name} | {statistics.median(times):.2f} | {p99:.2f} | {len(times)} "
        f"| {considered:.0f} | {suggested:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offerings", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--scans", type=int, default=40)
    arguments = parser.parse_args()
    program = prepared(arguments.offerings)
    started = time.perf_counter()
    with program.database.reading() as session:
        index = program.store.current(session)
    print(f"index of {len(index):,} rows opened in {time.perf_counter() - started:.1f} s")
    scan = FullScan(program.store, index)
    lines = [
        f"{len(index):,} offerings, {index.base.columns.bytes / 1e6:.0f} MB of columns",
        "",
        "| question, way | median ms | 99 % ms | questions | places looked at | suggested |",
        "|---|---|---|---|---|---|",
    ]
    ratios, same = [], True
    all_times: list[float] = []
    for kind, words in KINDS.items():
        questions = questions_of(program, index, kind, arguments.questions)
        few = questions[: arguments.scans]
        answers = answered(program, program.store, questions)
        scan_answers = answered(program, scan, few)
        same = same and answers[: len(few)] == scan_answers
        settle()
        times: list[float] = []
        scan_times: list[float] = []
        # By turns, since a shared machine is quick in one minute and slow in the next.
        for start in range(ROUNDS):
            times += timed(program, program.store, questions)
            scan_times += timed(program, scan, few[start::ROUNDS])
        all_times += times
        ratios.append(statistics.median(scan_times) / statistics.median(times))
        lines.append(row(f"{words}: suggest", times, answers))
        lines.append(row(f"{words}: numpy full scan", scan_times, scan_answers))
    shown = ", ".join(f"{ratio:.0f}" for ratio in ratios)
    lines += [
        "",
        f"median of all {len(all_times):,} suggestions: {statistics.median(all_times):.2f} ms",
    ]
    lines += ["", f"same answers: {same}; full scan ÷ suggest, medians: {shown}"]
    text = "\n".join(lines)
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "suggest.md").write_text(text + "\n", encoding="utf-8")
    program.close()
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
