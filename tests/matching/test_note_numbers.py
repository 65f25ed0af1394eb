"""A number of a note is read whole, as it is written, or not at all."""

from typing import Any

import pytest

from matching.need import parse_need
from matching.note import need_of, read_note
from resources.vocabulary import default_vocabulary


@pytest.mark.parametrize(
    ("number", "proposed"),
    [
        (0, {"age": 0, "limits": {"max_yen": 0}}),
        (1, {"age": 1, "walk_minutes": 1,
             "limits": {"sessions_per_week": 1, "minutes": 60, "max_yen": 1}}),
        (5, {"age": 5, "walk_minutes": 5,
             "limits": {"sessions_per_week": 5, "minutes": 300, "max_yen": 5, "group_size": 5}}),
        (24, {"age": 24, "walk_minutes": 24, "limits": {"max_yen": 24, "group_size": 24}}),
        (25, {"age": 25, "walk_minutes": 25, "limits": {"max_yen": 25, "group_size": 25}}),
        (48, {"age": 48, "walk_minutes": 48, "limits": {"max_yen": 48, "group_size": 48}}),
        (99, {"age": 99, "walk_minutes": 99, "limits": {"max_yen": 99, "group_size": 99}}),
        (121, {"walk_minutes": 121, "limits": {"max_yen": 121}}),
        (150, {"walk_minutes": 150, "limits": {"max_yen": 150}}),
        (600, {"walk_minutes": 600, "limits": {"max_yen": 600}}),
        (601, {"limits": {"max_yen": 601}}),
        (999, {"limits": {"max_yen": 999}}),
        (999_999, {"limits": {"max_yen": 999_999}}),
        (1_000_000, {"limits": {"max_yen": 1_000_000}}),
        (1_000_001, {}),
        (1_234_567, {}),
        (9_999_999, {}),
    ],
)  # fmt: skip
def test_a_number_that_no_need_could_say_is_not_proposed(
    number: int, proposed: dict[str, Any]
) -> None:
    said = f"本人は{number}歳。歩いて{number}分。週{number}回。{number}時間くらい。{number}人まで。"
    said += f"{number}円まで。"
    assert need_of(read_note(said)) == proposed
    parse_need({"at": {"lon": 139.7, "lat": 35.7}, **proposed}, default_vocabulary())


@pytest.mark.parametrize(
    ("note", "proposed"),
    [
        ("1000000円まで", {"limits": {"max_yen": 1_000_000}}),
        ("1234567円まで", {}),
        ("1,000円まで", {"limits": {"max_yen": 1_000}}),
        ("1回1,500円", {"limits": {"max_yen": 1_500}}),
        ("500円〜1,000円まで", {"limits": {"max_yen": 1_000}}),
        ("月3,000円まで", {}),
        ("1万5000円まで", {}),
        ("2千500円まで", {}),
        ("11回500円", {}),
        ("1.5時間くらい", {"limits": {"minutes": 90}}),
        ("2.5時間まで", {"limits": {"minutes": 150}}),
        ("1.5〜2時間", {"limits": {"minutes": 120}}),
        ("1.25時間", {}),
        ("1015分まで", {}),
        ("1時間30分なら歩ける", {}),
        ("1015分なら歩ける", {}),
        ("1052歳", {}),
        ("2.5人まで", {}),
        ("2,3人まで", {"limits": {"group_size": 3}}),
    ],
)
def test_a_number_is_not_read_from_its_middle(note: str, proposed: dict[str, Any]) -> None:
    assert need_of(read_note(note)) == proposed
