"""A file that somebody sends is tried first, changes nothing by that, and is taken in once asked."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jobs.importing_files import try_file
from jobs.ledger import enqueue
from jobs.listing import job_shown
from jobs.models import SentFile
from jobs.program import Program
from jobs.runtime import run_pending
from jobs.sent_files import (
    NotChecked,
    ask_for_import,
    bytes_waiting,
    drop_file,
    keep_file,
    list_files,
    sent_file,
)
from resources import clock
from resources.derived import OfferingState
from resources.models import Change, ImportedFile, Organization, Resource

HEAD = "ID,名称,所在地_連結表記,緯度,経度,電話番号\n"
ROWS = (
    "0000010001,見本の家,見本市架空町1,35.729,139.7148,03-0000-0001\n"
    "0000010002,見本の森,見本市架空町2,35.730,139.7149,03-0000-0002\n"
    "0000010003,見本の庭,見本市架空町3,139.7,35.7,\n"
    "0000010002,見本の森,見本市架空町2,35.730,139.7149,03-0000-0002\n"
    "0000010005,,見本市架空町4,,,\n"
)
SERVICE = {"id": str(uuid.UUID(int=5)), "name": "見本の活動", "status": "active"}


def sent(program: Program, content: bytes, form: str = "opendata", **more: Any) -> uuid.UUID:
    with program.database.writing(by="user:a") as session:
        name = more.pop("name", "list.csv")
        return keep_file(session, name=name, content=content, form=form, by="user:a", **more).id


def now(program: Program, file_id: uuid.UUID) -> SentFile:
    with program.database.reading() as session:
        found = sent_file(session, file_id)
    assert found is not None
    return found


def asked(program: Program, file_id: uuid.UUID) -> None:
    with program.database.writing(by="user:b") as session:
        ask_for_import(session, file_id, by="user:b")


def catalogue(program: Program) -> tuple[int, int, int]:
    with program.database.reading() as session:
        counts = (session.scalar(select(func.count()).select_from(t)) or 0
                  for t in (Resource, Change, ImportedFile))  # fmt: skip
        return tuple(counts)  # type: ignore[return-value]


def test_a_trial_tells_each_row_and_changes_nothing(program: Program) -> None:
    run_pending(program)  # what the clock asks for
    before = catalogue(program)
    file_id = sent(program, (HEAD + ROWS).encode())
    run_pending(program)
    assert catalogue(program) == before
    found = now(program, file_id)
    report = found.report or {}
    assert (found.state, report["rows"], report["added"]) == ("checked", 5, 2)
    assert [[line, name] for line, name, _ in report["told"]["added"]] == [
        [2, "見本の家"], [3, "見本の森"],
    ]  # fmt: skip
    assert [line for line, *_ in report["reported"]] == [4, 5, 6]
    assert "入れ替わって" in report["reported"][0][2]
    asked(program, file_id)
    run_pending(program)
    after = now(program, file_id)
    assert (after.state, after.size_bytes) == ("imported", len((HEAD + ROWS).encode()))
    assert (after.report or {})["told"] == report["told"]
    assert catalogue(program)[0] == before[0] + 2
    with program.database.reading() as session:
        assert session.scalars(select(SentFile.content)).all() == [None]
        assert set(session.scalars(select(Change.by).where(Change.entity == "resource"))) == {
            "user:b"
        }
        assert session.scalar(select(func.count()).select_from(OfferingState)) == 2


def test_a_trial_waits_for_no_writer_and_makes_none_wait(program: Program) -> None:
    file_id = sent(program, (HEAD + ROWS).encode())
    job: Any = type("Job", (), {"subject": str(file_id), "kind": "check_file", "id": uuid.uuid4(),
                                "token": uuid.uuid4()})  # fmt: skip
    with program.database.writing(by="test") as session:
        # Somebody is in the middle of a change to the catalogue, and has the log's turn.
        now_ = clock.now()
        session.add(Organization(id=uuid.uuid4(), name="会", created_at=now_, edited_at=now_))
        session.flush()
        store = try_file(program, job)
    assert store is not None
    with program.database.writing(by="job") as session:
        assert store(program, session, job).facts["added"] == 2
    assert not list(program.settings.home.glob("trial-*"))


def test_a_trial_of_what_changed_names_the_fields_and_what_may_be_double(
    sqlite_program: Program,
) -> None:
    program = sqlite_program
    first = sent(program, (HEAD + ROWS).encode())
    run_pending(program)
    asked(program, first)
    run_pending(program)
    changed = ROWS.replace("03-0000-0001", "03-0000-0009")
    other = "0000019999,見本の家,見本市架空町1,35.729,139.7148,03-0000-0009\n"
    file_id = sent(program, (HEAD + changed + other).encode())
    run_pending(program)
    report = now(program, file_id).report or {}
    assert (report["added"], report["changed"], report["unchanged"]) == (1, 1, 1)
    assert report["told"]["changed"] == [[2, "見本の家", [["resource", "phone"]]]]
    [similar] = report["similar"]
    assert (similar["line"], similar["other_name"]) == (7, "見本の家")
    assert {"name", "phone"} <= set(similar["alike"])


@pytest.mark.parametrize(
    ("content", "form", "words"),
    [
        (b"", "opendata", "空です"),
        (b"a,b\n1,2\n", "opendata", "名称"),
        (b"[{", "hsds", "1 件目"),
        (b"{}\n", "catalogue", "カタログではありません"),
        (b"\xff\xfe\xff", "catalogue", "UTF-8"),
        ("name,address\n愛,亜\n".encode("euc_jp"), "opendata", "--encoding"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(
    sqlite_program: Program, content: bytes, form: str, words: str
) -> None:
    program = sqlite_program
    file_id = sent(program, content, form)
    run_pending(program)
    found = now(program, file_id)
    assert found.state == "refused"
    ja, en = (found.report or {})["problem"]
    assert words in ja
    assert en.endswith(".")
    with program.database.reading() as session:
        assert found.job_id is not None
        job = job_shown(session, found.job_id)
    assert job is not None
    assert (job.state, job.said) == ("done", "file_unfit")
    assert job.note("ja") != job.note("en")
    with pytest.raises(NotChecked):
        asked(program, file_id)


def test_an_encoding_and_a_day_of_verification_go_along(sqlite_program: Program) -> None:
    program = sqlite_program
    content = "name,address\n愛,亜\n".encode("euc_jp")
    file_id = sent(
        program, content, encoding="euc-jp", verified_on=clock.today() - timedelta(days=3)
    )
    run_pending(program)
    report = now(program, file_id).report or {}
    assert (report["told"]["added"][0][1], report["verified"]) == ("愛", 1)


def test_hsds_and_catalogues_are_tried_and_taken_in_alike(program: Program) -> None:
    hsds = json.dumps([SERVICE, {**SERVICE, "id": "x"}]).encode()
    row = {
        "type": "organization", "id": str(uuid.UUID(int=6)), "name": "見本の会",
        "created_at": "2026-11-24T00:00:00+00:00", "edited_at": "2026-11-24T00:00:00+00:00",
    }  # fmt: skip
    lines = "\n".join(map(json.dumps, ({"type": "catalogue", "format": 1}, row))).encode()
    files = [sent(program, hsds, "hsds"), sent(program, lines, "catalogue")]
    run_pending(program)
    assert catalogue(program)[0] == 0
    names = ("見本の活動", "見本の会")
    for file_id, name, reported in zip(files, names, (1, 0), strict=True):
        report = now(program, file_id).report or {}
        assert [r[1] for r in report["told"]["added"]] == [name]
        assert report["reported_count"] == reported
        asked(program, file_id)
    run_pending(program)
    assert {now(program, f).state for f in files} == {"imported"}
    assert catalogue(program)[0] == 1


def test_a_file_is_taken_in_once_and_not_after_it_was_dropped(sqlite_program: Program) -> None:
    program = sqlite_program
    one, other = (sent(program, (HEAD + ROWS).encode()) for _ in range(2))
    run_pending(program)
    asked(program, one)
    with pytest.raises(NotChecked):
        asked(program, one)
    with program.database.writing(by="user:b") as session:
        drop_file(session, other, by="user:b")
    with pytest.raises(NotChecked):
        asked(program, other)
    run_pending(program)
    with program.database.writing(by="test") as session:
        enqueue(session, "import_file", subject=str(one))
        enqueue(session, "import_file", subject=str(other))
        assert bytes_waiting(session) == 0
    run_pending(program)
    assert catalogue(program)[0] == 2


def test_a_file_whose_job_is_dead_says_why_and_can_be_dropped(sqlite_program: Program) -> None:
    program = sqlite_program
    file_id = sent(program, (HEAD + ROWS).encode())
    run_pending(program)
    asked(program, file_id)
    with program.database.writing(by="test") as session:
        with pytest.raises(NotChecked):
            drop_file(session, file_id, by="user:b")
        # What was tried can't be used any more, as after a restored backup without it.
        session.execute(update(SentFile).values(content=b"no table"))
    run_pending(program)
    found = now(program, file_id)
    assert found.job_id is not None
    with program.database.writing(by="test") as session:
        job = job_shown(session, found.job_id)
        assert job is not None
        assert (job.state, job.said) == ("dead", "bad_file")
        drop_file(session, file_id, by="user:b")
    assert now(program, file_id).state == "dropped"
    assert catalogue(program)[0] == 0


def test_a_name_is_only_a_name_and_old_files_are_forgotten(
    sqlite_program: Program, ask: Callable[..., uuid.UUID]
) -> None:
    program = sqlite_program
    file_id = sent(program, HEAD.encode(), name="../../etc/パス wd\0.csv")
    assert now(program, file_id).name == "パス_wd_.csv"
    with program.database.writing(by="test") as session:
        old = clock.now() - timedelta(days=31)
        session.execute(update(SentFile).values(sent_at=old))
    fresh = sent(program, HEAD.encode())
    with program.database.writing(by="test") as session:
        enqueue(session, "forget_old_jobs")
    run_pending(program)
    with program.database.reading() as session:
        assert [f.id for f in list_files(session, 10)] == [fresh]


def test_a_file_of_a_city_is_tried_and_taken_in(sqlite_program: Program, shared_data: Path) -> None:
    program = sqlite_program
    name = "222127_child_rearing_support_center.csv"
    content = (shared_data / "municipal" / "yaizu" / name).read_bytes()
    file_id = sent(program, content, name=name)
    run_pending(program)
    tried = now(program, file_id).report or {}
    asked(program, file_id)
    run_pending(program)
    done = now(program, file_id).report or {}
    assert done == tried
    assert done["rows"] == done["added"] + done["reported_count"] > 0
