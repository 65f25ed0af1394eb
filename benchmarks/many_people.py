"""Times the lists of many people at once beside the same lists one by one.

People ask from where their addresses are known to be: the middles of towns. Both give the same
places, scores and confidences, which is checked; by turns, in one process.

    python -m benchmarks.many_people --people 20000
"""

import argparse
import random
import time
from pathlib import Path

from benchmarks.suggest import prepared, questions_of
from matching.lists import lists_for
from matching.need import Need
from matching.suggest import suggest_placements

OUT = Path(__file__).parent / "out"
TOWN = 1_000
"""About as many people as one town has."""

PIECE = 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--offerings", type=int, default=100_000)
    given = options.parse_args()
    program = prepared(given.offerings)
    rows = []
    same = True
    with program.database.reading() as session:
        index = program.store.current(session)
        for kind in ("plain", "people"):
            needs = spread(questions_of(program, index, kind, given.people // 2))
            # The first of each compiles; it is part of neither.
            list(lists_for(session, program.store, needs[:20]))
            for need in needs[:20]:
                suggest_placements(session, program.store, need)
            together = alone = 0.0
            for start in range(0, len(needs), PIECE):
                some = needs[start : start + PIECE]
                began = time.perf_counter()
                lists = list(lists_for(session, program.store, some))
                middle = time.perf_counter()
                answers = [suggest_placements(session, program.store, need) for need in some]
                alone += time.perf_counter() - middle
                together += middle - began
                same &= [[tuple(p) for p in listed] for listed in lists] == [
                    [(s.place.offering, s.score, s.confidence) for s in a.suggestions]
                    for a in answers
                ]
            each = 1000 / len(needs)
            rows.append(
                f"| {kind} | {len(needs):,} | {together * each:.3f} | {alone * each:.3f} | "
                f"{together / alone:.2f} |"
            )
    text = (
        f"{given.offerings:,} offerings\n\n"
        "| questions | people | at once, ms each | one by one, ms each | ratio |\n"
        "|---|---|---|---|---|\n" + "\n".join(rows) + f"\n\nsame lists: {same}"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "many_people.md").write_text(text + "\n", encoding="utf-8")
    if not same:
        raise SystemExit(1)


def spread(needs: list[Need]) -> list[Need]:
    """Return the needs as asked from towns, town by town, as a night's work takes them."""
    r = random.Random(1)
    points = [need.at for need in needs[: max(1, len(needs) // TOWN)]]
    moved = [need.model_copy(update={"at": r.choice(points)}) for need in needs]
    return sorted(moved, key=lambda need: (need.at.lon or 0.0, need.at.lat or 0.0))


if __name__ == "__main__":
    main()
