"""Runs every benchmark, one after the other; each writes its table to benchmarks/out."""

import runpy
import sys

SUITES = (
    "benchmarks.suggest",
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
    "benchmarks.many_workers",
    "benchmarks.waiting_people",
    "benchmarks.capacity",
    "benchmarks.load",
    "benchmarks.restore",
)

for suite in SUITES:
    print(f"== {suite}", flush=True)
    sys.argv = [suite]
    runpy.run_module(suite, run_name="__main__")
