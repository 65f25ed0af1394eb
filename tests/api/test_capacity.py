"""What an installation needs is worked out from measured figures; an unmeasured one is not made up."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.words import say
from jobs.capacity import COMMANDS, Asked, Measured, read_measured, what_is_needed
from jobs.ledger import enqueue
from jobs.program import Program
from jobs.runtime import run_pending

SignedIn = Callable[[str], TestClient]
FIGURES = {
    "request_s": 0.02, "offerings_refreshed_per_worker_s": 1_000, "people_suggested_per_worker_s": 100,
    "process_bytes": 3e8, "municipality_bytes": 1e6, "municipality_open_s": 0.1,
    "municipality_tend_s": 0.01, "municipality_connections": 1, "municipality_disk_bytes": 1e6,
    "offering_disk_bytes": 2_000, "offering_index_bytes": 500, "message_bytes": 1_000,
}  # fmt: skip


def measured(**figures: float) -> dict[str, Measured]:
    return {"x": Measured("x", "python -m x", "2026-11-26", "machine", figures)}


def needed(asked: Asked, figures: dict[str, float]) -> dict[str, float | None]:
    return {line.key: line.value for line in what_is_needed(asked, measured(**figures))}


def test_it_is_worked_out_by_hand_to_the_same() -> None:
    got = needed(Asked(), FIGURES)
    assert got["requests_per_s"] == 1_000
    assert got["groups"] == 28  # 1,741 municipalities, 64 in each process
    assert got["serve_processes"] == 40  # 1,000 × 0.02 s of work, at most half busy
    assert got["night_processor_s"] == 2_000
    assert got["worker_processes"] == 28  # the night's work alone would need one
    assert got["processes"] == 40 + 28 + 28
    assert got["machines"] == 12
    assert got["database_bytes"] == pytest.approx(1_741e6 + 2e9)


def test_more_of_anything_never_needs_less() -> None:
    fewer = needed(Asked(), FIGURES)
    for name in ("municipalities", "staff", "offerings", "people", "requests_per_staff_hour"):
        more = needed(replace(Asked(), **{name: getattr(Asked(), name) * 10}), FIGURES)
        for key in ("processes", "machines", "connections", "database_bytes", "memory_bytes"):
            assert more[key] >= fewer[key], (name, key)


@pytest.mark.parametrize("left_out", ["request_s", "message_bytes", "offering_disk_bytes"])
def test_what_rests_on_a_figure_that_nobody_measured_is_unknown_and_says_which(
    left_out: str,
) -> None:
    rest = {k: v for k, v in FIGURES.items() if k != left_out}
    unknown = [line for line in what_is_needed(Asked(), measured(**rest)) if line.value is None]
    assert unknown
    assert all(line.missing == (left_out,) for line in unknown)


def test_the_figures_that_are_shipped_were_measured_and_are_all_there() -> None:
    for one in read_measured().values():
        assert one.command == COMMANDS[one.name]
        assert one.date
        assert set(one.figures) >= set(FIGURES)
    assert all(line.value is not None for line in what_is_needed(Asked()))


def test_the_page_shows_formulas_and_takes_other_numbers(signed_in: SignedIn) -> None:
    page = signed_in("administrator").get("/capacity?staff=300&municipalities=1&offerings=1500")
    assert page.status_code == 200
    assert 'value="300"' in page.text
    assert "python -m benchmarks.capacity" in page.text
    assert "requests_per_s = staff × requests_per_staff_hour ÷ 3600" in page.text


def test_a_number_that_cannot_be_is_refused(signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    for asked in ("staff=0", "staff=many", "busy_percent=200"):
        assert client.get(f"/capacity?{asked}").status_code == 422


def test_only_an_administrator_sees_it(signed_in: SignedIn) -> None:
    assert signed_in("coordinator").get("/capacity").status_code == 403


def test_what_was_done_lately_is_seen_on_the_page_of_jobs(
    signed_in: SignedIn, program: Program
) -> None:
    with program.database.writing(by="test") as session:
        enqueue(session, "refresh_all")
    run_pending(program)
    client = signed_in("administrator")
    assert "この1時間に終わった処理" in client.get("/jobs").text
    assert "ibasho_jobs_per_worker_second" in client.get("/metrics").text


def test_every_measured_figure_has_words_in_both_languages() -> None:
    path = Path(__file__).parents[2] / "jobs" / "measured" / "capacity.json"
    for name in json.loads(path.read_text("utf-8"))["figures"]:
        for language in ("ja", "en"):
            assert say(f"capacity.figure_{name}", language)
