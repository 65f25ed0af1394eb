"""Numbers and hours in a note: ages, minutes, yen, times a week, weekdays and parts of the day."""

import re
from collections.abc import Iterator

from matching.need import could_be
from matching.note_proposals import Proposal
from matching.note_whom import Others
from resources.days import DAYS

_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_WEEKDAYS = "月火水木金土日"

_UP_TO = "(?:まで|以内|以下|くらい|ほど|程度|なら|が限度|が限界|がやっと)"
_PERSON = "本人|[長次三][男女]|息子|娘|母|父|夫|妻|男性|女性|兄|姉|弟|妹"
_MEASURES: tuple[tuple[str, str, int], ...] = (
    (
        "age",
        r"(\d{1,3})\s*(?:歳|才)"
        r"(?!児|から|まで|以上|以下|未満|の?(?:時|頃|ころ|とき)|で(?:結婚|離婚|発症|退職|出産|来日)"
        r"|の(?:お?[母父]|親|夫|妻|息子|娘|子|兄|姉|弟|妹|孫|祖|双子|[長次三][男女]))",
        1,
    ),
    ("age", rf"(?:{_PERSON})\s*\((\d{{2,3}})[歳才]?\)", 1),
    ("walk_minutes", r"(?:歩いて|歩行|徒歩)(?:は|圏|で)?\s*(\d{1,3})\s*分", 1),
    ("walk_minutes", rf"(\d{{1,3}})\s*分{_UP_TO}?(?:しか|なら|は)?歩(?:け|く)", 1),
    (
        "limits.sessions_per_week",
        r"週に?\s*(?:\d\s*[~〜-]\s*)?(\d)(?:\s*(?:回|日|度)|(?![\d.時間%歳人か]))",
        1,
    ),
    (
        "limits.minutes",
        r"(?<![:\d午])(?:\d\s*[~〜-]\s*)?(?<!\d)(\d{1,2})\s*時間(半)?(?!後|前|帯|営業|目)",
        60,
    ),
    ("limits.minutes", rf"(?<![時\d])(\d{{2,3}})\s*分{_UP_TO}", 1),
    ("limits.max_yen", rf"(\d{{1,6}})\s*円\s*{_UP_TO}", 1),
    ("limits.group_size", r"(\d{1,2})\s*人\s*(?:まで|以下|以内|くらい|ほど|なら)", 1),
)
"""Field, pattern of a number (behind it perhaps a half), and what one of it counts."""

_OF_SOMETHING_ELSE = {
    "limits.sessions_per_week": re.compile(
        r"通所(?!し?たい|でき|な|可)|通って|通院|利用中|勤務|出勤|パート|バイト|デイ|ヘルパー|看護|訪問|リハビリ|透析|服薬|飲[みむん]|買い物|休みの?み?$"
    ),
    "limits.minutes": re.compile(
        r"片道|往復|電車|バス|駅|歩|睡眠|寝|眠|残業|労働|勤務|待|かか|おき|ごと|営業|働いて(?:い|き)"
    ),
    "limits.max_yen": re.compile(r"借|家賃|年金|月収|手取り|貯金|時給|日給|ローン|所持|返済"),
    "limits.group_size": re.compile(r"家族|きょうだい|兄弟|子ども|暮らし|世帯"),
}
"""Words within the clause by which the number counts something other than what a place asks."""


def counted(part: str, others: Others) -> Iterator[Proposal]:
    """Read the numbers of a sentence."""
    plain = re.sub(r"[一二三四五六七八九](?=[回日度時人])", _as_digit, part)
    for field, pattern, unit in _MEASURES:
        for found in re.finditer(pattern, plain):
            if _is_meant(field, plain, found, others):
                half = unit // 2 if found.re.groups > 1 and found.group(2) else 0
                number = int(found.group(1)) * unit + half
                if could_be(field, number):
                    yield Proposal(field, number, found.group())
                    break


def _is_meant(field: str, plain: str, found: re.Match[str], others: Others) -> bool:
    if others.at(found.start(1)):
        return False
    start = max(plain.rfind("、", 0, found.start()), plain.rfind("(", 0, found.start())) + 1
    clause = re.split(r"[、()]", plain[start:] if start else plain)[0]
    elsewhere = _OF_SOMETHING_ELSE.get(field)
    return elsewhere is None or elsewhere.search(clause) is None


def _as_digit(found: re.Match[str]) -> str:
    return found.group().translate(_NUMERALS)


_PARTS_OF_DAY = {
    "早朝": ("05:00", "09:00"), "午前": ("09:00", "12:00"), "午後": ("12:00", "17:00"),
    "昼過ぎ": ("13:00", "17:00"), "夕方": ("16:00", "19:00"), "夜": ("18:00", "22:00"),
}  # fmt: skip
_WHEN = re.compile(
    r"(?P<days>平日|土日祝?|毎日"
    r"|(?<![\d一-龥])[月火水木金土日](?:曜日?)?(?:[・,、と]?[月火水木金土日](?:曜日?)?)*(?:曜|の)?)?"
    r"の?(?P<part>早朝|午前|午後|昼過ぎ|夕方|(?<![深今昨毎一])夜(?![型勤中更遊泣]))"
    r"(?:中|間(?!営業))?(?:(?P<start>\d{1,2})時(?P<half>半)?(?:から|[~〜-])(?P<end>\d{1,2})時)?"
    r"(?P<behind>[^、。]{0,14})"
)
_NO = re.compile(
    r"無理|だめ|ダメ|不可|NG|×|できない|行けない|来られない|動けない|起きられ(?:ない|ず)|つらい|苦手|外|塞が|埋ま"
)
_FREE = re.compile(
    r"なら|だけ|のみ|しか|希望|(?<!不)可|OK|[○〇◯◎]|大丈夫|空|あい[てた]|(?:が|は|も)?(?:よい|いい|良い|都合)|動け|来られ|来れ|行け|行きたい|通え|通いたい|出られ|出かけられ|参加"
)
_BUSY = re.compile(
    r"通院|透析|デイ|仕事|勤務|パート|バイト|ヘルパー|授業|学校|送り|迎え|リハビリ|不在|訪問|眠|寝|起き|飲|一人|ひとり|心配|不安|徘徊|出歩"
)


def timed(part: str, others: Others) -> Iterator[Proposal]:
    """Read the hours of a sentence in which the person can come, or what a no leaves of them."""
    for found in _WHEN.finditer(part):
        if others.at(found.start()):
            continue
        days = _days_of(found["days"])
        start, end = _hours_of(found)
        if _NO.search(found["behind"]):
            if found["part"] not in ("午前", "早朝") or found["start"]:
                continue  # what is left then isn't told by what is not
            start, end = "12:00", "21:00"
        elif not _is_free(found):
            continue
        yield Proposal(
            "windows", [{"day": d, "from": start, "to": end} for d in days], found.group().strip()
        )


def _is_free(found: re.Match[str]) -> bool:
    """Tell whether hours that are named are those in which the person can come."""
    if _FREE.search(found["behind"]):
        return True
    named = bool(found["days"] or found["start"])
    return named and not _BUSY.search(found["behind"]) and not found["behind"].startswith("は")


def without_leftovers(found: list[Proposal]) -> list[Proposal]:
    """Leave out what is left by a no ("not in the mornings") where it is said when they can come.

    All hours of a need count together: the wider ones would swallow those that were said.
    """
    left = [p for p in found if p.field == "windows" and _NO.search(p.because)]
    said = [p for p in found if p.field == "windows" and p not in left]
    return [p for p in found if p not in left] if said else found


def _hours_of(found: re.Match[str]) -> tuple[str, str]:
    """Return the hours that are said (午後2時から4時), else those of the part of the day."""
    if not found["start"]:
        return _PARTS_OF_DAY[found["part"]]
    later = 12 if found["part"] in ("午後", "昼過ぎ", "夕方", "夜") else 0
    start, end = (h + later if h < 12 else h for h in (int(found["start"]), int(found["end"])))
    if not start < end <= 24:
        return _PARTS_OF_DAY[found["part"]]
    return f"{start:02d}:{'30' if found['half'] else '00'}", f"{end:02d}:00"


def _days_of(words: str | None) -> tuple[str, ...]:
    if not words or words == "毎日":
        return DAYS
    if words == "平日":
        return DAYS[:5]
    if words.startswith("土日"):
        return DAYS[5:]
    return tuple(
        DAYS[i] for i, kanji in enumerate(_WEEKDAYS) if kanji in words.replace("曜日", "曜")
    )
