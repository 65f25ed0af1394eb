"""Words around hours: that they are free, taken, or those in which somebody can be reached."""

import re
from collections.abc import Iterator

from matching.note_weekdays import DAYS_SAID, days_of

NO = re.compile(
    r"無理|だめ|ダメ|不可|NG|×|できない|行けない|来られない|来れない|通えない|動けない|起きられ(?:ない|ず)|つらい|苦手|以外"
    r"|(?:行け|来られ|来れ|通え|動け|寄れ|空けられ)(?:ず|なく|ません)|(?:調子|具合|体調|気分)が(?:悪|すぐれ|優れ|出な|上がら)|しんど|きつ[いく]"
    r"|塞が|埋ま|空けられ|空いて(?:い)?な|出られ(?:ない|ず)|出かけられ(?:ない|ず)|働けない|都合が(?:悪|つかな)|いや|嫌|除[くいき]|避け"
)
_CAN = (
    r"希望|(?<!不)可(?!能性)|OK|[○〇◯◎]|大丈夫|空[いきけく]|あい[てた]|都合|動け|参加(?:でき|した|可)"
    r"|(?:が|は|も|で|なら)(?:よい|いい|良い)(?!こと|人)|(?:来られ|来れ|行け|通え|出られ|出かけられ|寄れ)(?!て|た(?!ら)|な)"
    r"|(?:行き|通い|来)たい|働(?:け|きたい)|お願い|ありがた|助か"
)
CAN_COME = re.compile(_CAN)
FREE = re.compile(
    rf"なら|だけ|のみ|しか|参加|来られ|来れ|行け|通え|出られ|出かけられ|よい|いい|良い|{_CAN}"
)
SURELY_FREE = re.compile(rf"なら|だけ|のみ|しか|{_CAN}")
LEFT_AT_THAT = re.compile(
    r"(?:なら|だけ|のみ|に限る)(?:ば|いつでも|何時でも|何とか|なんとか)?[)」]*\s*$"
)
IF_THEN = re.compile(r"なら(?:ば|いつでも|何時でも)?[)」]*\s*$")
ONLY = re.compile(
    r"(?:から)?(?:(?:に|は|の)?しか|(?:で|じゃ)ないと).{0,8}?(?:動|行け|出[らか]|来|空|通え|時間|自由)"
)
ONLY_THEN = re.compile(
    r"[)」]?(?:の?(?:時間帯?|時|間|うち|枠|部分?))?(?:から|に|で|は|[1-9一二]回)?(?:しか|だけ|のみ)"
)
"""Right behind hours; further on, it is something else that is all: 「夜のコンビニだけ」."""

COMES_AHEAD = re.compile(
    r"(?:(?:動け|行け|来られ|来れ|通え|出られ|出かけられ|参加でき)る|空いて(?:い)?る|都合の?(?:よい|いい|良い)|自由な)"
    r"(?:の|時間帯?|曜日|日|枠)?(?:は|が|:|=)\s*$|希望(?:日時?|時間帯?|曜日)?(?:は|:)\s*$"
    r"|(?:^|[、。(]|仕事の|本人の|勤務の)休み(?:の日)?(?:は|が|:)\s*$"
)
NOTHING_MORE = re.compile(
    r"^(?:ごろ|頃|くらい|ぐらい|程度|まで|の間|の枠|です|[)」])*\s*(?:[,/・と]\s*)?$"
)

_NOT_TAKEN = r"(?!(?:[がのはも]|さん)?(?:な[いくけし]|休|終|後|前|あと|帰り))"
_TAKEN_WORDS = (
    "通院|透析|デイ|仕事|勤務|出勤|パート|バイト|シフト|ヘルパー|授業|学校|登校|部活|塾|保育園|幼稚園|会社|職場"
    "|病院|診察|外来|受診|作業所|送り(?!迎え)|迎え|リハビリ|訪問|電話|連絡|面会|面談|営業|開所|開館|受付|窓口|働い|働く"
)
TAKEN = re.compile(rf"(?:{_TAKEN_WORDS}){_NOT_TAKEN}")
BUSY = re.compile(
    rf"(?:{_TAKEN_WORDS}|不在|眠|寝|起き|飲|一人|ひとり|心配|不安|徘徊|出歩){_NOT_TAKEN}"
)
IS_TAKEN = re.compile(rf"(?:は|も|が|の|に)?[^、]{{0,6}}?(?:{_TAKEN_WORDS}){_NOT_TAKEN}")
EXCEPT = re.compile(
    r"(?:は|も|を|だけは?|のみ)?(?:除|無理|だめ|ダメ|不可|NG|×|行け|来られ|以外|都合が(?:悪|つかな)|埋ま|塞が)"
)
"""Behind days that are named: not then, whatever else is said of when the person can come."""

_AT_IT = (
    "通院|透析|デイ|仕事|勤務|出勤|パート|バイト|シフト|授業|学校|登校|部活|塾|会社|職場|診察|外来|受診|作業所"
    "|送り(?!迎え)|迎え|リハビリ|働い|働く|用事|予定(?:が|は|も)?(?:あ|入)"
)
_IS_AT_IT = re.compile(rf"(?:は|も|が|の|に)?(?:朝から|ずっと)?(?:{_AT_IT}){_NOT_TAKEN}")
_AT_IT_FOR = re.compile(rf"(?:{_AT_IT})(?:の日)?(?:週\d回?)?(?:は|が|:|、)?\s*\(?$")
_NOT_ALWAYS = re.compile(
    r"(?:第\s*\d[^、。]{0,8}|隔週[^、。]{0,4}|月に?\d回?[^、。]{0,4}|たまに|時々|ときどき|今月|来月|先月)$"
)
_NOT_YET = re.compile(
    f"{_CAN}|たい|探|見学|体験|始め|応募|面接|紹介|辞め|やめ|てい?た(?:が|けど|頃|ころ)|以前|昔"
)


def is_kept_busy(ahead: str, behind: str) -> bool:
    """Tell whether somebody is elsewhere in hours that are named: 「木曜の午後は仕事」.

    What holds up somebody else, or in some weeks only, or is only looked for, doesn't tell.
    """
    if _NOT_ALWAYS.search(ahead) or _NOT_YET.search(ahead + behind):
        return False
    return bool(_IS_AT_IT.match(behind) or _AT_IT_FOR.search(ahead))


ONE_DATE = re.compile(r"(?:(?:今|来|先|再来)週の?|(?:今度|次|この前|こないだ)の)$")

SOME_DAY = re.compile(
    r"(?:[いうるたな]|[こそあ]の|休みの|調子の(?:よ|い)い)日(?:は|の|に|なら|だけ)?\s*$"
)
"""A day of which isn't said which one: 「この日の午後」, 「仕事がない日は午前中」."""

OTHER_DAYS = re.compile(
    r"(?:(?:他|ほか|別|それ以外)の(?:日|曜日)(?:は|の|に|なら)?|(?:それ|これ)以外の?)\s*$"
)
OTHERS_OF = re.compile(r"(?:(?:他|ほか|別)の|(?:それ|これ)以外の?)\s*$")
"""Right before days of which some are taken: 「ほかの平日」."""

DAY_OFF = re.compile(
    r"^(?:だけが?|のみ|が|しか)(?:仕事(?:が|は)?)?休み(?=$|[、)]|で(?!す?か)|だ|なので)"
)
OF_A_HOUSE = re.compile(r"店|デイ|園|学校|館|院|教室|作業所|サロン|センター|役所|工場")
"""Whose day off it is, where it isn't the person's."""

TAKEN_FOR = re.compile(rf"(?:{_TAKEN_WORDS})(?:の日)?(?:週\d回?)?(?:は|が|:|、)?\s*\(?$")
"""Right before the days that are named: 「透析 月水金」, 「デイは火木」."""

_SOME_WEEKS = re.compile(
    rf"(?:第\s*\d(?:[・,、と/]\s*第?\s*\d)*週?の?|隔週の?)\s*(?P<days>{DAYS_SAID})[^、。]{{0,8}}?(?:{_TAKEN_WORDS}){_NOT_TAKEN}"
)


def taken_some_weeks(part: str) -> Iterator[tuple[str, ...]]:
    """Read the days that are taken in some weeks: 「第2・第4水曜は通院」."""
    for found in _SOME_WEEKS.finditer(re.sub(r"(?<=[\d週])(?=[月火水木金土日]曜)", " ", part)):
        yield days_of(found["days"])


_REACHED = (
    "電話(?:相談)?(?!で(?:参加|話|つなが))|TEL|連絡|架電|折り返し|返信|返事|面接|面談|面会|訪問|受診|聞き取り|アセスメント|モニタリング"
    "|手続き|配達|荷物"
)
_TO_BE_REACHED = re.compile(
    rf"(?:{_REACHED})(?:の?(?:日時|日程|希望日?時?|時間帯?|都合|予約))?(?:に)?(?:は|:|なら|を)、?[^、]*$"
)
_TO_REACH = re.compile(
    rf"^[^、]{{0,8}}?(?:(?:{_REACHED})(?!の?(?:あと|後|前|帰)|(?:は|が)?(?:苦手|不要))|つなが(?=る(?:$|[、()。])|り(?:ます|やす)))"
)


def is_to_be_reached(ahead: str, behind: str) -> bool:
    """Tell whether hours are those of a call or an appointment: 「日中なら電話に出られる」."""
    return bool(_TO_BE_REACHED.search(ahead) or _TO_REACH.match(behind))
