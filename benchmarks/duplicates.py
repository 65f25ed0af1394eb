"""Times the search for duplicates among generated entries, beside comparing all with all.

All with all is timed on a part and reckoned up, since it grows with the square.

    python -m benchmarks.duplicates --entries 100000
"""

import argparse
import random
import time
import uuid
from itertools import combinations, islice

from resources.blocking import Known, pairs_to_compare
from resources.same_place import Facts, compare

LETTERS = (
    "さくらひまわりはるかぜあおぞらたんぽぽみどりわかばあさひ緑丘南町本町駅前東雲若葉希望光友愛"
)
WHAT = (
    "サロン",
    "子ども食堂",
    "児童クラブ",
    "保育園",
    "公民館",
    "集会所",
    "クリニック",
    "カフェ",
    "教室",
)
DEGREES = 0.6
"""Entries lie over some 55 by 45 kilometres, as in a prefecture."""

DOUBLES = 0.01
"""So many are written a second time."""

REFERENCE_PAIRS = 300_000


def entries(count: int, seed: int = 1) -> list[Known]:
    r = random.Random(seed)
    made = [_facts(r) for _ in range(round(count * (1 - DOUBLES)))]
    made += [_again(f, r) for f in r.sample(made, count - len(made))]
    return [Known(uuid.UUID(int=i), f) for i, f in enumerate(made, start=1)]


def _facts(r: random.Random) -> Facts:
    placed = r.random() < 0.9
    house = f"{r.randint(1, 5)}丁目{r.randint(1, 40)}-{r.randint(1, 20)}"
    phone = f"03-{r.randint(1000, 9999)}-{r.randint(1000, 9999)}"
    return Facts(
        name="".join(r.sample(LETTERS, r.randint(2, 6))) + r.choice(WHAT),
        kind=r.choice(("salon", "facility", "hiroba")),
        address=f"架空市{r.choice(LETTERS)}町{house}" if r.random() < 0.9 else None,
        phone=phone if r.random() < 0.6 else None,
        lon=139.4 + r.random() * DEGREES if placed else None,
        lat=35.5 + r.random() * DEGREES * 0.7 if placed else None,
    )


def _again(f: Facts, r: random.Random) -> Facts:
    near = f.lon is not None and f.lat is not None
    return Facts(
        f"㈱{f.name}", None, f.kind, f.address and f.address.replace("丁目", "-"), f.phone,
        f.lon + r.uniform(-3e-4, 3e-4) if near and f.lon else None,
        f.lat + r.uniform(-3e-4, 3e-4) if near and f.lat else None,
    )  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--entries", type=int, default=100_000)
    count = options.parse_args().entries
    made = entries(count)
    start = time.perf_counter()
    compared = proposed = 0
    for one, other in pairs_to_compare(made):
        compared += 1
        proposed += compare(one.facts, other.facts).enough
    blocks_s = time.perf_counter() - start
    start = time.perf_counter()
    for one, other in islice(combinations(made, 2), REFERENCE_PAIRS):
        compare(one.facts, other.facts)
    each_s = (time.perf_counter() - start) / REFERENCE_PAIRS
    pairs = count * (count - 1) // 2
    print(f"{count:,} entries: {compared:,} of {pairs:,} pairs compared, {proposed:,} proposed")
    print(f"in blocks {blocks_s:.1f} s; all with all {pairs * each_s / 3600:.1f} hours (reckoned)")


if __name__ == "__main__":
    main()
