"""Numbers as Japanese addresses write them: 三十二, 三二, 壱, ３２."""

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "壱": 1,
    "弐": 2,
    "参": 3,
}
_TENS = {"十": 10, "拾": 10, "百": 100}

KANJI_NUMERALS = "".join(_DIGITS) + "".join(_TENS)
"""Every character that can stand in a number written in kanji."""


def number_of(text: str) -> int:
    """Return the number that digits or kanji numerals stand for.

    Examples
    --------
    >>> number_of("十二"), number_of("二十"), number_of("二〇"), number_of("32")
    (12, 20, 20, 32)
    """
    if text.isdecimal():
        return int(text)
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = 0
    below_ten = 0
    for c in text:
        if c in _TENS:
            total += max(below_ten, 1) * _TENS[c]
            below_ten = 0
        else:
            below_ten = below_ten * 10 + _DIGITS[c]
    return total + below_ten
