"""The demo's people: their questions can be asked, and the twelve vignettes are answered well."""

import re
from datetime import date, datetime
from typing import Any

import pytest

from jobs.demo.facts import agencies, links, towns
from jobs.demo.load import load_demo
from jobs.demo.people import DemoPerson, demo_people
from jobs.program import Program, open_program
from jobs.settings import Settings
from matching.need import parse_need
from matching.suggest import suggest_placements
from resources.agencies import agencies_for_need, build_graph, table_for_needs
from resources.clock import JAPAN
from resources.vocabulary import default_vocabulary

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=JAPAN)
VOCABULARY = default_vocabulary()
PEOPLE = demo_people(2026)
BY_VIGNETTE = {p.vignette: p for p in PEOPLE if p.vignette}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = open_program(Settings(home=tmp_path_factory.mktemp("demo")))
    load_demo(made, today=TODAY)
    yield made
    made.close()


def first_five(program: Program, person: DemoPerson) -> list[str]:
    need = parse_need(person.need, VOCABULARY)
    with program.database.reading() as session:
        answer = suggest_placements(session, program.store, need, now=NOW)
    return [s.as_json()["name"] for s in answer.suggestions[:5]]


def all_names(program: Program, person: DemoPerson) -> list[str]:
    need = parse_need(person.need, VOCABULARY)
    with program.database.reading() as session:
        answer = suggest_placements(session, program.store, need, limit=100, now=NOW)
    return [s.as_json()["name"] for s in answer.suggestions]


def test_there_are_forty_and_none_has_more_of_a_name_than_letters() -> None:
    assert len(PEOPLE) == 40
    assert all(re.fullmatch(r"[Ａ-Ｚ]{1,2}さん", p.label) for p in PEOPLE)
    assert len({p.label for p in PEOPLE}) == 40


def test_every_person_stands_at_the_point_of_a_chome_and_has_a_known_agency() -> None:
    points = {town.name: town.at for town in towns()}
    codes = {a.code for a in agencies()}
    for person in PEOPLE:
        at = person.need["at"]
        assert (at["lon"], at["lat"]) == points[person.town]
        assert person.agency in codes


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.label)
def test_every_profile_can_be_asked(person: DemoPerson) -> None:
    need = parse_need(person.need, VOCABULARY)
    assert need.age
    assert need.needs


@pytest.mark.parametrize(
    ("vignette", "fitting", "never"),
    [
        (1, ["本棚の部屋 よりしろ", "図書室の静かな席 ふくろう", "地域活動支援センター ともしび窓"],
         ["大にぎわいサロン まつかぜ"]),
        (2, ["裏方の手 つばくろ", "一時間からのしごと こひつじ"], ["火木のしごと場 からくり"]),
        (3, ["ひとつ屋根の親子ひろば ゆりの木", "ダブルケアの会 ふたえ", "もの忘れ茶話室 わたげ"],
         ["週三日の訓練 はがね"]),
        (4, ["ばんごはんのある学び部屋 かまど", "きょうだい食堂 ちゃわん", "中高生の部屋 よこみち"],
         ["夜のラウンジ くろねこ", "夕方の手伝い ゆうすげ"]),
        (5, ["木の修繕隊 のみとかんな", "男の工作室 きりん", "区民ひろば（架空・駒込） 直す日"],
         ["遠くの木工塾 ひのき"]),
        (6, ["地域生活支援センター ゆうづき", "遅い午後の部屋 うすあかり"],
         ["地域活動支援センター あさつゆ"]),
        (7, ["女性のための部屋 みずうみ", "登録制の親子ひろば まもり木"],
         ["にこにこ撮影ひろば ぱしゃり", "出入り自由の広間 かざみどり", "喫茶くさもみじ",
          "株式会社いしずえ組立"]),
        (8, ["株式会社すわり堂検品", "文具とはんこ すずめ堂", "工賃のある準備室 いちりづか"],
         ["荷運びの会 かつぎ手"]),
        (9, ["やさしいことばの親子ひろば ナマステ", "託児のある日本語の会 もじもじ"],
         ["申込制ひろば こうよう"]),
        (10, ["断酒の集い しらかべ", "朝昼清掃隊 ほうきぼし", "有限会社ひとすじ清掃"],
         ["花と水の会 じょうろ"]),
        (11, ["段差のない茶の間 ひなぎく", "介護予防センター ゆりかもめ"], ["二階のサロン たかね"]),
    ],
)  # fmt: skip
def test_each_vignette_finds_its_places_and_not_the_tempting_ones(
    program: Program, vignette: int, fitting: list[str], never: list[str]
) -> None:
    person = BY_VIGNETTE[vignette]
    found = first_five(program, person)
    assert set(fitting) <= set(found), found
    assert not set(never) & set(all_names(program, person))


def test_for_the_man_off_the_night_shift_nothing_fits_but_saturday_would(
    program: Program,
) -> None:
    person = BY_VIGNETTE[12]
    assert all_names(program, person) == []
    saturday = {**person.need, "windows": [{"day": "sat", "from": "13:00", "to": "18:00"}]}
    need = parse_need(saturday, VOCABULARY)
    with program.database.reading() as session:
        answer = suggest_placements(session, program.store, need, limit=100, now=NOW)
    names = {s.as_json()["name"] for s in answer.suggestions}
    assert len([name for name in names if name.startswith("土曜の")]) == 4


def test_every_need_of_every_person_is_taken_in_every_district() -> None:
    graph = build_graph(agencies(), links())
    for district in ("d1", "d2", "d3", "d4"):
        for need in VOCABULARY.codes("need"):
            assert agencies_for_need(graph, need, district)[0].directly, (need, district)


def test_the_members_of_the_meetings_are_as_many_as_in_the_plan() -> None:
    council = [a.code for a in agencies() if "suishin_kaigi" in a.meetings]
    working_body = [a.code for a in agencies() if "suishin_bukai" in a.meetings]
    assert len(council) == 23
    assert len(working_body) == 15
    assert set(working_body) <= set(council)
    assert len({a.code for a in agencies()}) == len(agencies())
    assert len([a for a in agencies() if a.code.startswith("centre_")]) == 8


def test_the_working_body_leads_where_several_agencies_are_needed() -> None:
    graph = build_graph(agencies(), links())
    district = {town.name: town.district for town in towns()}
    for person in PEOPLE:
        table = table_for_needs(graph, person.need["needs"], district[person.town])
        assert not table.nobody
        assert table.lead is not None
        if len(table.seats) > 1:
            assert table.lead.code == "suishin_bukai"
            assert all(seat.path[-1] == "suishin_bukai" for seat in table.seats)
