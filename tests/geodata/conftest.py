"""A gazetteer of a handful of real towns, enough for every trap."""

from pathlib import Path

import pytest

from geodata.gazetteer import Gazetteer, import_gazetteer, load_gazetteer

# Town, latitude, longitude as in Geolonia 住所データ (CC BY 4.0), rounded.
TOWNS = """pref,city,town,koaza,lat,lng
東京都,豊島区,南大塚一丁目,,35.7282,139.7330
東京都,豊島区,南大塚二丁目,,35.7272,139.7300
東京都,豊島区,南大塚三丁目,,35.7300,139.7277
東京都,豊島区,東池袋一丁目,,35.7304,139.7148
東京都,豊島区,東池袋二丁目,,35.7320,139.7190
東京都,豊島区,東池袋三丁目,,35.7303,139.7205
東京都,豊島区,池袋本町一丁目,,35.7420,139.7160
東京都,豊島区,池袋一丁目,,35.7354,139.7128
東京都,千代田区,霞が関一丁目,,35.6739,139.7527
東京都,千代田区,丸の内一丁目,,35.6813,139.7660
東京都,千代田区,神田美土代町,,35.6928,139.7660
東京都,中央区,日本橋一丁目,,35.6828,139.7743
大阪府,大阪市中央区,日本橋一丁目,,34.6680,135.5060
大阪府,堺市北区,中百舌鳥町二丁,,34.5560,135.5040
東京都,府中市,宮西町二丁目,,35.6690,139.4780
広島県,府中市,府川町,,34.5680,133.2370
三重県,四日市市,諏訪町,,34.9650,136.6240
千葉県,市川市,市川一丁目,,35.7310,139.9070
石川県,野々市市,三納一丁目,,36.5220,136.6060
北海道,余市郡余市町,朝日町,,43.1920,140.7900
長野県,大町市,大町,,36.5030,137.8510
北海道,札幌市中央区,北一条西二丁目,,43.0620,141.3540
北海道,札幌市中央区,北一条西三丁目,,43.0615,141.3525
京都府,京都市中京区,一之船入町,,35.0120,135.7700
京都府,京都市下京区,丸屋町,,34.9900,135.7560
埼玉県,川口市,大字新堀,,35.8270,139.7700
埼玉県,川口市,新堀町,,35.8290,139.7680
福島県,双葉郡浪江町,大字幾世橋,六反田,37.4980,140.9980
福島県,双葉郡浪江町,大字幾世橋,斉藤屋敷,37.4990,141.0000
香川県,丸亀市,原田町,,34.2590,133.7840
香川県,高松市,新田町,,34.3250,134.1070
和歌山県,和歌山市,十二番丁,,34.2290,135.1700
愛媛県,八幡浜市,須崎二丁目,,,
東京都,中野区,大和町,,35.7130,139.6500
東京都,中野区,大和町二丁目,,35.7125,139.6510
香川県,綾歌郡宇多津町,（大字なし）,中村,34.3073,133.8308
"""


@pytest.fixture(scope="session")
def towns_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("towns") / "towns.csv"
    path.write_text(TOWNS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def gazetteer(towns_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("gazetteer")
    import_gazetteer(towns_file, folder)
    return load_gazetteer(folder)


@pytest.fixture(scope="session")
def national_gazetteer(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("national")
    import_gazetteer(shared_data / "gazetteer" / "japan_towns.csv.gz", folder)
    return load_gazetteer(folder)
