"""Why a row of a file can't become an entry: each reason with the remedy, in both languages."""

from typing import Any


class BadRow(ValueError):
    """A row that can't become a resource; `reason` is a key of `REASONS`."""

    def __init__(self, reason: str, **facts: Any) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)


REASONS: dict[str, tuple[str, str]] = {
    "no_name": ("名称がありません。名称を記入してください。", "It has no name; fill it in."),
    "header_again": (
        "見出しがもう一度あります。この行を削除してください。",
        "It is the header again; remove the line.",
    ),
    "not_a_number": (
        "緯度・経度が数値ではありません。十進法の度で記入してください。",
        "Latitude or longitude is not a number; give decimal degrees.",
    ),
    "half_a_point": (
        "緯度と経度の一方しかありません。両方を記入するか、両方を空にしてください。",
        "Only one of latitude and longitude is given; give both or neither.",
    ),
    "swapped": (
        "緯度と経度が入れ替わっています。正しい列に記入してください。",
        "Latitude and longitude are swapped; put each into its own column.",
    ),
    "outside": (
        "位置が日本の範囲の外です。緯度と経度を確認してください。",
        "The position is outside Japan; check latitude and longitude.",
    ),
    "repeated": (
        "{line} 行目と同じ内容です。どちらかを削除してください。",
        "It repeats line {line}; remove one of the two.",
    ),
    "repeated_id": (
        "{line} 行目と番号が重なっています。番号を直してください。",
        "Its number is that of line {line}; correct one of the two.",
    ),
    "bad_entry": (
        "カタログIDの形が正しくありません。書き出したときのままにするか、空にしてください。",
        "Its カタログID is no id; leave it as it was written, or empty.",
    ),
    "too_many_cells": (
        "見出しより列が多い行です。区切りと引用符を確認してください。",
        "It has more cells than the header; check commas and quotation marks.",
    ),
    "unstorable": (
        "使えない文字（NUL など）があります。その文字を消してください。",
        "It holds a character that can't be stored (NUL, half a sign); remove it.",
    ),
    "too_long": (
        "{column} が長すぎます。{most} 文字までにしてください。",
        "{column} is too long; it may have {most} characters.",
    ),
}
