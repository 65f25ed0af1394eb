"""How fast the learned criterion learns, and that it stays off where there is nothing to learn.

Outcomes come from a world with a hidden truth (tests/support/simulated.py), which nothing in the
engine knows. For each number of outcomes, many worlds: how often it is switched on, and what it
brings on later outcomes. Writes a table, and plots of learning and calibration.

    python -m benchmarks.learning
"""

import statistics
import sys
from pathlib import Path

import matplotlib

from matching.evaluation import Evaluation, evaluate

matplotlib.use("Agg")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import simulated

OUT = Path(__file__).parent / "out"
SIZES = (100, 200, 400, 800, 1600)
WORLDS = 20
TRUTHS = {"a truth": 1.0, "half of it": 0.5, "none": 0.0}


def measured(size: int, strength: float) -> list[Evaluation]:
    return [
        evaluate(simulated.outcomes(size, seed=seed, strength=strength)) for seed in range(WORLDS)
    ]


def row(words: str, size: int, found: list[Evaluation]) -> str:
    judged = [f for f in found if f.ndcg_learned is not None]
    on = sum(f.used for f in found) / len(found)
    if not judged:
        return f"| {words} | {size} | {on:.2f} | — | — | — | — |"
    means = [
        statistics.mean(getattr(f, name) for f in judged)
        for name in ("ndcg_rules", "ndcg_learned", "brier_share", "brier_learned")
    ]
    return f"| {words} | {size} | {on:.2f} | " + " | ".join(f"{m:.3f}" for m in means) + " |"


def plotted(table: dict[str, list[float]], last: Evaluation) -> None:
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for words, shares in table.items():
        left.plot(SIZES, shares, marker="o", label=words)
    left.set(xscale="log", xlabel="outcomes", ylabel="share of worlds in which it is on")
    left.legend()
    right.plot([0, 1], [0, 1], color="lightgrey")
    right.scatter(
        [c.expected for c in last.calibration], [c.stayed for c in last.calibration],
        s=[c.count for c in last.calibration],
    )  # fmt: skip
    right.set(xlabel="chance told", ylabel="share that stayed", xlim=(0, 1), ylim=(0, 1))
    figure.savefig(OUT / "learning.png", bbox_inches="tight")


def main() -> None:
    lines = [
        f"{WORLDS} worlds each; figures are means over later outcomes",
        "",
        "| the world has | outcomes | on | nDCG rules | nDCG with it | Brier share | Brier it |",
        "|---|---|---|---|---|---|---|",
    ]
    shares: dict[str, list[float]] = {}
    last: Evaluation | None = None
    for words, strength in TRUTHS.items():
        for size in SIZES:
            found = measured(size, strength)
            lines.append(row(words, size, found))
            shares.setdefault(words, []).append(sum(f.used for f in found) / len(found))
            if strength == 1.0:
                last = found[-1]
    text = "\n".join(lines)
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "learning.md").write_text(text + "\n", encoding="utf-8")
    assert last is not None
    plotted(shares, last)


if __name__ == "__main__":
    main()
