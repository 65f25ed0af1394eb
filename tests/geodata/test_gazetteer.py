"""The gazetteer is imported whole or not at all, and one city does not push out the others."""

import gzip
from pathlib import Path

import pytest

from geodata.addresses import geocode
from geodata.gazetteer import BadGazetteer, NoGazetteer, import_gazetteer, load_gazetteer
from geodata.releases import current_release, releases

HEADER = "pref,city,town,koaza,lat,lng\n"
TOSHIMA = "東京都,豊島区,南大塚三丁目,,35.7300,139.7277\n"
TAKAMATSU = "香川県,高松市,新田町,,34.3250,134.1070\n"


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "towns.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_no_gazetteer_says_which_command_brings_one(tmp_path: Path) -> None:
    with pytest.raises(NoGazetteer, match="ibasho import gazetteer FILE"):
        load_gazetteer(tmp_path / "nothing")


def test_importing_a_ward_replaces_that_ward_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    old = TOSHIMA + "東京都,豊島区,消滅町,,35.7,139.7\n"
    assert import_gazetteer(_file(tmp_path, HEADER + old + TAKAMATSU), folder) == 3
    ward = "code,pref,city,town,koaza,lat,lng\n13116,東京都,豊島区,池袋一丁目,,35.7354,139.7128\n"
    assert import_gazetteer(_file(tmp_path, ward), folder) == 1
    gazetteer = load_gazetteer(folder)
    assert geocode("豊島区池袋1-1", gazetteer).town == "池袋一丁目"
    assert geocode("豊島区消滅町1", gazetteer).town is None
    assert geocode("高松市新田町1", gazetteer).town == "新田町"


def test_importing_the_same_file_again_makes_no_new_release(tmp_path: Path) -> None:
    source = _file(tmp_path, HEADER + TAKAMATSU + TOSHIMA)
    folder = tmp_path / "gazetteer"
    import_gazetteer(source, folder)
    first = current_release(folder, "gazetteer")
    assert import_gazetteer(source, folder) == 2
    assert current_release(folder, "gazetteer") == first
    assert releases(folder, "gazetteer") == [first]


def test_a_new_release_is_seen_and_an_unchanged_one_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    import_gazetteer(_file(tmp_path, HEADER + TOSHIMA), folder)
    before = load_gazetteer(folder)
    assert load_gazetteer(folder) is before
    import_gazetteer(_file(tmp_path, HEADER + TAKAMATSU), folder)
    assert len(load_gazetteer(folder).cities) == 2
    assert len(before.cities) == 1


def test_the_mean_of_the_koaza_is_the_town_s_point(tmp_path: Path) -> None:
    rows = "福島県,浪江町,大字幾世橋,北,37.5,141.0\n福島県,浪江町,大字幾世橋,南,37.4,141.0\n"
    rows += "福島県,浪江町,大字幾世橋,不明,,\n"
    import_gazetteer(_file(tmp_path, HEADER + rows), tmp_path / "gazetteer")
    address = geocode("浪江町幾世橋1", load_gazetteer(tmp_path / "gazetteer"))
    assert (address.lat, address.lon) == (37.45, 141.0)
    assert address.accuracy_m is not None
    assert address.accuracy_m >= 5500  # the 字 themselves lie that far from their middle


@pytest.mark.parametrize(
    ("text", "encoding", "problem"),
    [
        ("", "utf-8", "is empty"),
        (HEADER, "utf-8", "holds no town"),
        ("pref,city,town,koaza,lat\n東京都,豊島区,池袋,,35.7\n", "utf-8", "no column lng"),
        (HEADER + TOSHIMA, "cp932", "not in UTF-8"),
        (HEADER + TOSHIMA, "utf-16", "not in UTF-8"),
        (HEADER + TOSHIMA + "東京都,豊島区,池袋,,139.7,35.7\n", "utf-8", "line 3.*swapped"),
        (HEADER + "東京都,豊島区,池袋,,51.5,-0.1\n", "utf-8", "line 2.*outside Japan"),
        (HEADER + "東京都,豊島区,池袋,,北緯35度,139.7\n", "utf-8", "lat is not a number"),
        (HEADER + "東京都,豊島区,池袋,,35.7,\n", "utf-8", "only one of lat and lng"),
        (HEADER + "東京都,,池袋,,35.7,139.7\n", "utf-8", "city is blank"),
        (HEADER + "東京都,豊島区,池袋,,inf,139.7\n", "utf-8", "lat is not a number"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence_and_changes_nothing(
    tmp_path: Path, text: str, encoding: str, problem: str
) -> None:
    folder = tmp_path / "gazetteer"
    import_gazetteer(_file(tmp_path, HEADER + TAKAMATSU), folder)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(BadGazetteer, match=problem) as refused:
        import_gazetteer(_file(tmp_path, text, encoding), folder)
    assert "\n" not in str(refused.value)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert geocode("高松市新田町1", load_gazetteer(folder)).town == "新田町"


def test_a_gzip_that_is_none_or_is_cut_off_is_refused(tmp_path: Path) -> None:
    none = tmp_path / "none.csv.gz"
    none.write_text(HEADER + TOSHIMA, encoding="utf-8")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress((HEADER + TOSHIMA * 500).encode())[:-20])
    for path, problem in ((none, "not a gzip"), (cut, "cut off"), (tmp_path / "no.csv", "opened")):
        with pytest.raises(BadGazetteer, match=problem):
            import_gazetteer(path, tmp_path / "gazetteer")


def test_a_gzip_file_imports(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv.gz"
    path.write_bytes(gzip.compress((HEADER + TOSHIMA).encode("utf-8-sig")))
    assert import_gazetteer(path, tmp_path / "gazetteer") == 1
