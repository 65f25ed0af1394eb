"""A coordinator sends a file, sees what would become of each row, and then takes it in."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import Workbook
from sqlalchemy import func, select, update

import jobs.importing_parts
from api.app import create_app
from casework.accounts import add_token
from casework.models import AuditRow
from jobs.models import Job, SentFile, SentPart
from jobs.program import Program
from jobs.runtime import run_one, run_pending
from resources import clock
from resources.database import Database
from resources.models import Offering, Resource

SignedIn = Callable[[str], TestClient]

HEAD = "ID,名称,所在地_連結表記,緯度,経度,電話番号\n"
GOOD = "0000010001,見本の<b>家</b>,見本市架空町1,35.729,139.7148,03-0000-0001\n"
BAD = "0000010003,見本の庭,見本市架空町3,139.7,35.7,\n"


def sent(client: TestClient, content: bytes, name: str = "list.csv", **data: str) -> Response:
    csrf = token_of(client.get("/imports").text)
    return client.post("/imports", data={"csrf": csrf, **data}, files={"file": (name, content)})


def press(client: TestClient, page: str, button: str) -> Response:
    csrf = token_of(client.get(page).text)
    return client.post(f"{page}/{button}", data={"csrf": csrf})


def count(program: Program, table: type) -> int:
    with program.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def numbers(html: str) -> list[int]:
    figures = html.split('class="figures counts"')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [int(n) for n in re.findall(r"<td>(\d+)</td>", figures)]


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_a_file_is_tried_looked_at_and_taken_in(
    program: Program, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(role)
    answer = sent(client, (HEAD + GOOD + BAD).encode("cp932"))
    assert answer.status_code == 303
    page = answer.headers["location"]
    waiting = client.get(page).text
    assert "順番を待っています" in waiting
    assert f'hx-get="{page}/progress"' in waiting
    assert "hx-refresh" not in client.get(f"{page}/progress").headers
    run_pending(program)
    assert client.get(f"{page}/progress").headers["hx-refresh"] == "true"
    tried = client.get(page).text
    assert numbers(tried) == [2, 1, 0, 0, 1]
    assert "掲載内容はまだ何も変わっていません" in tried
    assert "3行目" in tried
    assert "入れ替わっています" in tried
    assert "見本の庭" in tried
    assert "見本の&lt;b&gt;家&lt;/b&gt;" in tried
    assert count(program, Resource) == 0
    assert press(client, page, "take-in").headers["location"] == page
    assert press_again(client, page) == 409
    run_pending(program)
    done = client.get(page).text
    assert numbers(done) == [2, 1, 0, 0, 1]
    assert "取り込みました" in done
    assert count(program, Resource) == 1
    with program.database.reading() as session:
        audited = session.execute(
            select(AuditRow.action, AuditRow.by).where(AuditRow.entity == "sent_file")
        ).all()
    assert [tuple(row) for row in audited] == [
        ("add", f"user:{role}"), ("permit", f"user:{role}"),
    ]  # fmt: skip
    assert "list.csv" in client.get("/imports").text


def press_again(client: TestClient, page: str) -> int:
    csrf = token_of(client.get(page).text)
    return client.post(f"{page}/take-in", data={"csrf": csrf}).status_code


def test_the_same_file_again_brings_nothing_and_is_dropped(
    program: Program, signed_in: SignedIn
) -> None:
    client = signed_in("coordinator")
    for expected in ([1, 1, 0, 0, 0], [1, 0, 0, 1, 0]):
        page = sent(client, (HEAD + GOOD).encode()).headers["location"]
        run_pending(program)
        html = client.get(page).text
        assert numbers(html) == expected
        if expected[1]:
            press(client, page, "take-in")
            run_pending(program)
    assert "取り込むものはありません" in html
    assert "take-in" not in html
    assert press(client, page, "drop").headers["location"] == "/imports"
    assert "取りやめ" in client.get(page).text
    assert count(program, Resource) == 1


def test_a_workbook_hsds_and_a_catalogue_are_told_apart(
    program: Program, signed_in: SignedIn
) -> None:
    client = signed_in("administrator")
    book, content = Workbook(), io.BytesIO()
    book.active.append(HEAD.strip().split(","))
    book.active.append(
        ["0000010001", "見本の森", "見本市架空町1", 35.729, 139.7148, "03-0000-0001"]
    )
    book.save(content)
    service = {"id": "5c3e0000-0000-4000-8000-000000000001", "name": "見本の会", "status": "active"}
    files = {
        "opendata": ("a.xlsx", content.getvalue()),
        "hsds": ("b.json", json.dumps([service, {"name": "x"}]).encode()),
        "catalogue": ("c.jsonl", b'{"type": "catalogue", "format": 1}\n'),
    }
    for form, (name, data) in files.items():
        page = sent(client, data, name).headers["location"]
        run_pending(program)
        with program.database.reading() as session:
            found = session.scalars(select(SentFile).where(SentFile.name == name)).one()
            assert (found.format, found.state) == (form, "checked")
        assert client.get(page).status_code == 200


def test_a_file_that_cannot_be_used_says_why_in_the_readers_language(
    program: Program, signed_in: SignedIn
) -> None:
    client = signed_in("coordinator")
    page = sent(client, "name,address\n愛,亜\n".encode("euc_jp")).headers["location"]
    run_pending(program)
    html = client.get(page).text
    assert "二通りに読めます" in html
    assert "take-in" not in html
    client.get("/language/en")
    assert "two encodings" in client.get(page).text
    page = sent(client, "name,address\n愛,亜\n".encode("euc_jp"), encoding="euc-jp").headers[
        "location"
    ]
    run_pending(program)
    assert "愛" in client.get(page).text


def test_what_the_municipality_confirmed_is_verified_as_of_that_day(
    program: Program, signed_in: SignedIn
) -> None:
    client = signed_in("coordinator")
    day = clock.today() - timedelta(days=4)
    page = sent(client, (HEAD + GOOD).encode(), verified_on=day.isoformat()).headers["location"]
    run_pending(program)
    press(client, page, "take-in")
    run_pending(program)
    with program.database.reading() as session:
        assert session.scalars(select(Offering.verified_on)).all() == [day]


def test_a_large_file_of_which_a_part_died_says_how_much_is_in(
    program: Program, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.importing_parts, "PART", 1)
    client = signed_in("coordinator")
    other = GOOD.replace("0000010001", "0000010002").replace("家", "庭")
    page = sent(client, (HEAD + GOOD + other).encode()).headers["location"]
    run_pending(program)
    press(client, page, "take-in")
    assert run_one(program)
    assert "2個に分けたうち、0個を取り込みました" in client.get(page).text
    with program.database.writing(by="test") as session:
        died = select(SentPart.job_id).where(SentPart.number == 2).scalar_subquery()
        session.execute(update(Job).where(Job.id == died).values(state="dead", said="failed"))
    run_pending(program)
    shown = client.get(page).text
    assert "2個に分けたうちの1個はもう取り込まれていて" in shown
    assert "掲載内容はまだ何も変わっていません" not in shown
    press(client, page, "drop")
    assert "1個を取り込んだところで取りやめました" in client.get(page).text
    run_pending(program)
    assert count(program, Resource) == 1


@pytest.mark.parametrize(
    ("data", "content", "words"),
    [
        ({}, b"", "ファイルを選んで"),
        ({"verified_on": "2999-01-01"}, b"x", "きょうまでの日付"),
        ({"verified_on": "きのう"}, b"x", "きょうまでの日付"),
        ({"encoding": "latin-1"}, b"x", "一覧から選んで"),
        ({"form": "pdf"}, b"x", "一覧から選んで"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_one_sentence(
    program: Program, signed_in: SignedIn, data: dict[str, str], content: bytes, words: str
) -> None:
    client = signed_in("coordinator")
    answer = sent(client, content, **data)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(program, SentFile) == 0


@pytest.fixture
def narrow(sqlite_database: Database, tmp_path: Path) -> Program:
    return make_program(sqlite_database, tmp_path / "home", max_upload_mb=1, max_body_kb=16)


def test_only_those_who_import_may_send_much_and_not_too_much(narrow: Program) -> None:
    app = create_app(narrow.settings, narrow)
    account = add_staff(narrow, "coordinator")
    add_staff(narrow, "support_worker")
    client, other = browser(app), browser(app)
    sign_in(client, "coordinator")
    sign_in(other, "support_worker")
    middle, large = HEAD.encode() + b"x" * 900_000, b"x" * 1_200_000
    assert sent(client, middle).status_code == 303
    assert sent(client, large).status_code == 413
    csrf = token_of(other.get("/account").text)
    for who, token in ((other, csrf), (browser(app), "")):
        answer = who.post("/imports", data={"csrf": token}, files={"file": ("a.csv", middle)})
        assert answer.status_code == 413
    # Elsewhere the small limit holds for everybody.
    csrf = token_of(client.get("/imports").text)
    answer = client.post("/resources/new", data={"csrf": csrf}, files={"file": ("a", middle)})
    assert answer.status_code == 413
    with narrow.database.writing(by="test") as session:
        secret = add_token(
            session, account_id=account, label="x", scopes=("read", "write"), by="test"
        )
    stranger = browser(app)
    headers = {"authorization": f"Bearer {secret}"}
    answer = stranger.post("/imports", files={"file": ("a.csv", middle)}, headers=headers)
    assert answer.status_code == 413


def test_files_that_nobody_decides_on_do_not_fill_the_database(narrow: Program) -> None:
    app = create_app(narrow.settings, narrow)
    add_staff(narrow, "coordinator")
    client = browser(app)
    sign_in(client, "coordinator")
    content = HEAD.encode() + b"x" * 900_000
    answers = [sent(client, content).status_code for _ in range(12)]
    assert answers.count(303) == 11
    assert answers[-1] == 422


def test_a_file_that_there_is_not_is_not_found(signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    for path in ("", "/progress"):
        answer = client.get(f"/imports/5c3e0000-0000-4000-8000-000000000001{path}")
        assert answer.status_code == 404
