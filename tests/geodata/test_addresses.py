"""What people write as an address is understood, or stays unknown."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.addresses import geocode
from geodata.gazetteer import Gazetteer


@pytest.mark.parametrize(
    "written",
    [
        "東京都豊島区南大塚3丁目41番12号",
        "東京都豊島区南大塚三丁目41-12",
        "東京都豊島区南大塚３−４１−１２",
        "東京都豊島区南大塚3ー41ー12",
        "東京都豊島区南大塚３‐４１‐１２",
        "東京都豊島区南大塚3‑41–12",
        "東京都豊島区南大塚３ｰ４１ｰ１２",
        "東京都豊島区南大塚三−四一−一二",
        "東京都豊島区南大塚三丁目四十一番十二号",
        "東京都 豊島区 南大塚 ３丁目 ４１－１２",
        "〒170-0005 東京都豊島区南大塚3-41-12",
        "東京都豊嶋区南大塚3丁目41の12",
        "東京豊島区南大塚3-41-12",
        "豊島区南大塚3-41-12",
        "南大塚3-41-12",
    ],
)
def test_one_address_is_understood_however_it_is_written(
    gazetteer: Gazetteer, written: str
) -> None:
    address = geocode(written, gazetteer)
    assert (address.prefecture, address.city, address.town) == ("東京都", "豊島区", "南大塚三丁目")
    assert (address.number, address.rest, address.level) == ("41-12", "", "chome")
    assert (address.lon, address.lat) == (139.7277, 35.73)


@pytest.mark.parametrize(
    ("written", "number", "rest"),
    [
        ("豊島区南大塚3-41-12 大塚ビル3階", "41-12", "大塚ビル3階"),
        ("豊島区南大塚3-41-12-301号室", "41-12", "301号室"),
        ("豊島区南大塚3-41 12階", "41", "12階"),
        ("豊島区南大塚3丁目サンシャイン60", None, "サンシャイン60"),
        ("千代田区神田美土代町９番地７千代田２１ビル７階", "9-7", "千代田21ビル7階"),
        ("香川県高松市新田町乙８番地", "乙8", ""),
        ("丸亀市原田町字東三分一１９２６番地１", "1926-1", "字東三分一"),
        ("浪江町幾世橋六反田7-2", "7-2", "六反田"),
        ("四日市市諏訪町（官有無番地）", None, "(官有無番地)"),
    ],
)
def test_building_floor_and_aza_stay_apart_from_the_number(
    gazetteer: Gazetteer, written: str, number: str | None, rest: str
) -> None:
    address = geocode(written, gazetteer)
    assert address.town is not None
    assert (address.number, address.rest) == (number, rest)


@pytest.mark.parametrize(
    ("written", "city", "town"),
    [
        ("霞ヶ関1-1-1", "千代田区", "霞が関一丁目"),
        ("千代田区霞ケ関１丁目", "千代田区", "霞が関一丁目"),
        ("千代田区丸ノ内1-9", "千代田区", "丸の内一丁目"),
        ("千代田区丸之内一丁目", "千代田区", "丸の内一丁目"),
        ("千葉縣巿川巿巿川1丁目", "市川市", "市川一丁目"),
        ("四日市市諏訪町1-5", "四日市市", "諏訪町"),
        ("野々市市三納1-1", "野々市市", "三納一丁目"),
        ("余市町朝日町26", "余市郡余市町", "朝日町"),
        ("北海道余市郡余市町朝日町26", "余市郡余市町", "朝日町"),
        ("大町市大町3887", "大町市", "大町"),
        ("札幌市中央区北1条西2丁目", "札幌市中央区", "北一条西二丁目"),
        ("堺市北区中百舌鳥町2丁312", "堺市北区", "中百舌鳥町二丁"),
        ("和歌山市12-45", "和歌山市", "十二番丁"),
        ("川口市新堀1", "川口市", "大字新堀"),
        ("川口市大字新堀町999-888", "川口市", "新堀町"),
        ("浪江町大字幾世橋字六反田7", "双葉郡浪江町", "大字幾世橋"),
        ("宇多津町中村12", "綾歌郡宇多津町", "中村"),
        ("中野区大和町2-8-9", "中野区", "大和町二丁目"),
        ("中野区大和町28-9", "中野区", "大和町"),
        ("札幌市北一条西3丁目", "札幌市中央区", "北一条西三丁目"),
    ],
)
def test_spelling_and_left_out_parts_do_not_hide_the_town(
    gazetteer: Gazetteer, written: str, city: str, town: str
) -> None:
    address = geocode(written, gazetteer)
    assert (address.city, address.town) == (city, town)


@pytest.mark.parametrize(
    ("written", "town", "rest"),
    [
        ("京都市中京区河原町二条下ル一之舟入町537-50", "一之船入町", "河原町二条下ル"),
        ("京都府京都市下京区西中筋通北小路通上る丸屋町", "丸屋町", "西中筋通北小路通上る"),
    ],
)
def test_the_streets_of_kyoto_are_kept_and_the_town_behind_them_found(
    gazetteer: Gazetteer, written: str, town: str, rest: str
) -> None:
    address = geocode(written, gazetteer)
    assert (address.town, address.rest) == (town, rest)


@pytest.mark.parametrize(
    "written",
    [
        "東京都豊島区南大塚4丁目1-1",
        "東京都豊島区南大塚4-1-1",
        "東京都豊島区架空町1-2",
        "東京都豊島区池袋新町1-2",
        "東京都豊島区池袋東一丁目1",
        "東京都豊島区池袋駅",
        "東京都豊島区目白台1-1",
    ],
)
def test_a_town_the_gazetteer_does_not_know_is_never_a_neighbour(
    gazetteer: Gazetteer, written: str
) -> None:
    address = geocode(written, gazetteer)
    assert (address.city, address.town, address.level) == ("豊島区", None, "city")
    assert address.rest == written.removeprefix("東京都豊島区")


def test_a_town_without_its_chome_stands_for_all_of_them(gazetteer: Gazetteer) -> None:
    whole = geocode("豊島区東池袋", gazetteer)
    part = geocode("豊島区東池袋1-1", gazetteer)
    assert (whole.town, whole.level) == ("東池袋", "town")
    assert whole.accuracy_m is not None
    assert part.accuracy_m is not None
    assert whole.accuracy_m > part.accuracy_m >= 100


@pytest.mark.parametrize(
    ("written", "prefecture"),
    [("府中市宮西町2-24", "東京都"), ("府中市府川町315", "広島県")],
)
def test_the_town_decides_between_cities_of_one_name(
    gazetteer: Gazetteer, written: str, prefecture: str
) -> None:
    assert geocode(written, gazetteer).prefecture == prefecture


@pytest.mark.parametrize("written", ["府中市", "中央区日本橋1-1-1", "", " ", "1-2-3", "abc"])
def test_what_can_mean_two_places_or_none_is_unknown(gazetteer: Gazetteer, written: str) -> None:
    address = geocode(written, gazetteer)
    assert address.level == "unknown"
    assert address.prefecture is address.city is address.town is address.lon is None
    assert address.rest == written.strip()


def test_a_hint_fills_what_the_address_leaves_out_but_never_overrules_it(
    gazetteer: Gazetteer,
) -> None:
    assert geocode("府中市", gazetteer, prefecture="広島県").prefecture == "広島県"
    assert geocode("日本橋1-1", gazetteer, city="大阪市中央区").prefecture == "大阪府"
    assert geocode("架空町1", gazetteer, city="豊島区").level == "city"
    # 大町 is a town of 大町市, and the first part of the city's own name.
    assert geocode("大町市架空寺1", gazetteer, city="大町市").town is None
    assert geocode("大町1", gazetteer, city="大町市").town == "大町"
    stated = geocode("香川県高松市新田町8", gazetteer, prefecture="東京都", city="豊島区")
    assert (stated.prefecture, stated.city) == ("香川県", "高松市")


def test_a_city_and_a_prefecture_alone_are_answered_as_such(gazetteer: Gazetteer) -> None:
    city = geocode("東京都豊島区", gazetteer)
    assert (city.level, city.rest) == ("city", "")
    assert city.accuracy_m is not None
    assert city.accuracy_m > 500
    prefecture = geocode("東京都", gazetteer)
    assert (prefecture.level, prefecture.lon, prefecture.accuracy_m) == ("prefecture", None, None)


def test_a_town_without_coordinates_is_known_but_its_point_is_not(gazetteer: Gazetteer) -> None:
    address = geocode("愛媛県八幡浜市須崎2丁目5", gazetteer)
    assert (address.town, address.number, address.level) == ("須崎二丁目", "5", "chome")
    assert address.lon is address.lat is address.accuracy_m is None


def test_the_answer_goes_out_with_exactly_the_promised_fields(gazetteer: Gazetteer) -> None:
    sent = geocode("東京都豊島区南大塚3-41-12", gazetteer).as_json()
    assert list(sent) == [
        "prefecture", "city", "town", "number", "rest", "level", "lon", "lat", "accuracy_m",
    ]  # fmt: skip
    assert json.loads(json.dumps(sent)) == sent


_PIECES = st.sampled_from(
    [
        *"東京都豊島区南大塚市町村字上る入角ヶノー－-−〇一十百9９0３ 　(（丁目番号ｱ々ﾞ\0\n😀",
        *("丁目", "番地", "京都市中京区", "府中市", "東京都豊島区", "南大塚"),
        *("9" * 30, "九" * 30, "十" * 30),
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=25))
def test_no_text_whatever_makes_it_stumble(gazetteer: Gazetteer, pieces: list[str]) -> None:
    address = geocode("".join(pieces), gazetteer)
    assert address.level in ("unknown", "prefecture", "city", "town", "chome")
    assert (address.town is None) == (address.level not in ("town", "chome"))


def test_a_text_of_100000_characters_is_answered(gazetteer: Gazetteer) -> None:
    assert geocode("9" * 100_000 + "丁目", gazetteer).level == "unknown"
    assert geocode("豊島区南大塚" + "上る三" * 30_000, gazetteer).level == "city"
