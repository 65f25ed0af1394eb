"""Many files at once are left to the workers: all of them are asked for, or none."""

from pathlib import Path

from terminal import Ibasho

from jobs.program import open_program
from jobs.runtime import run_pending
from jobs.settings import read_settings

TABLE = "都道府県名,市区町村名,NO,名称,住所\n東京都,架空市,{n},架空の{n}番,東京都架空市{n}\n"


def waiting(ibasho: Ibasho, state: str) -> int:
    jobs = ibasho("jobs", "--format", "json").json["jobs"]
    return sum(job["kind"] == "import_file" and job["state"] == state for job in jobs)


def test_each_file_becomes_a_job_that_takes_it_in(ibasho: Ibasho, tmp_path: Path) -> None:
    files = []
    for n in range(3):
        files.append(tmp_path / f"town{n}.csv")
        files[-1].write_text(TABLE.format(n=n), encoding="utf-8")
    missing = ibasho("import", "opendata", *files, tmp_path / "none.csv", "--as-jobs")
    assert missing.code == 2
    assert waiting(ibasho, "ready") == 0
    outcome = ibasho("import", "opendata", *files, "--as-jobs")
    assert outcome.code == 0
    assert waiting(ibasho, "ready") == 3
    program = open_program(read_settings())
    try:
        run_pending(program)
    finally:
        program.close()
    assert waiting(ibasho, "done") == 3
    again = ibasho("import", "opendata", *files, "--format", "json").json
    assert [report["unchanged"] for report in again["files"]] == [1, 1, 1]
