"""A file is read in the encoding it has, or refused with the option that names it; never misread."""

import csv
import io
import json
import random
import uuid
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from resources.database import Database
from resources.hsds.importing import import_hsds
from resources.importing import FileReport, import_opendata
from resources.models import Location, Resource
from resources.sources.encodings import ENCODINGS, UnknownEncoding, decoded, encoding_named
from resources.sources.headers import known_columns
from resources.sources.rows import BadFile
from resources.sources.separators import most_known, separator_of
from resources.sources.tables import read_sheets
from resources.vocabulary import default_vocabulary

HEAD = ["全国地方公共団体コード", "ID", "名称", "所在地_連結表記", "電話番号", "備考"]
ROW = [
    "131164",
    "0000010001",
    "架空の家①",
    "架空市見本町1",
    "03-0000-0000",
    "㈱見本～ﾃｽﾄ;可, 要予約",
]

SPELT = ("utf-8", "utf-8-sig", "cp932", "euc_jis_2004", "iso2022_jp_ext", "utf-16", "utf-16-be")


def text_of(rows: list[list[str]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def as_bytes(text: str, encoding: str) -> bytes:
    if encoding == "iso2022_jp_ext":  # Python's writes neither ① nor ㈱, mail and machines do
        return jis(text)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return mark + text.encode(encoding)


def jis(text: str) -> bytes:
    out, kind = b"", b"\x1b(B"
    for letter in text:
        raw = letter.encode("euc_jis_2004")
        now = b"\x1b(B" if len(raw) == 1 else b"\x1b(I" if raw[0] == 0x8E else b"\x1b$B"
        out += (now if now != kind else b"") + bytes(b & 0x7F for b in raw if b != 0x8E)
        kind = now
    return out + (b"\x1b(B" if kind != b"\x1b(B" else b"")


def judge(text: str) -> int:
    return most_known(text, known_columns)


def brought_in(database: Database, path: Path, **more: str) -> FileReport:
    with database.writing(by="import") as session:
        return import_opendata(session, path, by="import", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", SPELT)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_file_is_read_in_the_encoding_and_with_the_separator_it_has(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    row = [*ROW[:5], ROW[5].replace("～", "〜")] if encoding.startswith(("euc", "iso")) else ROW
    path = tmp_path / "list.csv"
    path.write_bytes(as_bytes(text_of([HEAD, row], separator), encoding))
    [rows] = read_sheets(path)
    assert [list(r.cells) for r in rows] == [HEAD, row]


def test_a_workbook_says_the_same_as_the_text(tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEAD, ROW):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    [rows] = read_sheets(tmp_path / "list.xlsx")
    assert [list(r.cells) for r in rows] == [HEAD, ROW]


def test_no_text_is_ever_read_as_another_text() -> None:
    """Random rows in each encoding: what is read is what was written, or the file is refused."""
    rng = random.Random(11)
    letters = "あいうえおかきくけこ亜唖娃阿哀愛挨姶逢葵茜穐悪握渥旭葦芦鯵梓ｱｲｳｴｵﾊﾋﾌﾍﾎabc 12,"
    refused = 0
    for _ in range(400):
        head = rng.choice((["name", "address"], ["名称", "住所"], ["ab", "cd"]))
        rows = [["".join(rng.choices(letters, k=rng.randint(0, 5))) for _ in head]]
        text = text_of([head, *rows])
        encoding = rng.choice(("utf-8", "cp932", "euc_jis_2004", "iso2022_jp_ext"))
        content = as_bytes(text, encoding)
        try:
            read = decoded(content, judge=judge)
        except BadFile as error:
            refused += "--encoding" in error.ja and "--encoding" in error.en
            named = {"euc_jis_2004": "euc-jp", "iso2022_jp_ext": "iso-2022-jp"}
            read = decoded(content, encoding=named.get(encoding, encoding), judge=judge)
        assert read == text, (encoding, text)
    assert 0 < refused < 200


def test_two_possible_encodings_are_refused_until_one_is_named(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("name,address\n愛,亜\n".encode("euc_jp"))
    with pytest.raises(BadFile, match="--encoding"):
        brought_in(sqlite_database, path)
    assert brought_in(sqlite_database, path, encoding="euc-jp").added == 1
    with sqlite_database.reading() as session:
        assert session.scalars(select(Resource.name)).one() == "愛"


def test_bytes_that_are_broken_are_named_with_their_line_and_not_read_otherwise(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("name,address\n架空の家,見本町\n".encode() + b"\xe6\x9e,x\n")
    with pytest.raises(BadFile, match="Line 3"):
        read_sheets(path)
    path.write_bytes(text_of([HEAD, ROW]).encode("cp932"))
    with pytest.raises(BadFile, match="utf-8"):
        read_sheets(path, encoding="utf-8")


def test_an_encoding_may_be_called_by_its_usual_names() -> None:
    assert [encoding_named(n) for n in ("Shift_JIS", "EUC-JP", "utf8", "ISO-2022-JP")] == [
        "cp932", "euc-jp", "utf-8", "iso-2022-jp",
    ]  # fmt: skip
    with pytest.raises(UnknownEncoding) as caught:
        encoding_named("latin-1")
    assert all(name in str(caught.value) for name in ENCODINGS)


def test_semicolons_and_commas_in_cells_part_nothing() -> None:
    rows = [["名称", "備考"], ["家", "a;b;c;d;e"], ["森", "f;g;h;i;j"]]
    assert separator_of(text_of(rows), known_columns) == ","
    rows = [["名称", "備考"], ["家", "a,b,c,d,e"], ["森", "f,g,h,i,j"]]
    assert separator_of(text_of(rows, ";"), known_columns) == ";"


def test_a_sign_that_no_database_holds_costs_its_row_and_no_other(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    spoiled = ["131164", "0000010002", "架空\0の森", *ROW[3:]]
    path.write_bytes(text_of([HEAD, ROW, spoiled]).encode())
    report = brought_in(database, path)
    assert (report.added, [r.line for r in report.reported]) == (1, [3])
    assert "NUL" in report.reported[0].ja
    book = Workbook()
    for row in (HEAD, ROW, ["131164", "0000010003", "架空_xD800_の庭", *ROW[3:]]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    report = brought_in(database, tmp_path / "list.xlsx")
    assert (report.unchanged, [r.line for r in report.reported]) == (1, [3])


SERVICE = {"id": str(uuid.UUID(int=9)), "name": "見本", "status": "active"}


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        (b'"minimum_age": NaN', "minimum_age"),
        (b'"minimum_age": -Infinity', "minimum_age"),
        (b'"minimum_age": ' + b"9" * 5000, "minimum_age"),
        (b'"minimum_age": 1e999', "minimum_age"),
        (b'"phones": [{"id": "a", "number": "\\ud800"}]', "phones[0].number"),
        (b'"name": "\xed\xa0\x80"', "name"),
        (b'"name": "a\xffb"', "name"),
        (b'"\\udfff": 1', "壊れた文字"),
    ],
)
@pytest.mark.parametrize("form", ["array", "page", "lines"])
def test_what_no_json_may_hold_costs_its_record_and_no_other(
    sqlite_database: Database, tmp_path: Path, spoiled: bytes, words: str, form: str
) -> None:
    good = json.dumps(SERVICE).encode()
    bad = b'{"id": "%s", "status": "active", %s}' % (str(uuid.UUID(int=8)).encode(), spoiled)
    if b'"name"' not in spoiled:
        bad = bad[:-1] + b', "name": "x"}'
    last = json.dumps({**SERVICE, "id": str(uuid.UUID(int=7))}).encode()
    content = b"[" + b", ".join((good, bad, last)) + b"]"
    if form == "page":
        content = b'{"contents": ' + content + b"}"
    elif form == "lines":
        content = b"\n".join((good, bad, last))
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with sqlite_database.writing(by="import") as session:
        report = import_hsds(session, path, vocabulary=default_vocabulary(), by="import")
    assert (report.added, [r.line for r in report.reported]) == (2, [2])
    assert words in report.reported[0].ja
    assert report.reported[0].en.endswith("correct it.")


def test_what_breaks_off_a_list_is_named_by_its_record_and_line(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    good = json.dumps(SERVICE)
    for text, words in (
        (f"[{good},\n{good},\n{{]", "Record 3 .line 3"),
        (f"[{good},\n{'[' * 100_000}", "Record 2 is nested"),
        (f"[{good}]\n{good}", "Record 2"),
        (f"[{json.dumps({**SERVICE, 'name': '見本' * 20}, ensure_ascii=False)}]", "Line 1|line 1"),
    ):
        path.write_text(text, encoding="cp932")
        with pytest.raises(BadFile, match=words), sqlite_database.writing(by="import") as session:
            import_hsds(session, path, vocabulary=default_vocabulary(), by="import")
    with sqlite_database.reading() as session:
        assert session.scalars(select(Location)).first() is None
        assert session.scalars(select(Resource)).first() is None
