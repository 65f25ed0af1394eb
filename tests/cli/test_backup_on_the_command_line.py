"""A copy is made, lost, and brought back by commands, as on the day of a broken disk."""

import sqlite3
from pathlib import Path

import pytest
from terminal import Ibasho


@pytest.fixture
def catalogue(ibasho: Ibasho, tmp_path: Path) -> bytes:
    """A catalogue, and what it is when written out."""
    file = tmp_path / "salons.csv"
    file.write_text("ID,名称,所在地_連結表記\n1,見本サロン,見本町1-1\n", encoding="utf-8")
    assert ibasho("import", "opendata", file).code == 0
    return written(ibasho, tmp_path / "before.jsonl")


def written(ibasho: Ibasho, path: Path) -> bytes:
    assert ibasho("export", "catalogue", path).code == 0
    return path.read_bytes()


def test_an_encrypted_copy_comes_back_on_a_clean_machine(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, copy = tmp_path / "key", tmp_path / "copy"
    made = ibasho("backup-key", key, "--format", "json")
    recipient = made.json["recipient"]
    assert key.stat().st_mode & 0o077 == 0
    facts = ibasho("backup", copy, "--recipient", recipient, "--format", "json").json
    assert facts["proved"]
    assert facts["encrypted"]
    assert facts["rows"] > 0
    monkeypatch.setenv("IBASHO_HOME", str(tmp_path / "clean"))
    assert ibasho("restore", copy).code == 2
    assert not (tmp_path / "clean" / "ibasho.sqlite3").exists()
    back = ibasho("restore", copy, "--key", key, "--format", "json").json
    assert back["rows"] == facts["rows"]
    whole = ibasho("verify", "--against", copy, "--key", key, "--format", "json").json
    assert whole == {"whole": True, "findings": []}
    assert written(ibasho, tmp_path / "after.jsonl") == catalogue


def test_an_audit_that_was_tampered_with_is_found(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with sqlite3.connect(home / "ibasho.sqlite3") as raw:
        raw.execute(
            "INSERT INTO audit (at, by, action, entity, entity_id, fields, allowed)"
            " VALUES ('2026-11-24 00:00:00', 'test', 'read', 'person', 'x', '[]', 1)"
        )
    sealed = ibasho("jobs", "run")
    assert sealed.code == 0
    assert ibasho("verify", "--format", "json").json["whole"]
    with sqlite3.connect(home / "ibasho.sqlite3") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET entity_id = 'y'")
    said = ibasho("verify", "--format", "json")
    assert said.code == 1
    assert [f["what"] for f in said.json["findings"]] == ["audit"]


def test_an_entry_that_was_merged_away_to_nowhere_is_found(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path
) -> None:
    assert ibasho("verify").code == 0
    with sqlite3.connect(tmp_path / "home" / "ibasho.sqlite3") as raw:
        raw.execute("UPDATE resource SET status = 'merged'")
    said = ibasho("verify", "--format", "json")
    assert said.code == 1
    assert [(f["what"], f["count"]) for f in said.json["findings"]] == [("merged:nowhere", 1)]
    assert "1 resources that were merged away lead to no resource" in ibasho("verify").out


def test_a_copy_into_a_folder_gets_a_name_of_its_own(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    said = ibasho("backup", folder)
    assert said.code == 0
    assert "not encrypted" in said.err
    assert len(list(folder.glob("ibasho-*.ibasho"))) == 1


def test_what_can_not_be_used_is_said_in_one_sentence(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, junk = tmp_path / "copy", tmp_path / "junk"
    junk.write_bytes(b"no backup at all")
    assert ibasho("backup", copy).code == 0
    assert "another name" in ibasho("backup", copy).err
    assert "holds data already" in ibasho("restore", copy).err
    assert "damaged or no backup" in ibasho("restore", junk).err
    assert "age1" in ibasho("backup", tmp_path / "x", "--recipient", "somebody").err
    assert "can't be written" in ibasho("backup", tmp_path / "no" / "folder").err
    monkeypatch.setenv("IBASHO_BACKUP_KEEP", "many")
    assert ibasho("backup", tmp_path / "y").code == 2


def test_an_encrypted_copy_or_a_key_that_is_damaged_is_said_in_one_sentence(
    ibasho: Ibasho, catalogue: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, copy, broken, no_text = (tmp_path / n for n in ("key", "copy", "broken", "no_text"))
    recipient = ibasho("backup-key", key, "--format", "json").json["recipient"]
    assert ibasho("backup", copy, "--recipient", recipient).code == 0
    whole = copy.read_bytes()
    no_text.write_bytes(b"\xff\xfe\x00 no text")
    flipped = bytearray(whole)
    flipped[-9] ^= 1
    monkeypatch.setenv("IBASHO_HOME", str(tmp_path / "clean"))
    for data in (whole[:-500], bytes(flipped), whole[:120]):
        broken.write_bytes(data)
        for command in (("restore", broken), ("verify", "--against", broken)):
            said = ibasho(*command, "--key", key)
            assert (said.code, said.out) == (2, "")
            assert len(said.err.strip().splitlines()) == 1
            assert "damaged" in said.err
    for command in (("restore", copy), ("verify", "--against", copy)):
        for wrong, words in ((tmp_path / "missing", "missing"), (no_text, "key file")):
            said = ibasho(*command, "--key", wrong)
            assert (said.code, said.out) == (2, "")
            assert len(said.err.strip().splitlines()) == 1
            assert words in said.err
    assert not (tmp_path / "clean" / "ibasho.sqlite3").exists()
