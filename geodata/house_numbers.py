"""The numbers after a town (41番12号, 1926番地1, 乙8) apart from the building that follows them."""

import re

from geodata.numerals import KANJI_NUMERALS, number_of

_HYPHEN = "-‐‑‒–—―−─━﹣－ーｰ"
_NUMBER = re.compile(
    rf"(?P<letter>[甲乙丙丁戊己庚辛壬癸イロハニホヘト]?)"
    rf"(?P<number>[0-9]{{1,9}}|[{KANJI_NUMERALS}]{{1,9}}"
    rf"(?=$|\s|番|号|地割|[{_HYPHEN}のノ之][0-9{KANJI_NUMERALS}]))"
    # A floor or a room is no part of the number, nor is 101号室; nor digits cut in two.
    r"(?![0-9]|\s*(?:階|F|f|Ｆ|号室|号棟|号館|室|棟|丁目))"
)
_SUFFIX = re.compile("番地割|地割|番地|番町|番|号|線")
_BETWEEN = re.compile(rf"\s*[{_HYPHEN}]\s*|[のノ之]")
_SPACE_BEFORE_GO = re.compile(r"\s+(?=[0-9]+\s*号(?!室|棟|館))")
_LEADING = re.compile(rf"[{_HYPHEN}\s、,・]+")
_AZA = re.compile(r"[^0-9\s]+?(?=[甲乙丙丁]?[0-9])")


def split_number(text: str) -> tuple[str | None, str]:
    """Return the numbers at the beginning of `text`, joined by hyphens, and what is left.

    Examples
    --------
    >>> split_number("9番地7千代田21ビル7階")
    ('9-7', '千代田21ビル7階')
    >>> split_number("サンシャイン60")
    (None, 'サンシャイン60')
    """
    start = _after(_LEADING, text, 0)
    at = start
    numbers: list[str] = []
    while match := _NUMBER.match(text, at):
        if numbers and match["letter"]:
            break  # a letter may stand before the first number only
        numbers.append(match["letter"] + str(number_of(match["number"])))
        at = match.end()
        suffix = _SUFFIX.match(text, at)
        at = suffix.end() if suffix else at
        between = _BETWEEN.match(text, at) or (suffix and _SPACE_BEFORE_GO.match(text, at))
        if between and _NUMBER.match(text, between.end()):
            at = between.end()
        elif not suffix or suffix.group() == "号":
            break
    return ("-".join(numbers) or None), text[_after(_LEADING, text, at) :].rstrip()


def split_number_after_aza(text: str) -> tuple[str | None, str]:
    """As `split_number`, where the name of a 字 stands first; the name stays in what is left."""
    number, rest = split_number(text)
    if number:
        return number, rest
    aza = _AZA.match(text)
    if not aza:
        return None, text.strip()
    number, rest = split_number(text[aza.end() :])
    return number, f"{aza.group()} {rest}".rstrip()


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
