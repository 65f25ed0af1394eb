"""HSDS goes out of one catalogue and into another by two commands."""

import json
from pathlib import Path

from terminal import Ibasho


def test_what_is_written_is_read_and_read_again(ibasho: Ibasho, tmp_path: Path) -> None:
    record = {
        "id": "00000000-0000-4000-8000-000000000001", "name": "見本の場", "status": "active",
        "assured_date": "2026-11-01", "minimum_age": 200,
    }  # fmt: skip
    file = tmp_path / "in.json"
    file.write_text(json.dumps([record, {"id": "x"}]), encoding="utf-8")
    done = ibasho("import", "hsds", file, "--format", "json")
    assert done.code == 0, done.err
    report = json.loads(done.out)["files"][0]
    assert (report["rows"], report["added"]) == (2, 1)
    assert [(r["line"], r["id"]) for r in report["reported"]] == [(2, "x")]
    assert {w["id"] for w in report["warned"]} == {record["id"]}
    shown = ibasho("import", "hsds", file)
    assert "minimum_age" in shown.out

    for name in ("out.json", "out.ndjson"):
        out = tmp_path / name
        assert ibasho("export", "hsds", out).code == 0
        text = out.read_text("utf-8")
        found = json.loads(text) if name == "out.json" else [json.loads(text)]
        assert [f["id"] for f in found] == [record["id"]]
        again = json.loads(ibasho("import", "hsds", out, "--format", "json").out)["files"][0]
        assert (again["unchanged"], again["reported"]) == (1, [])
    assert json.loads(ibasho("export", "hsds").out)["name"] == "見本の場"


def test_a_file_that_is_no_hsds_is_refused_with_one_sentence(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    file = tmp_path / "in.json"
    file.write_text("name,status\n", encoding="utf-8")
    done = ibasho("import", "hsds", file)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
