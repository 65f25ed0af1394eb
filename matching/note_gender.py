"""The gender that a note states of the person: 「48歳男性」, 「本人は女性」, and of nobody else."""

import re
from collections.abc import Iterator

from matching.note_proposals import Proposal
from matching.note_whom import KIN_NAMED, Others

_GENDER = (
    "(?:男|女)(?:性|子|の子)?(?![児友の]"
    "|性?(?:職|ス|ヘ|専|限|向|だけ|のみ|ばかり|同士|どうし|恐怖))"
)
_AGE = r"\d{1,3}\s*(?:[歳才]|代(?:前半|半ば|後半)?)"
_STATE = r"(?:の|、|・|/|\s)*(?:独居|単身|無職|未婚|独身|既婚|在宅)?の?、?"
_IN_BRACKETS = (
    r"(?:(?<=さん)|(?<=氏)|(?<=様)|(?<=本人)|(?<=[A-Z])|^)\s*\("
    r"(?:\d{1,3}[歳才]?[、・/\s]*|(?=[男女]性?[、・/\s]*\d))"
)
_THERE_IT_ENDS = (
    r"(?=$|[、。/・()\s「」→]|です|だ(?!け|と|っ)|で(?!は|も|ない|あれ)"
    r"|(?:より|から)の?(?P<called>、?(?:電話|TEL|相談|来所|来電|連絡|メール))"
    r"|が(?:来|窓口|相談に)|の(?:ケース|件|相談|ひきこもり)"
    r"|(?:独居|単身|無職|ひきこもり|休職|生活保護|不登校))"
)
_STATED = re.compile(
    rf"(?:(?:{_AGE}|[小中高][1-6](?:年生?)?){_STATE}"
    rf"|{_IN_BRACKETS}"
    rf"|(?:ご?本人|対象者?|相談者)(?:は|が|、|:|=|\s)*(?:{_AGE}{_STATE})?"
    rf"|^\s*(?=[男女]性?(?:$|[、。/・\s(]*\d)))"
    rf"(?P<gender>{_GENDER}){_THERE_IT_ENDS}"
)
_FIRST = re.compile(
    r"^\s*(?:(?:高齢|単身|独居|中年|若年|無職)?の?(?P<gender>[男女]性?)(?=[、/・\s])"
    r"(?![^。\n]*(?:[男女]性|所|ところ|場|会|職員|スタッフ))|(?P<sign>[♂♀]))"
)
"""What a note begins with is said of whom it is about."""

_OF_ANOTHER = re.compile(
    r"(?:(?<!本人)(?<!対象)(?<!対象者)(?<!相談者)[はがもと]"
    r"|(?:担当|相手|者|大家|職員|支援員|委員|ヘルパー|講師|先生|医師|友人|知人|隣|近所|近隣"
    r"|上司|同僚|主催|代表|彼|リーダー|年上|年下|同世代)の)、?\s*$"
)
_NOT_SO_PLAIN = re.compile(
    r"性自認|トランス|性別(?:違和|不合|移行|変更)|性同一|MtF|FtM|MTF|FTM|Xジェンダー|ノンバイナリ"
    r"|戸籍上|LGBT|出生時"
)
"""Beside these words staff put down themselves what is to count."""


_FEARED = {
    value: re.compile(
        rf"{word}(?:性|の人|の方|ばかり)[^、。]{{0,8}}?(?:怖|こわ|恐|苦手|無理|避け|つら|NG|×)"
    )
    for value, word in (("male", "男"), ("female", "女"))
}


def stated_gender(note: str, parts: list[tuple[str, Others]]) -> Proposal | None:
    """Return the gender that a note states of the person; None where it tells of two.

    Nor is any told of a man who fears men: places for men only would seem to be for him.

    parts : the sentences of the note, and where they speak of somebody else
    """
    if _NOT_SO_PLAIN.search(note):
        return None
    found = [*_at_the_start(note), *(p for part in parts for p in _stated_in(*part, note))]
    if len({p.value for p in found}) != 1 or _FEARED[found[0].value].search(note):
        return None
    return found[0]


def _at_the_start(note: str) -> Iterator[Proposal]:
    first = _FIRST.match(note)
    if first:
        yield _of(first["gender"] or first["sign"], first.group().strip())


def _stated_in(part: str, others: Others, note: str) -> Iterator[Proposal]:
    for found in _STATED.finditer(part):
        start = found.start("gender")
        if others.at(start) or _OF_ANOTHER.search(part[: found.start()]):
            continue
        if found["called"] and (part[: found.start()].strip() or KIN_NAMED.search(note)):
            continue  # who calls may not be whom they call about
        yield _of(found["gender"], found.group().strip("、 "))


def _of(word: str, because: str) -> Proposal:
    return Proposal("limits.gender", "male" if word[0] in "男♂" else "female", because)
