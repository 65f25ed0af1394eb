"""A command says which municipality it is about; where several are and none is named it refuses."""

from pathlib import Path

import pytest
from terminal import Ibasho

from api.cli import app
from api.commands.chosen import OF_THE_INSTALLATION, _commands, with_municipality


@pytest.fixture
def two(ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("IBASHO_MUNICIPALITIES", str(tmp_path / "municipalities.toml"))
    for slug in ("kita", "minami"):
        made = ibasho("municipality", "add", slug, "--name", "見本市", "--host", f"{slug}.example")
        assert made.code == 0, made.err
    return tmp_path


def test_every_command_about_one_takes_its_name() -> None:
    for name, command in _commands(with_municipality(app)):
        takes = any("--municipality" in p.opts for p in command.params)
        of_all = name in OF_THE_INSTALLATION or name.split()[0] in OF_THE_INSTALLATION
        assert takes != of_all, name


def test_a_command_without_a_name_is_refused_and_names_those_there_are(
    two: Path, ibasho: Ibasho
) -> None:
    for arguments in (["jobs"], ["doctor"], ["jobs", "run"], ["verify"], ["sources"]):
        refused = ibasho(*arguments)
        assert refused.code == 2
        assert "kita, minami" in refused.err
    assert ibasho("jobs", "--municipality", "nobody").code == 2
    assert ibasho("jobs", "--municipality", "kita").code == 0
    assert ibasho("jobs", "--municipality", "kita", "run").code == 0


def test_the_environment_may_name_it(
    two: Path, ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBASHO_MUNICIPALITY", "minami")
    assert ibasho("jobs").code == 0


def test_where_nothing_is_listed_a_name_is_refused(ibasho: Ibasho) -> None:
    assert ibasho("jobs").code == 0
    assert ibasho("jobs", "--municipality", "kita").code == 2


def test_what_one_holds_the_other_does_not(two: Path, ibasho: Ibasho) -> None:
    assert ibasho("jobs", "run", "--municipality", "kita").code == 0
    ran = {
        slug: ibasho("jobs", "--municipality", slug, "--format", "json").json["jobs"]
        for slug in ("kita", "minami")
    }
    assert ran["kita"]
    assert ran["minami"] == []
    assert ibasho("accounts", "first", "yamada", "--municipality", "all").code == 2


def test_copies_of_all_are_made_verified_and_brought_back_each_to_its_own(
    two: Path, ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ibasho("accounts", "first", "yamada", "--municipality", "kita").code == 0
    copies = two / "copies"
    copies.mkdir()
    made = ibasho("backup", copies, "--municipality", "all")
    assert made.code == 0, made.err
    assert {p.parent.name for p in copies.rglob("*.ibasho")} == {"kita", "minami"}
    assert ibasho("verify", "--municipality", "all").code == 0
    monkeypatch.setenv("IBASHO_HOME", str(two / "elsewhere"))
    restored = ibasho("restore", copies, "--municipality", "all")
    assert restored.code == 0, restored.err
    assert ibasho("verify", "--against", copies, "--municipality", "all").code == 0


def test_the_list_and_the_walls_are_shown(two: Path, ibasho: Ibasho) -> None:
    listed = ibasho("municipality", "list", "--format", "json").json["municipalities"]
    assert [(m["municipality"], m["hosts"]) for m in listed] == [
        ("kita", ["kita.example"]),
        ("minami", ["minami.example"]),
    ]
    assert ibasho("municipality", "check", "--format", "json").json["holds"] is True
    assert ibasho("municipality", "check").code == 0
    key = two / "home" / "municipalities" / "kita" / "secret.key"
    (two / "home" / "municipalities" / "minami" / "secret.key").write_bytes(key.read_bytes())
    assert ibasho("municipality", "check").code == 1


def test_the_doctor_advises_groups_where_more_are_listed_than_are_held_open(
    two: Path, ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, str | None]:
        found = ibasho("doctor", "--municipality", "kita", "--format", "json").json["checks"]
        return next(c for c in found if c["name"] == "municipalities")

    assert (told()["state"], told()["detail"], told()["remedy"]) == ("ok", "2 / 64", None)
    monkeypatch.setenv("IBASHO_OPEN_MUNICIPALITIES", "1")
    assert (told()["state"], told()["detail"]) == ("optional", "2 / 1")
    assert "IBASHO_OPEN_MUNICIPALITIES" in str(told()["remedy"])


def test_the_check_names_the_fault_of_a_file_that_cannot_be_used(two: Path, ibasho: Ibasho) -> None:
    path = two / "municipalities.toml"
    path.write_text(path.read_text(encoding="utf-8")[:-10], encoding="utf-8")
    checked = ibasho("municipality", "check")
    assert (checked.code, checked.err.count("\n")) == (2, 1)
    assert "TOML" in checked.err


def test_a_new_file_belongs_to_whom_the_old_one_belonged_to(
    two: Path, ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root adds; the account that serves must be able to read it again."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr("os.chown", lambda _path, user, group: given.append((user, group)))
    made = ibasho("municipality", "add", "nishi", "--name", "西市", "--host", "nishi.example")
    assert made.code == 0, made.err
    owner = (two / "municipalities.toml").stat()
    assert given == [(owner.st_uid, owner.st_gid)]
