"""What turns a word of a note round: 「料理は苦手」 is no liking, 「昔は」 no more."""

import re
from enum import Enum

_NOT = r"(?:ない|なく|なかっ|なし|無し|無い|ありません|ません)"

_OWN_NO = re.compile(r"(?:[えけせねめべらかさたまで]|(?<![ぶ潰疲遅忘倒暴])れ|(?<!迷)わ|でき|起き)$")
_OWN_NO_BEHIND = re.compile(r"(?:て(?:は)?い)?(?:ない|なく|なかっ|ません|ず)")
"""「字が読め」+「ない」: the trouble is that it can't be done, so this no is part of it."""

_ABLE = re.compile(
    r"(?:読め|書け|話せ|払え|行け|行って|入れ|起きられ|起きれ|出られ|言え|返せ|歩け|見え|通え|続け"
    r"|やめられ|捨てられ|片[づ付]けられ|覚えられ)$"
)
_ABLE_BEHIND = re.compile(r"(?:る|ます|た(?!い)|て(?:い|き)[るたま]|いる|いた|います)")
"""「字が読め」+「る」: it can be done, so there is no trouble."""

_FOR_IT = r"好き|した[いく]|(?<!し)たい|得意|興味|楽し|苦手(?:では|じゃ)|嫌い(?:では|じゃ)|苦になら"
"""Said in between, the rest of the clause is about something else: 「本が好きで運動は苦手」."""

_MARKED_NO = r"×|✕|✖|NG|だめ|ダメ|不可"
_MARKED_YES = r"[○〇◯◎]|OK|(?<!不)可(?!能)|平気|大丈夫(?!では|じゃ|でな)"


class Turn(Enum):
    """What kind of word it is, and so what turns it round."""

    LIKING = "liking"
    NEED = "need"
    LIMIT = "limit"
    LANGUAGE = "language"


_TURNED: dict[Turn, re.Pattern[str]] = {
    Turn.LIKING: re.compile(
        rf"^.{{0,4}}?(?:好き(?:では|じゃ|で){_NOT}|(?:好き|得意)だった(?:が|けど)|[しり]たく{_NOT})"
        r"|^は(?:大丈夫|平気|かまわ|構わ)|^(?:は|も)?(?:OK|[○〇◯◎])"
        rf"|^(?:(?!{_FOR_IT}).){{0,14}}?"
        rf"(?:{_NOT}|{_MARKED_NO}|苦手(?!では|じゃ)|嫌(?!いでは|いじゃ|では|じゃ|が)|きらい|いや[だで]"
        r"|無理|避け|やめた|辞めた|飽き|難し|困難|つら|アレルギ|手につかず|ばかり)"
    ),
    Turn.NEED: re.compile(
        r"^り?(?:の?(?:経験|問題|心配|おそれ|恐れ|様子|こと|歴)|事)?"
        rf"(?:(?:で|じゃ)?(?:は|も|が|を)?(?:特に)?(?:し(?:て(?:は)?い)?|されて(?:は)?い|い)?{_NOT})"
        r"|^(?:と|とまで|とか)?(?:は|も)?(?:言わ|思わ|訴え|感じ|考え)(?:て(?:は)?い)?(?:ない|ず)"
        rf"|^.{{0,4}}?苦手(?:では|じゃ){_NOT}|^.{{0,8}}?[たる]こと(?:は|が|も)?{_NOT}"
        rf"|^く(?:は|も)?{_NOT}|^(?:は|も|を)?(?:受け|利用し|もらっ)て(?:は)?い?{_NOT}"
        r"|^だった(?:が|けど)|^.{0,6}?(?:完済|解消|解決|克服|完治|治癒|治った)"
        rf"|^.{{0,3}}?(?:{_MARKED_YES})"
    ),
    Turn.LIMIT: re.compile(
        rf"^.{{0,8}}?(?:{_MARKED_YES}|構(?:わ|い)|かま(?:わ|い)|気にな(?:ら|って(?:い)?な)"
        rf"|気にし(?:な|て(?:い)?な)|嫌(?:が|い)(?:ら|って(?:い)?な|では)|苦手(?:では|じゃ){_NOT}"
        r"|問題な|慣れ|(?:は|も)?(?:いら|要ら|不要|必要な|必要では)"
        r"|な(?:い|く)て?も(?:よ|い|良)|すぎ|(?:方|ほう)?(?:が|は)?好き)"
        rf"|^.{{0,2}}?(?:では|じゃ|で){_NOT}"
    ),
    Turn.LANGUAGE: re.compile(rf"^.{{0,10}}?(?:{_NOT}|話せな|わからな|できな|苦手)"),
}

_ONCE = re.compile(
    r"(?:昔|以前|かつて|若い(?:頃|ころ|時)|(?:子ども|子供|学生|独身|現役|元気な?)(?:の)?(?:頃|ころ|時代?))(?:は|、)"
    r"(?:(?!今は|今も|今でも|現在|最近)[^。])*$"
)
_AGAIN = re.compile(r"また|もう一度|もう一回|再び|再開|今(?:も|でも)|戻りたい")
_ONLY_IF = re.compile(
    r"^(?:[^、。]{0,8}?(?:たら|れば|となると|になると|場合|おそれ|恐れ)|[^、。]{0,4}?にな(?:るの|らない)(?:が|か)(?:心配|不安))"
)
_SUPPOSED = re.compile(r"(?:もし|万一|万が一|仮に|いつか)[^、。]*$")
_WISHED = re.compile(
    r"たい|ほし|欲し|希望|よい|いい|良い|嬉し|うれし|行け|通え|来られ|出られ|できる|助か"
)


def is_turned(kind: Turn, word: str, ahead: str, behind: str) -> bool:
    """Tell whether what stands around a word turns it round: a no, 「昔は」, or an "if".

    word : as it stands in the note; ahead, behind : the rest of its sentence
    """
    return (
        _denied(kind, word, behind)
        or (_ONCE.search(ahead) is not None and not _AGAIN.search(behind))
        or (kind is Turn.NEED and _only_supposed(ahead, behind))
    )


def _denied(kind: Turn, word: str, behind: str) -> bool:
    if kind is Turn.LIMIT and re.search(r"(?:な(?:い|く)|ず|NG|×|だめ|無理|苦手)$", word):
        return False  # its own no: 「話さなくてよい」
    if kind is Turn.NEED and _OWN_NO.search(word) and _OWN_NO_BEHIND.match(behind):
        return False
    if kind is Turn.NEED and _ABLE.search(word) and _ABLE_BEHIND.match(behind):
        return True
    clause, _, rest = behind.partition("、")
    if len(clause) <= 1:  # only a particle: 「人混みは、平気」
        clause += rest.partition("、")[0]
    clause = re.split(r"[,()→]", clause)[0]
    return _TURNED[kind].search(clause) is not None


def _only_supposed(ahead: str, behind: str) -> bool:
    """Tell whether a trouble is only feared; one named in a wish is there: 「話し相手がいれば」."""
    if _WISHED.search(behind):
        return False
    return _ONLY_IF.search(behind) is not None or _SUPPOSED.search(ahead) is not None
