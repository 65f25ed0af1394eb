"""Gaps, siting and maps from a terminal: on the demo ward, whose census figures are real."""

import csv
import io
from pathlib import Path

import pytest
from terminal import Ibasho

from geodata.drawing import NoJapaneseFont, japanese_font

EARLY = ("--walk-minutes", 4, "--hours", "10:00-12:00", "--days", "tue", "--from-day", "2026-11-30")


def has_japanese_font() -> bool:
    try:
        return bool(japanese_font())
    except NoJapaneseFont:
        return False


@pytest.fixture
def ward(ibasho: Ibasho) -> None:
    assert ibasho("demo").code == 0


@pytest.mark.usefixtures("ward")
def test_gaps_siting_and_the_map_tell_the_same_people(ibasho: Ibasho, tmp_path: Path) -> None:
    gaps = ibasho("gaps", *EARLY, "--format", "json").json
    assert gaps["people"] == 291_167
    assert 0 < gaps["people_without"] < gaps["people"]
    text = ibasho("gaps", *EARLY, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 83
    without = sum(int(row["people"]) for row in rows if row["gap"] == "True")
    assert without == gaps["people_without"]
    siting = ibasho("siting", *EARLY, "--new", 2, "--format", "json").json
    assert siting["people_without"] == without
    served = sum(site["people"] for site in siting["sites"])
    assert without - served == siting["people_left"] < without
    for name, start in (("map.png", b"\x89PNG"), ("map.pdf", b"%PDF")):
        drawn = ibasho("map", tmp_path / name, *EARLY)
        if has_japanese_font():
            assert drawn.code == 0
            assert (tmp_path / name).read_bytes().startswith(start)
        else:
            assert drawn.code == 2
            assert "fonts-noto-cjk" in drawn.err
            assert not (tmp_path / name).exists()
    assert "291" in ibasho("gaps", *EARLY).out
    assert ibasho("siting", *EARLY).code == 0


def test_without_population_the_remedy_is_told(ibasho: Ibasho, shared_data: Path) -> None:
    refused = ibasho("gaps")
    assert refused.code == 2
    assert "ibasho import population" in refused.err
    file = shared_data / "population" / "toshima_towns_with_population_2015.csv"
    assert ibasho("import", "population", file, "--format", "json").json["people"] == 291_167
    assert ibasho("gaps", "--format", "json").json["people_without"] == 291_167  # no place at all


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gaps", "--hours", "17:00-13:00"), "13:00-17:00"),
        (("gaps", "--days", "someday"), "mon"),
        (("gaps", "--need", "riches"), "withdrawal"),
        (("gaps", "--kind", "palace"), "salon"),
        (("siting", "--among", "palace"), "facility"),
        (("map", "map.svg"), ".png"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy(
    ibasho: Ibasho, arguments: tuple[str, ...], told: str
) -> None:
    refused = ibasho(*arguments)
    assert refused.code == 2
    assert told in refused.err
