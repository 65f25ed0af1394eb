"""That somebody would rather not join from home is read beside a wish, of themself, and of today."""

import pytest

from matching.need import parse_need
from matching.note import need_of, read_note
from resources.vocabulary import default_vocabulary


def _from_home(note: str) -> list[object]:
    return [p.value for p in read_note(note) if p.field == "limits.from_home"]


@pytest.mark.parametrize(
    "note",
    [
        "オンラインは嫌、木工がしたい", "オンラインは苦手。人と会って話したい", "画面越しはいや。将棋が好き",
        "家からはいや、対面で", "オンラインは嫌。対面がいい", "オンラインでの参加は苦手なので、通える所がいい",
        "Zoomは苦手とのこと。体操がしたい", "オンラインを嫌がる。お茶を飲みに行きたい", "オンラインは希望しない。料理がしたい",
        "ひきこもり。オンラインは嫌、本が好き", "自宅からの参加は避けたい。人と会いたい",
    ],
)  # fmt: skip
def test_a_dislike_of_joining_from_home_beside_a_wish_is_a_no(note: str) -> None:
    assert _from_home(note) == [False]
    asked = {"at": {"lon": 139.71, "lat": 35.73}, **need_of(read_note(note))}
    assert parse_need(asked, default_vocabulary()).limits.from_home is False


@pytest.mark.parametrize(
    "note",
    [
        "オンラインは苦手", "オンラインは嫌、死にたい", "オンラインは嫌？本が好き", "オンラインは嫌かもしれない。本が好き",
        "オンラインは嫌ではない。本が好き", "夜のオンラインは嫌。本が好き", "オンラインは嫌な時もある。本が好き",
        "オンラインゲームは嫌。木工がしたい", "オンライン授業は嫌。本が好き", "オンラインは苦手なので教えてほしい",
        "オンラインは苦手とのこと、訪問を続けたい", "家から出るのはいや。本が好き", "来所○、オンライン×", "電話は苦手。本が好き",
    ],
)  # fmt: skip
def test_what_says_less_or_asks_for_nothing_is_no_no(note: str) -> None:
    assert _from_home(note) == []


@pytest.mark.parametrize(
    "note",
    [
        "母はオンラインは嫌と言う。本人は木工がしたい", "妻がオンラインを嫌がる。本が好き", "友人はオンラインが苦手。本人は木工がしたい",
        "以前はオンラインは嫌で、今は木工がしたい", "オンラインは嫌だった。本が好き", "オンラインは苦手だったが慣れた。本が好き",
        "オンラインは嫌と言っていたが、今は参加している。本が好き",
        "オンラインは嫌だが仕方ない。本が好き", "オンラインは苦手だが参加できる。本が好き", "オンラインは苦手、でも慣れたら参加したい",
        "オンラインは嫌だけど電話でもいい。本が好き",
    ],
)  # fmt: skip
def test_what_others_dislike_or_is_past_or_borne_is_no_no(note: str) -> None:
    assert _from_home(note) == []


def test_another_way_to_join_at_home_counts_instead() -> None:
    assert _from_home("オンラインは嫌だが電話なら話せる。本が好き") == [True]
