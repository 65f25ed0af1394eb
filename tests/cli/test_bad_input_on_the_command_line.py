"""What can't be used is said in one sentence, with exit code 2 and nothing half-written."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Ibasho, Outcome

Profile = Callable[..., Path]


def said_in_one_sentence(outcome: Outcome) -> bool:
    lines = [line for line in outcome.err.splitlines() if line]
    return (
        outcome.code == 2
        and outcome.out == ""
        and len(lines) == 1
        and lines[0].startswith("ibasho: ")
        and "Traceback" not in outcome.err
    )


def test_a_profile_that_is_not_there(ibasho: Ibasho, tmp_path: Path) -> None:
    assert said_in_one_sentence(ibasho("suggest", "--profile", tmp_path / "none.json"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"not json",
        b"[]",
        b'"text"',
        b"NaN",
        b'{"at": {"lon": NaN, "lat": 35.7}}',
        '{"at": {"address": "東京都"}}'.encode("cp932"),
        b'{"at": {"lon": 139.7, "lat": 35.7}, "safety": {"protected": true}, "safety": {}}',
        b"[" * 100_000,
        b"\x00\x01\x02",
    ],
)
def test_a_profile_that_is_no_profile(ibasho: Ibasho, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "profile.json"
    file.write_bytes(content)
    assert said_in_one_sentence(ibasho("suggest", "--profile", file))
    assert said_in_one_sentence(ibasho("suggest", "--profile", "-", stdin=content))


@pytest.mark.parametrize(
    "more",
    [
        {"needs": {"no_such_need": 1}},
        {"needs": {"isolation": 9}},
        {"on": "2026-02-30"},
        {"on": "2026-13-01"},
        {"at": {"lon": 35.7, "lat": 139.7}},
        {"at": {"lon": 2.35, "lat": 48.85}},
        {"at": {"lon": 139.7}},
        {"at": {}},
        {"age": -1},
        {"age": "old"},
        {"age": "34"},
        {"age": True},
        {"needs": {"isolation": True}},
        {"safety": {"protected": "yes"}},
        {"safety": {"protected": 1}},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"windows": [{"day": "mon", "from": "17:00", "to": "13:00"}]},
        {"windows": [{"day": "someday", "from": "10:00", "to": "13:00"}]},
        {"limits": {"languages": ["xx-unknown"]}},
        {"name": "somebody"},
        {"walk_minutes": 0},
    ],
)
def test_a_profile_with_a_value_that_cannot_be(
    ibasho: Ibasho, profile: Profile, more: dict[str, object]
) -> None:
    assert said_in_one_sentence(ibasho("suggest", "--profile", profile(**more)))


def test_what_was_sent_is_not_repeated(ibasho: Ibasho, profile: Profile) -> None:
    secret = "canary7391"
    for more in ({"needs": {secret: 1}}, {secret: 1}, {"wishes": {"text": [secret]}}):
        outcome = ibasho("suggest", "--profile", profile(**more))
        assert said_in_one_sentence(outcome)
        assert secret not in outcome.err


def test_an_address_needs_a_gazetteer(ibasho: Ibasho, profile: Profile) -> None:
    outcome = ibasho("suggest", "--profile", profile(at={"address": "東京都豊島区南大塚3-44"}))
    assert said_in_one_sentence(outcome)
    assert "ibasho import gazetteer" in outcome.err


@pytest.mark.usefixtures("gazetteer")
def test_an_address_that_nobody_knows(ibasho: Ibasho, profile: Profile) -> None:
    address = "東京都豊島区どこでもない町1-2-3"
    outcome = ibasho("suggest", "--profile", profile(at={"address": address}))
    assert said_in_one_sentence(outcome)
    assert address not in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lon", "139.7"),
        (),
        ("--lon", "35.7", "--lat", "139.7"),
        ("--lon", "0", "--lat", "0"),
        ("--lon", "nan", "--lat", "35.7"),
        ("--lon", "139.7", "--lat", "35.7", "--address", "東京都豊島区"),
        ("--lon", "139.7", "--lat", "35.7", "--when", "2026-02-30T10:00"),
        ("--lon", "139.7", "--lat", "35.7", "--when", "tomorrow"),
        ("--lon", "139.7", "--lat", "35.7", "--when", "0001-01-01T00:00"),
        ("--lon", "139.7", "--lat", "35.7", "--when", "1999-12-31T23:59"),
        ("--lon", "139.7", "--lat", "35.7", "--when", "2200-06-01T00:00"),
        ("--lon", "139.7", "--lat", "35.7", "--kind", "no_such_kind"),
    ],
)
def test_nearby_without_a_point_or_time_that_can_be(
    ibasho: Ibasho, arguments: tuple[str, ...]
) -> None:
    assert said_in_one_sentence(ibasho("nearby", *arguments))


def test_a_place_that_does_not_exist(ibasho: Ibasho, profile: Profile) -> None:
    nobody = "3b0e0f66-1111-4222-8333-944455556666"
    assert said_in_one_sentence(ibasho("why", "--profile", profile(), nobody))
    assert said_in_one_sentence(ibasho("why", "--profile", profile(), "the salon"))
    assert said_in_one_sentence(ibasho("schedule", "next", nobody))


def test_a_scheme_that_does_not_exist(ibasho: Ibasho, profile: Profile) -> None:
    assert said_in_one_sentence(ibasho("suggest", "--profile", profile(), "--scheme", "mine"))


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(200_000_000)  # sparse: it takes no room on the disk
    for command in (("import", "opendata"), ("import", "catalogue"), ("suggest", "--profile")):
        assert said_in_one_sentence(ibasho(*command, file))


@pytest.mark.parametrize("noun", ["opendata", "catalogue", "gazetteer"])
def test_an_import_of_what_is_no_file_of_that_kind(
    ibasho: Ibasho, tmp_path: Path, noun: str
) -> None:
    assert said_in_one_sentence(ibasho("import", noun, tmp_path / "none.csv"))
    assert said_in_one_sentence(ibasho("import", noun, tmp_path))
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert said_in_one_sentence(ibasho("import", noun, empty))
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)) * 40)
    assert said_in_one_sentence(ibasho("import", noun, noise))


def test_a_file_among_good_ones_that_cannot_be_used_leaves_nothing_behind(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    good = tmp_path / "good.csv"
    good.write_text(
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,住所,緯度,経度\n"
        "222127,1,静岡県,焼津市,見本公民館,静岡県焼津市本町2-16-32,34.867,138.323\n",
        encoding="utf-8",
    )
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    outcome = ibasho("import", "opendata", good, bad)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert ibasho("export", "catalogue").out.count("\n") <= 1  # the head of the format at most
    assert '"name":' not in ibasho("export", "catalogue").out


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IBASHO_PORT", "eighty"),
        ("IBASHO_PORT", "70000"),
        ("IBASHO_RUNNER", "cron"),
        ("IBASHO_DATABASE_URL", "nonsense"),
        ("IBASHO_DATABASE_URL", "mysql://db/ibasho"),
        ("IBASHO_HOME", "/dev/null/home"),
    ],
)
def test_a_setting_that_cannot_be_used(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    outcome = ibasho("jobs")
    assert said_in_one_sentence(outcome)
    assert variable in outcome.err


def test_an_unknown_option_or_command_is_code_2(ibasho: Ibasho) -> None:
    for arguments in (("suggest",), ("suggest", "--nope"), ("no-such-command",)):
        outcome = ibasho(*arguments)
        assert outcome.code == 2
        assert "Traceback" not in outcome.err


def test_what_nobody_expected_is_code_1_and_tells_nothing_of_the_data(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    home = Path(os.environ["IBASHO_HOME"])
    home.mkdir(parents=True)
    with sqlite3.connect(home / "ibasho.sqlite3") as raw:
        raw.execute("CREATE TABLE organization AS SELECT 'canary7391' AS canary7391")
    raw.close()
    outcome = ibasho("suggest", "--profile", profile())
    assert outcome.code == 1
    assert len(outcome.err.strip().splitlines()) == 1
    assert "canary7391" not in outcome.err


def test_a_database_file_that_is_damaged_is_code_2(ibasho: Ibasho, profile: Profile) -> None:
    home = Path(os.environ["IBASHO_HOME"])
    home.mkdir(parents=True)
    (home / "ibasho.sqlite3").write_bytes(b"this is no database, canary7391" * 100)
    outcome = ibasho("suggest", "--profile", profile())
    assert said_in_one_sentence(outcome)
    assert "canary7391" not in outcome.err
