"""Compares the engine's lists with those an experienced worker would make, beside two plain ways.

The judged examples of eleven towns stand in tests/vignettes. TF-IDF lists the places whose words
are most like the person's situation; nearest first lists them by distance. Neither asks anything
else.

    python -m benchmarks.vignettes [--failures]
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from matching.store import IndexStore
from resources.database import Database
from resources.models import Base
from resources.vocabulary import default_vocabulary

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import judged

OUT = Path(__file__).parent / "out"
Way = Callable[[judged.Vignette], Sequence[str]]


def by_words(folder: Path) -> Way:
    """List places by the cosine of character 1- to 3-grams with the situation's words."""
    entries = judged.places(folder)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    matrix = vectorizer.fit_transform([f"{e['name']} {e['text']}" for e in entries])

    def way(v: judged.Vignette) -> list[str]:
        alike = (matrix @ vectorizer.transform([v.words]).T).toarray().ravel()
        order = sorted(range(len(entries)), key=lambda i: (-alike[i], entries[i]["key"]))
        return [entries[i]["key"] for i in order]

    return way


def by_distance(folder: Path) -> Way:
    """List places by distance."""
    entries = judged.places(folder)

    def way(v: judged.Vignette) -> list[str]:
        here = v.need["at"]

        def away(entry: dict[str, list[float]]) -> float:
            there = judged.point(entry["at"])
            east = (there["lon"] - here["lon"]) * math.cos(math.radians(here["lat"]))
            return math.hypot(east, there["lat"] - here["lat"])

        return [e["key"] for e in sorted(entries, key=away)]

    return way


def row(name: str, m: judged.Measured) -> str:
    return f"| {name} | {m.hit_at_3:.3f} | {m.all_in_5:.3f} | {m.ndcg_at_5:.3f} | {m.violations} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="show each example that fails")
    arguments = parser.parse_args()
    towns = [judgement(f, failures=arguments.failures) for f in judged.TOWNS.values()]
    lines = [line for town in towns for line in town.table()]
    people = sum(town.people for town in towns)
    lines += Judgement(
        f"all {len(towns)}",
        people,
        sum(t.places for t in towns),
        {way: together([(t.people, t.measured[way]) for t in towns]) for way in towns[0].measured},
    ).table()
    print("\n".join(lines))
    OUT.mkdir(exist_ok=True)
    (OUT / "vignettes.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Judgement:
    """How well each way does for the people of a town."""

    name: str
    people: int
    places: int
    measured: dict[str, judged.Measured]

    def table(self) -> list[str]:
        return [
            f"{self.name}: {self.people} judged examples, {self.places} places",
            "",
            "| way | hit@3 | all in 5 | nDCG@5 | must-never places shown |",
            "|---|---|---|---|---|",
            *(row(name, found) for name, found in self.measured.items()),
            "",
        ]


def together(towns: Sequence[tuple[int, judged.Measured]]) -> judged.Measured:
    """Return what was measured of several towns, each by its people."""
    people = sum(n for n, _ in towns)
    means = (
        sum(n * getattr(m, name) for n, m in towns) / people
        for name in ("hit_at_3", "all_in_5", "ndcg_at_5")
    )
    return judged.Measured(*means, sum(m.violations for _, m in towns))


def judgement(folder: Path, *, failures: bool) -> Judgement:
    """Judge the ways by one town."""
    people = judged.vignettes(folder)
    with tempfile.TemporaryDirectory() as aside:
        database = Database(f"sqlite:///{aside}/town.sqlite3")
        Base.metadata.create_all(database.engine)
        store = IndexStore(Path(aside) / "index", default_vocabulary())
        town = judged.Town(database, store, folder)
        lists = {v.title: town.listed(v) for v in people}
        database.close()

    def engine(v: judged.Vignette) -> list[str]:
        return lists[v.title]

    if failures:
        for v in people:
            found = lists[v.title]
            if not judged.complete(v, found) or set(v.never) & set(found):
                shown = sorted(set(v.never) & set(found))
                print(f"{v.title}: lacks {sorted(set(v.good) - set(found[:5]))}, shows {shown}")
                print("   ", found)
    ways: list[tuple[str, Way]] = [
        ("suggest", engine), ("TF-IDF", by_words(folder)), ("nearest first", by_distance(folder)),
    ]  # fmt: skip
    measured = {name: judged.measure(way, people) for name, way in ways}
    return Judgement(folder.name, len(people), len(judged.places(folder)), measured)


if __name__ == "__main__":
    main()
