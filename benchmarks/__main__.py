"""Runs every benchmark, one after the other; each writes its table to benchmarks/out.

One that can't be run here, or whose answers differ, keeps none of the others from being run; it is
named at the end, with exit code 1.
"""

import runpy
import sys

SUITES = (
    "benchmarks.suggest",
    "benchmarks.postgis",
    "benchmarks.many_people",
    "benchmarks.sessions",
    "benchmarks.http_cost",
    "benchmarks.imports",
    "benchmarks.scale",
    "benchmarks.nearby",
    "benchmarks.districts",
    "benchmarks.duplicates",
    "benchmarks.vignettes",
    "benchmarks.sealed_words",
    "benchmarks.allocation",
    "benchmarks.learning",
    "benchmarks.closed_loop",
    "benchmarks.many_workers",
    "benchmarks.waiting_people",
    "benchmarks.capacity",
    "benchmarks.load",
    "benchmarks.restore",
)

not_measured = []
for suite in SUITES:
    print(f"== {suite}", flush=True)
    sys.argv = [suite]
    try:
        runpy.run_module(suite, run_name="__main__")
    except SystemExit as end:
        if end.code:
            print(end.code if isinstance(end.code, str) else f"ended with {end.code}")
            not_measured.append(suite)
if not_measured:
    sys.exit(f"not measured: {', '.join(not_measured)}")
