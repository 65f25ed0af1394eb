"""`ibasho allocate`: a file of those who wait in, a shared list out."""

import json
from pathlib import Path

import judged
import pytest
from terminal import Ibasho

from api.commands import allocation
from jobs.program import open_program
from jobs.settings import read_settings


def written(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_those_who_wait_are_shared_out_in_both_forms(ibasho: Ibasho, tmp_path: Path) -> None:
    program = open_program(read_settings())
    judged.Town(program.database, program.store)
    program.close()
    people = [{"label": f"{i}番", "need": v.need} for i, v in enumerate(judged.vignettes()[:4])]
    people[2]["household"] = people[3]["household"] = "家"
    file = written(tmp_path / "waiting.json", {"people": people})
    done = ibasho("allocate", file, "--options", 5, "--format", "json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert {p["label"] for p in found["placed"]} | {u["label"] for u in found["unplaced"]} == {
        "0番", "1番", "2番", "3番",
    }  # fmt: skip
    assert found["total"] == pytest.approx(sum(p["fit"] for p in found["placed"]))
    named = found["places"][0]["offering"]
    more = json.loads(
        ibasho("allocate", file, "--options", 5, "--one-more", named, "--format", "json").out
    )["what_if"]
    assert (more[0]["offering"], more[0]["asked"]) == (named, True)
    for odd in ("x", "0" * 32):
        refused = ibasho("allocate", file, "--options", 5, "--one-more", odd)
        assert (refused.code, refused.out) == (2, "")
        assert len(refused.err.strip().splitlines()) == 1
    table = ibasho("allocate", file, "--sum-only")
    assert table.code == 0
    assert "0番" in table.out


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"people": "x"},
        [{"label": "一"}],
        [{"need": {}, "label": 5}],
        [{"need": {"at": {"lon": 139.7, "lat": 35.7}}, "household": ""}],
        [{"need": {"at": {"lon": 139.7, "lat": 35.7}}}] * (allocation.MOST_WAITING + 1),
        [{"need": {"at": {"lon": 139.7, "lat": 95.7}}}],
        [{"need": {"at": {"lon": 139.7, "lat": 35.7}}, "houshold": "家"}],
        {"people": [{"need": {"at": {"lon": 139.7, "lat": 35.7}}}], "scheme": "gentle"},
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_one_sentence(
    ibasho: Ibasho, tmp_path: Path, data: object
) -> None:
    done = ibasho("allocate", written(tmp_path / "waiting.json", data))
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.strip().splitlines()) == 1
