"""Streets are imported from a terminal."""

from pathlib import Path

from terminal import Ibasho


def test_streets_of_a_real_city_are_kept_and_counted(ibasho: Ibasho, shared_data: Path) -> None:
    file = shared_data / "streets" / "tachikawa.graphml"
    done = ibasho("import", "streets", file, "--format", "json")
    assert done.code == 0
    assert done.json["crossings"] == 4106
    assert 300 < done.json["km"] < 600
    assert "km" in ibasho("import", "streets", file).out


def test_a_file_that_holds_no_streets_is_one_sentence(ibasho: Ibasho, tmp_path: Path) -> None:
    file = tmp_path / "streets.osm.pbf"
    file.write_bytes(b"\x00\x00")
    refused = ibasho("import", "streets", file)
    assert refused.code == 2
    assert "download it again" in refused.err
    assert len(refused.err.strip().splitlines()) == 1
