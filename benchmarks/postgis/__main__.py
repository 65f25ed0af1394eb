"""Times suggestions beside one SQL query on PostGIS that applies the same rules and criteria.

    python -m benchmarks.postgis [--offerings 1000000]

A PostgreSQL of its own with PostGIS, in a temporary folder, holds the rows of the same index. Each
question is put to both, by turns in one process; places, order, scores, confidences, contributions
and verdicts must be the same for every one of them.
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.postgis.answers import Question, asked, differences, listed, question_of
from benchmarks.postgis.clocks import Taken, clocked, part
from benchmarks.postgis.server import SETTINGS, NoPostgis, programs, running
from benchmarks.postgis.table import load
from benchmarks.suggest import KINDS, OUT, ROUNDS, prepared, questions_of, settle
from jobs.program import Program
from matching.ask import prepare
from matching.index import Index
from matching.need import Need
from matching.schemes import USUAL
from matching.suggest import suggest_placements
from resources import clock

MEDIAN_AIM, P99_AIM = 1 / 2, 1 / 10

QUERY = "one query on PostGIS"

HEAD = """\
| question, way | median ms | 99 % ms | processor median ms | 99 % ms | questions |
|---|---|---|---|---|---|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offerings", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="another setting of PostgreSQL, such as jit=on")  # fmt: skip
    given = parser.parse_args()
    SETTINGS.update(s.split("=", 1) for s in given.set)
    try:
        found = programs()
    except NoPostgis as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from None
    program = prepared(given.offerings)
    with program.database.reading() as session:
        index = program.store.current(session)
    needs = {kind: questions_of(program, index, kind, given.questions) for kind in KINDS}
    with (
        tempfile.TemporaryDirectory(prefix="ibasho-") as name,
        running(Path(name) / "server", found) as url,
        psycopg.connect(url, autocommit=True, prepared_max=None) as connection,
    ):
        started = time.perf_counter()
        [day] = {need.on for some in needs.values() for need in some if need.on}
        load(connection, index, index.codebook or program.store.codebook, day)
        print(f"{len(index):,} rows in PostgreSQL after {time.perf_counter() - started:.0f} s")
        lines, same = compared(program, index, connection, needs)
    text = "\n".join(lines)
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "postgis.md").write_text(text + "\n", encoding="utf-8")
    program.close()
    if not same:
        raise SystemExit(1)


def compared(
    program: Program,
    index: Index,
    connection: psycopg.Connection[Any],
    needs: dict[str, list[Need]],
) -> tuple[list[str], bool]:
    """Put all questions to both by turns; return the table, and whether the answers are alike."""
    assert program.store.streets() is None  # ways are straight ones for both
    assert index.learned is None
    put = {kind: sql_of(program, index, some) for kind, some in needs.items()}
    unlike = sum(check(program, connection, kind, needs[kind], put[kind]) for kind in needs)
    ours: dict[str, list[Taken]] = {kind: [] for kind in needs}
    theirs: dict[str, list[Taken]] = {kind: [] for kind in needs}
    settle()
    # By turns, since a shared machine is quick in one minute and slow in the next.
    for _ in range(ROUNDS):
        for kind, some in needs.items():
            with program.database.reading() as session:
                suggest = partial(suggest_placements, session, program.store)
                ours[kind] += clocked(suggest, some)
            ask = partial(asked, connection)
            theirs[kind] += clocked(ask, put[kind], connection.info.backend_pid)
    lines = [f"{len(index):,} offerings, {ROUNDS} rounds by turns", "", HEAD]
    for kind, words in KINDS.items():
        lines += [row(f"{words}: suggest", ours[kind]), row(f"{words}: {QUERY}", theirs[kind])]
    all_ours, all_theirs = [*chain(*ours.values())], [*chain(*theirs.values())]
    lines += [row("all: suggest", all_ours), row(f"all: {QUERY}", all_theirs), ""]
    pairs = [*((ours[kind], theirs[kind]) for kind in KINDS), (all_ours, all_theirs)]
    for clock_name, which in (("wall", 0), ("processor", 1)):
        for what, at, aim in (("median", 0.5, MEDIAN_AIM), ("99 %", 0.99, P99_AIM)):
            ratios = [ratio(one, other, which, at) for one, other in pairs]
            shown = ", ".join(f"{r:.2f}" for r in ratios)
            met = "met" if max(ratios) <= aim else "not met"
            lines.append(f"suggest ÷ PostGIS, {clock_name}, {what}: {shown} (aim {aim}: {met})")
    count = sum(map(len, needs.values()))
    lines += ["", f"same answers: {unlike == 0} ({count} questions, {unlike} differ)"]
    return lines, unlike == 0


def sql_of(program: Program, index: Index, needs: list[Need]) -> list[Question]:
    """Return the questions in SQL; their words are split and weighed beforehand."""
    weighing = index.weighing
    assert weighing is not None
    codebook = index.codebook or program.store.codebook
    idf = index.base.columns.texts["text_idf"]
    now = clock.now()
    asks = [prepare(need, codebook, now, weighing.thresholds) for need in needs]
    return [question_of(ask, codebook, weighing.scheme(USUAL), idf) for ask in asks]


def check(
    program: Program,
    connection: psycopg.Connection[Any],
    kind: str,
    needs: list[Need],
    put: list[Question],
) -> int:
    """Return how many questions are answered differently; say in what."""
    unlike = 0
    with program.database.reading() as session:
        for n, (need, question) in enumerate(zip(needs, put, strict=True)):
            answer = suggest_placements(session, program.store, need)
            found = differences(listed(answer), asked(connection, question))
            if found:
                unlike += 1
                print(f"{kind} {n}: {'; '.join(found[:3])}")
    return unlike


def ratio(ours: list[Taken], theirs: list[Taken], which: int, at: float) -> float:
    return part([t[which] for t in ours], at) / part([t[which] for t in theirs], at)


def row(name: str, taken: list[Taken]) -> str:
    cells = [part([t[which] for t in taken], at) for which in (0, 1) for at in (0.5, 0.99)]
    return f"| {name} | {' | '.join(f'{ms:.2f}' for ms in cells)} | {len(taken)} |"


if __name__ == "__main__":
    main()
