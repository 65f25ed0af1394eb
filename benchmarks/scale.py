"""How suggestions and memory grow with the catalogue: ten thousand, a hundred thousand, a million.

Generated places lie as densely in each: what one question looks at stays alike. Each size is loaded
in a process of its own, whose memory is read before the index, after it, and after the questions.

    python -m benchmarks.scale
"""

import argparse
import gc
import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.suggest import OUT, prepared, questions_of
from matching.suggest import suggest_placements

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 400


def resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system doesn't tell how much memory a process has")


def one(size: int) -> dict[str, float]:
    program = prepared(size)
    # The compiled loops and the libraries are there whatever the size: they are no part of it.
    small = prepared(SIZES[0])
    with small.database.reading() as session:
        for need in questions_of(small, small.store.current(session), "everything", 20):
            suggest_placements(session, small.store, need)
    small.close()
    del small
    gc.collect()
    before = resident_bytes()
    with program.database.reading() as session:
        index = program.store.current(session)
        columns = index.base.columns
        held = columns.records.nbytes + sum(a.nbytes for a in columns.texts.values())
        held += columns.shown.nbytes + columns.slots.nbytes + columns.pointer.nbytes
        needs = questions_of(program, index, "people", QUESTIONS)
        loaded = resident_bytes()
        times = []
        for need in needs:
            began = time.perf_counter()
            suggest_placements(session, program.store, need)
            times.append(1000 * (time.perf_counter() - began))
    return {
        "size": size,
        "columns_mb": held / 1e6,
        "loaded_mb": (loaded - before) / 1e6,
        "after_mb": (resident_bytes() - before) / 1e6,
        "median_ms": statistics.median(times),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--one", type=int)
    given = options.parse_args()
    if given.one:
        print(json.dumps(one(given.one)))
        return
    found = []
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(size)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found.append(json.loads(told.splitlines()[-1]))
    first, last = found[0], found[-1]
    exponent = math.log(last["median_ms"] / first["median_ms"]) / math.log(
        last["size"] / first["size"]
    )
    rows = "\n".join(
        f"| {f['size']:,} | {f['median_ms']:.2f} | {f['columns_mb']:.0f} | {f['loaded_mb']:.0f} | "
        f"{f['after_mb']:.0f} | {f['after_mb'] / f['columns_mb']:.1f} |"
        for f in found
    )
    text = (
        "| offerings | median ms | columns MB | memory MB | after the questions MB | ÷ columns |\n"
        f"|---|---|---|---|---|---|\n{rows}\n\n"
        f"growth of the median from {first['size']:,} to {last['size']:,}: "
        f"exponent {exponent:.2f}"
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "scale.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
