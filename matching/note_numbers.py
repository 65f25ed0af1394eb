"""Numbers in a note: ages, minutes, yen, people, times a week."""

import re
from collections.abc import Iterator

from matching.need import could_be
from matching.note_proposals import Proposal
from matching.note_whom import Others

_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")

_UP_TO = "(?:まで|以内|以下|くらい|ぐらい|ほど|程度|なら|が限度|が限界|がやっと)"
_AID = "(?:歩行器|杖|つえ|シルバーカー|手?押し車|歩行車)"
_BY = "(?:で|なら|を?(?:使って|使えば|ついて|押して))"
_ALONE = r"(?<![\d.])"
"""Ahead of a number: no digit or point, of which it would be the tail (1000000, 2.5)."""

_YEN = r"(?<![万千百])(?<!\d,)(\d{1,3}(?:,\d{3})+|\d{1,7})"
"""As prices are written, 1500 or 1,500, and not what stands behind the 万 of 1万5000."""

_RELATIVE = "[長次三][男女]|息子|娘|母|父|夫|妻|男性|女性|兄|姉|弟|妹"
_PERSON = rf"本人|専業主[婦夫]|主[婦夫]|会社員|無職|独居|単身|{_RELATIVE}"
_MEASURES: tuple[tuple[str, str, int], ...] = (
    (
        "age",
        rf"{_ALONE}(\d{{1,3}})\s*(?:歳|才)"
        r"(?!児|から|まで|以上|以下|未満|の?(?:時|頃|ころ|とき)|で(?:結婚|離婚|発症|退職|出産|来日)"
        r"|の(?:お?[母父]|親|夫|妻|息子|娘|子|兄|姉|弟|妹|孫|祖|双子|[長次三][男女]))",
        1,
    ),
    ("age", rf"(?:{_PERSON})\s*\((\d{{2,3}})[歳才]?\)", 1),
    ("age", r"(?:^|、)(?:今|現在)は?\s*(\d{2})$", 1),
    ("age", r"本人[はが、]?\s*(\d{2})(?=[、。)]|$|無職|男|女|才)", 1),
    ("age", r"^[^、()]{1,20}さん\s*\((\d{2,3})[歳才]?\)", 1),
    ("age", r"(?:[小中高][1-6]|年生)[男女]?子?\((\d{1,2})[歳才]?\)", 1),
    ("walk_minutes", r"(?:歩いて|あるいて|歩行|徒歩)(?:は|圏|で)?\s*(\d{1,3})\s*分", 1),
    ("walk_minutes", rf"(?:歩行|{_AID}(?:使用)?)、\s*(\d{{1,3}})\s*分{_UP_TO}", 1),
    (
        "walk_minutes",
        rf"{_AID}(?:使用|歩行)?{_BY}\s*(\d{{1,3}})\s*分(?!お|ご)",
        1,
    ),
    (
        "walk_minutes",
        rf"{_ALONE}(?<!\d時間)(\d{{1,3}})\s*分(?:{_UP_TO}){{0,2}}(?:しか|なら|は)?歩(?:け|く)",
        1,
    ),
    (
        "walk_minutes",
        rf"歩(?:くの|き|くなら)(?:は|なら|で|も)?\s*(\d{{1,3}})\s*分(?:{_UP_TO}|$)",
        1,
    ),
    (
        "walk_minutes",
        r"片道\s*(\d{1,2})\s*分(?:まで|以内|以下|くらいまで|程度まで|なら|が限度|が限界)(?![^。]*(?:バス|電車|車))",
        1,
    ),
    ("walk_minutes", rf"(?:家|自宅|うち)から\s*(\d{{1,2}})\s*分{_UP_TO}", 1),
    (
        "limits.sessions_per_week",
        r"週に?\s*(?:\d\s*[~〜-]\s*)?(\d)(?:\s*(?:回|日|度)|(?![\d.時間%歳人]|か(?!ら)))",
        1,
    ),
    (
        "limits.minutes",
        r"(?<![:\d.午週月])(?<![週月]に)(?:\d\s*[~〜-]\s*)?(?<![\d.])(\d|1[0-2])(\.5)?\s*時間(半)?(?!後|前|帯|営業|目)",
        60,
    ),
    (
        "limits.minutes",
        rf"(?<![時\d.])(?<!\d時間)(\d{{2,3}})\s*分(?:{_UP_TO}|だけ(?:なら|でも|から|ならば))",
        1,
    ),
    ("limits.max_yen", rf"{_ALONE}{_YEN}\s*円\s*{_UP_TO}", 1),
    ("limits.max_yen", rf"{_ALONE}1[回度]\s*{_YEN}\s*円(?=[・、,/]|$)", 1),
    (
        "limits.group_size",
        rf"(?<![\dと.])([2-9]|\d{{2}})\s*人\s*{_UP_TO}",
        1,
    ),
    (
        "limits.group_size",
        r"(?<![\dと.])([2-9])\s*人の(?:小さな|小さい|少人数の|こぢんまりした|静かな)*"
        r"(?:集まり|集い|会|グループ|場|教室)(?:が(?:よ|い|好)|なら|を?希望)",
        1,
    ),
)
"""Field, pattern of a number (then groups for a half), and what one of it counts."""

_OF_SOMETHING_ELSE = {
    "walk_minutes": re.compile(
        r"かか[るりっ]|かけて|毎[朝日晩夕]|日課|習慣|欠かさ|通勤|通学|通って|(?:駅|停|店|院|社|校|園|スーパー|コンビニ)(?:まで|から)|に(?:住|駅)|圏内に"
        r"|(?:所|ところ|場所|距離|近く)に[^、]*(?:いる|いて|います|おり|住|暮ら|ある(?!会|場|所|サロン))"
        r"|自転車|バイク|タクシー|(?<!押し)(?<!歩行)車で|バス|電車"
    ),
    "limits.sessions_per_week": re.compile(
        r"通所(?!し?たい|でき|な|可|[^、。]{0,6}希望)|通って|通院|利用中|勤務|出勤|パート|バイト|デイ|ヘルパー|看護|訪問|リハビリ|透析|服薬|飲[みむん]|買い物|休みの?み?$"
        r"|学校(?!の?帰り)|登校|登園|通学|保育園|幼稚園|通級|(?<![一-龥])塾|部活|習い事|診察|外来|面会|面談"
        r"|(?:働い|勤め|通っ)て(?:い)?た|配食|弁当|宅配|入浴|風呂|受診|シフト|飲酒"
    ),
    "limits.minutes": re.compile(
        r"片道|往復|電車|バス|駅|歩|あるい|杖|つえ|シルバーカー|押し車|睡眠|寝|眠|残業"
        r"|労働|勤務|待|かか|おき|ごと|営業|働いて(?:い|き)"
        r"|自転車|バイク|タクシー|(?<!歩行)車(?:で|なら)|送って|電話|面談|面接|訪問|初回|前回|昨日|今日|先日|本日"
        r"|話した(?![いく])|話を(?:した(?![いく])|聞いた)|傾聴|滞在|終了|っぱなし|(?:家|自宅|うち)から|遅れ|遅刻"
    ),
    "limits.max_yen": re.compile(
        r"月(?:に|額)?\s*[\d,]+\s*円|毎月|ひと月|1[かヶ]月|年(?:に|会費|間)|借|家賃|年金|月収|手取り|貯金|時給|日給|交通費(?!込)|運賃|バス代|電車代|食費|小遣い|ローン|所持|返済"
    ),
    "limits.group_size": re.compile(
        r"家族|きょうだい|兄弟|子ども|暮らし|世帯|クラス|学級|部署|職場|会社|工場|気後れ|圧倒"
        r"|(?:緊張し|疲れ|固まっ|混乱し|帰っ)て?(?:しまっ)?た(?!く)|だった|でした|いた$|参加した$"
    ),
}
"""Words within the clause by which the number counts something other than what a place asks."""

_TOO_MUCH = re.compile(
    r"(?:くらい|ぐらい|ほど|程度)?(?:は|だと|でも|も|では|じゃ)[^、。]{0,8}?"
    r"(?:長[いくす]|多[いくす]|遠[いくす]|高[いくす]|無理(?!な|で[はも]?な)|だめ|ダメ|不可|NG|×|きつ[いく](?!な)|つら[いく](?!な)|しんど[いく](?!な)"
    r"|もたな|でき(?:な|ず)|いられ(?:な|ず)|歩け(?:な|ず)|出せ(?:な|ず)|行け(?:な|ず)|通え(?:な|ず)|厳し|疲れ[るて])"
)
"""Behind a number that is more than somebody can bear: 「2時間は長い」."""

_TO_A_PLACE = re.compile(
    r"(?:くらい|ぐらい|ほど|程度|圏内?)?の(?!所|ところ|場所|範囲|距離|圏|近[くさ]|場|会(?!社|館)|サロン)[^、。\s]"
)
"""Behind minutes on foot, a place that is so far off, and no limit: 「歩いて5分の公園」."""

_TOPIC_AHEAD = re.compile(r"(?P<topic>[^、()\s]{1,12})[はがも]\s*$")
_OF_COMING = re.compile(
    r"本人|希望|頻度|回数|ペース|目標|参加|利用|最初|はじめ|まず|当面|当分|しばらく|今|の$|私|自分"
    r"|体力|通所|行け|通え|来られ|出られ|動け"
)
_SAID_AS_A_LIMIT = re.compile(
    r"なら|まで|くらい|ぐらい|程度|ほど|から|希望|限|たい|よい|いい|OK|可|でき"
)


def counted(part: str, others: Others) -> Iterator[Proposal]:
    """Read the numbers of a sentence."""
    plain = re.sub(r"[一二三四五六七八九](?=[回日度時人])", _as_digit, part)
    for field, pattern, unit in _MEASURES:
        for found in re.finditer(pattern, plain):
            if _is_meant(field, plain, found, others):
                half = unit // 2 if any(found.groups()[1:]) else 0
                number = int(found.group(1).replace(",", "")) * unit + half
                if could_be(field, number):
                    yield Proposal(field, number, found.group())
                    break


_OF_A_CHILD_AHEAD = re.compile(
    r"(?:\d[歳才](?:[とや・、,]|、?下[がは])|(?:[上下真末](?:[がは]|の子[がは]?)))\s*$"
)
_AND_ANOTHER = re.compile(r"\s*[歳才]?(?:[とや・、,]|、?下[がは])\s*(?:下[がは])?1?\d[歳才]")
_A_CHILD_ASKED_FOR = re.compile(r"\s*[歳才]の?(?:男|女)(?:の子|児)(?![とがをも])")
_OF_AGE = 18
_TODDLER = 6
"""Nobody so young comes for themself: it is the age of a child of theirs, if no word says else."""


def _is_a_childs(age: int, plain: str, found: re.Match[str]) -> bool:
    """Tell whether an age is that of a child of the person: 「3歳と1歳」, 「上が7歳、下が4歳」."""
    if age >= _OF_AGE or "本人" in plain[: found.start(1)]:
        return False
    behind = plain[found.end(1) :]
    if _OF_A_CHILD_AHEAD.search(plain[: found.start(1)]) or _AND_ANOTHER.match(behind):
        return True
    return age < _TODDLER and not _A_CHILD_ASKED_FOR.match(behind)


def _is_meant(field: str, plain: str, found: re.Match[str], others: Others) -> bool:
    if others.at(found.start(1)):
        return False
    if field != "age" and _TOO_MUCH.match(plain, found.end()):
        return False
    if field == "walk_minutes" and _TO_A_PLACE.match(plain, found.end()):
        return False
    if field == "age" and _is_a_childs(int(found.group(1)), plain, found):
        return False
    start = max(plain.rfind("、", 0, found.start()), plain.rfind("(", 0, found.start())) + 1
    clause = re.split(r"[、()]", plain[start:] if start else plain)[0]
    elsewhere = _OF_SOMETHING_ELSE.get(field)
    if elsewhere is not None and elsewhere.search(clause):
        return False
    return field != "limits.sessions_per_week" or not _counts_a_topic(plain, found)


def _counts_a_topic(plain: str, found: re.Match[str]) -> bool:
    """Tell whether times a week are told of something that goes on: 「ミサは週2」."""
    topic = _TOPIC_AHEAD.search(plain[: found.start()])
    if topic is None or _OF_COMING.search(topic["topic"]):
        return False
    return not _SAID_AS_A_LIMIT.search(plain[found.end() :].partition("、")[0])


def _as_digit(found: re.Match[str]) -> str:
    return found.group().translate(_NUMERALS)
