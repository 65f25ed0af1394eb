"""Parts of the day as a note names them, and the hours that each of them is."""

from resources.days import DAYS

_HOURS = {
    "早朝": ("05:00", "09:00"), "午前": ("09:00", "12:00"), "午後": ("12:00", "17:00"),
    "AM": ("09:00", "12:00"), "PM": ("12:00", "17:00"), "昼過ぎ": ("13:00", "17:00"),
    "昼すぎ": ("13:00", "17:00"), "昼": ("12:00", "17:00"), "日中": ("09:00", "17:00"),
    "昼間": ("09:00", "17:00"), "夕方": ("16:00", "19:00"), "夜": ("18:00", "22:00"),
    "昼まで": ("09:00", "12:00"), "ひるすぎ": ("13:00", "17:00"), "ごぜん": ("09:00", "12:00"),
    "ごご": ("12:00", "17:00"), "ゆうがた": ("16:00", "19:00"),
}  # fmt: skip
_AFTER_WORK, _AFTER_SCHOOL = ("18:00", "21:00"), ("15:00", "18:00")

WIDE = ("日中", "昼間")
"""So much of a day is named for what goes on in it, too, and more must say that it is free."""

MORNINGS = ("早朝", "午前", "朝")
"""A no to these leaves the rest of the day."""

LATEST = "21:00"
"""When a day ends of which only the beginning is said: 「夕方以降」."""

_REFUSED_NEXT = (
    r"(?=方?(?:は|が|に|も)?(?:なかなか|どうしても|まだ)?(?:起き(?:られ|れ)(?:ない|ず)|無理|だめ|ダメ|不可|NG|×"
    r"|(?:動け|来られ|来れ|出られ|行け)(?:ない|ず))(?!な?日|な?とき|な?時|こと))"
)
_OVER = r"(?:の|が)?(?:あと|後(?!輩)|帰り|終わり|終わって(?:から)?)"

PART_SAID = (
    r"早朝|午前|午後|AM(?![A-Za-z])|PM(?![A-Za-z]|\d\.)|昼[過す]ぎ|夕方|(?<![深今昨毎一])夜(?![型勤中更遊泣])"
    r"|日中(?!活動|一時|独居)|昼間(?!部)|昼(?=から|以降|以後)|昼まで(?!に)"
    r"|(?<![ぁ-ん])(?:ごぜん|ごご|ゆうがた)|(?:(?<![ぁ-ん])|(?<=お))ひるすぎ"
    rf"|(?:仕事|会社|勤務){_OVER}|退勤後|終業後|放課後(?!等|デイ|児童|ク)|学校{_OVER}"
    rf"|(?<![早今翌明昨])朝{_REFUSED_NEXT}"
)
"""A pattern of one part; of the morning by itself only a no is read."""


def hours_of_part(part: str) -> tuple[str, str] | None:
    """Return the hours of a part of the day; of 「朝」 isn't known until when it goes.

    Examples
    --------
    >>> hours_of_part("夕方"), hours_of_part("仕事のあと"), hours_of_part("朝")
    (('16:00', '19:00'), ('18:00', '21:00'), None)
    """
    if part in _HOURS or part == "朝":
        return _HOURS.get(part)
    return _AFTER_SCHOOL if part.startswith(("学校", "放課後")) else _AFTER_WORK


def days_of_part(part: str | None) -> tuple[str, ...]:
    """Return the days of a part of the day with which none are named: school is on weekdays."""
    if part is None or part in _HOURS or part == "朝":
        return DAYS
    return DAYS[:5]
