"""Releases of layers are listed from a terminal, and an old one is put back."""

import pytest
from terminal import Ibasho


@pytest.mark.usefixtures("gazetteer")
def test_an_earlier_release_is_put_back_in_force(ibasho: Ibasho, tmp_path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(
        "pref,city,town,koaza,lat,lng\n東京都,中野区,大和町,,35.71,139.65\n", encoding="utf-8"
    )
    assert ibasho("import", "gazetteer", file).code == 0
    first, second = ibasho("layers", "list", "--format", "json").json["releases"]
    assert (first["in_force"], second["in_force"]) == (False, True)
    assert ibasho("geocode", "中野区大和町1", "--format", "json").json["town"] == "大和町"
    assert ibasho("layers", "use", "gazetteer", first["release"]).code == 0
    assert ibasho("geocode", "中野区大和町1", "--format", "json").json["town"] is None
    assert first["release"] in ibasho("layers", "list").out.replace("\n", "")
    refused = ibasho("layers", "use", "gazetteer", "../elsewhere")
    assert refused.code == 2
    assert "ibasho layers list" in refused.err


def test_nearby_starts_from_a_station_that_was_imported(ibasho: Ibasho, shared_data) -> None:
    refused = ibasho("nearby", "--station", "池袋")
    assert refused.code == 2
    assert "import stations" in refused.err
    file = shared_data / "toshima" / "stations_N02.geojson"
    assert ibasho("import", "stations", file, "--name-column", "station_name").code == 0
    found = ibasho("nearby", "--station", "池袋駅", "--format", "json").json
    assert found["at"]["lon"] == pytest.approx(139.711, abs=0.002)
    both = ibasho("nearby", "--station", "池袋", "--town", "豊島区池袋一丁目")
    assert both.code == 2
