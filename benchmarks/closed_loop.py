"""What learning brings in a closed loop with the real engine, and that no rule is broken by it.

Invented towns (tests/support/closed_loop): each month people come, the engine lists, who begins
takes one of the first three, a hidden truth says who stays, and the engine learns by its own rule.
Beside it the same towns where nothing is learned, the best place that breaks no rule, and a learner
that goes by the learned chance alone. Writes a table and a plot.

    python -m benchmarks.closed_loop [--towns 3] [--months 24] [--people 25] [--places 60]
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from closed_loop.made import run
from closed_loop.rounds import Round, World

OUT = Path(__file__).parent / "out"
QUARTER = 3


def mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return statistics.mean(known) if known else None


def told(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def quarter(rounds: Sequence[Round], first: int) -> str:
    """Return the row of three months of all towns."""
    own = [r for r in rounds if first <= r.number < first + QUARTER]
    chances = [mean([getattr(r, name) for r in own]) for name in ("plain", "learned", "best")]
    on = sum(r.on for r in own)
    naive, naive_broken = sum(r.naive for r in own), sum(r.naive_broken for r in own)
    return (
        f"| {first + 1}–{first + QUARTER} | {sum(r.begun for r in own)} | {on} of {len(own)} | "
        f"{' | '.join(map(told, chances))} | {sum(r.shown for r in own)} | "
        f"{sum(len(r.broken) for r in own)} | {naive_broken} of {naive} |"
    )


def switched(number: int, rounds: Sequence[Round]) -> str:
    """Return when a town switched it on first and why, and what it brought while it was on."""
    first = next((r for r in rounds if r.evaluation.used), None)
    if first is None:
        return f"Town {number}: never on ({rounds[-1].evaluation.reason})."
    e, on = first.evaluation, [r for r in rounds if r.on]
    return (
        f"Town {number}: on after month {first.number + 1}, with {first.outcomes} outcomes known: "
        f"nDCG {told(e.ndcg_rules)} → {told(e.ndcg_learned)}, "
        f"Brier {told(e.brier_share)} → {told(e.brier_learned)}; on in {len(on)} months since, "
        f"in which the true chance was {told(mean([r.plain for r in on]))} without it, "
        f"{told(mean([r.learned for r in on]))} with it, {told(mean([r.best for r in on]))} at best"
    )


def plotted(rounds: Sequence[Round], months: int) -> None:
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(8, 4))
    starts = range(0, months, QUARTER)
    for name, words in (
        ("best", "best that breaks no rule"), ("learned", "with what is learned"),
        ("plain", "rules alone"),
    ):  # fmt: skip
        values = [
            mean([getattr(r, name) for r in rounds if first <= r.number < first + QUARTER])
            for first in starts
        ]
        axis.plot([s + QUARTER for s in starts], values, marker="o", label=words)
    axis.set(xlabel="month", ylabel="true chance of staying", ylim=(0, 1))
    axis.legend()
    figure.savefig(OUT / "closed_loop.png", bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, usual in (("towns", 3), ("months", 24), ("people", 25), ("places", 60)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    lines = [
        f"{asked.towns} towns of {asked.places} places, {asked.people} people a month",
        "",
        "| months | begun | on | rules alone | with it | best | shown | broken | naive breaks |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    every: list[Round] = []
    towns = []
    for seed in range(1, asked.towns + 1):
        with tempfile.TemporaryDirectory() as folder:
            world = World(asked.places, asked.months, asked.people, seed)
            rounds = run(Path(folder), world)
        towns.append(switched(seed, rounds))
        every += rounds
    lines += [quarter(every, first) for first in range(0, asked.months, QUARTER)]
    text = "\n".join([*lines, "", *towns])
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "closed_loop.md").write_text(text + "\n", encoding="utf-8")
    plotted(every, asked.months)
    if any(r.broken for r in every):
        sys.exit("a rule was broken")


if __name__ == "__main__":
    main()
