"""What turns a word of a note round: 「料理は苦手」 is no liking, 「昔は」 no more."""

import re
from enum import Enum

_NOT = r"(?:ない|なく|なかっ|なし|無し|無い|ありません|ません)"

_OWN_NO = re.compile(r"(?:[えけせねめべらかさたまで]|(?<![ぶ潰疲遅忘倒暴])れ|(?<!迷)わ|でき|起き)$")
_OWN_NO_BEHIND = re.compile(r"(?:て(?:は)?い)?(?:ない|なく|なかっ|ません|ず)")
"""「字が読め」+「ない」: the trouble is that it can't be done, so this no is part of it."""

_ABLE = re.compile(
    r"(?:読め|書け|話せ|払え|行け|行って|入れ|起きられ|起きれ|出られ|言え|返せ|歩け|見え|通え|続け"
    r"|やめられ|捨てられ|片[づ付]けられ|覚えられ|上がれ|上れ|登れ|のぼれ|使え)$"
)
_ABLE_BEHIND = re.compile(r"(?:る|ます|た(?!い)|て(?:い|き)[るたま]|いる|いた|います)")
"""「字が読め」+「る」: it can be done, so there is no trouble."""

_LIKED = r"好き|した[いく]|(?<!し)たい|得意|興味|楽し|苦になら|(?:苦手|嫌い)(?:では|じゃ)"
_FOR_IT = rf"{_LIKED}|欠かさ|[はも]するが"
"""Said in between, the rest of the clause is about something else: 「本が好きで運動は苦手」."""

MARKED_NO = r"×|✕|✖|NG|だめ|ダメ|不可"
_MARKED_YES = r"[○〇◯◎]|OK|(?<!不)可(?!能)|平気|大丈夫(?!では|じゃ|でな)"


AVERSE = (
    r"苦手(?!では|じゃ)|嫌(?!いでは|いじゃ|では|じゃ|が)|きらい|いや[だで]|無理|避け|怖[いくが]|こわ[いくが]|恐[いくが]"
    r"|つら|きつ[いく](?!な)|しんど[いく](?!な)|(?<!相手に)困[るっ]|頭痛|頭が痛|溺れ|噛ま|気が(?:進ま|重|引け)|づら[いく]|逆に(?=[^、]{0,6}(?:不安|困|疲|嫌|つら|寂))|うんざり|挫折"
)
"""What can't be borne."""

_KIND = (
    r"(?:の?(?:経験|問題|心配|おそれ|恐れ|様子|こと|既往|歴|念慮|企図|未遂|行為|思考|願望|言動|相談|話|件|訴え|可能性|疑い"
    r"|傾向|状態|状況|症状|認定|診断|被害|対象|申請|必要|中|癖|感|者)|事){0,2}"
)
"""How a word goes on that is denied as a whole: 希死「念慮なし」, DV「の相談ではない」."""


class Turn(Enum):
    """What kind of word it is, and so what turns it round."""

    LIKING = "liking"
    ASKED = "asked"
    NEED = "need"
    LIMIT = "limit"
    LANGUAGE = "language"
    HELD = "held"


_TURNED: dict[Turn, re.Pattern[str]] = {
    Turn.LIKING: re.compile(
        rf"^.{{0,4}}?(?:好き(?:では|じゃ|で){_NOT}|(?:好き|得意)だった(?:が|けど)|[しり]たく{_NOT})"
        r"|^は(?:大丈夫|平気|かまわ|構わ)|^(?:は|も)?(?:OK|[○〇◯◎])"
        rf"|^(?:(?!{_FOR_IT}).){{0,14}}?"
        rf"(?:{_NOT}|{MARKED_NO}|苦手(?!では|じゃ)|嫌(?!いでは|いじゃ|では|じゃ|が)|きらい|いや[だで]"
        rf"|{AVERSE}|以外|禁止|禁じ|やめた|辞めた|飽き|難し|困難|アレルギ|手につかず|ばかり)"
        r"|^[^、。]{0,8}で[^、。]{0,8}?(?:休み?が|休んで|遅刻|疲れ|忙し|手一杯|寝不足)|^[^、。]{0,6}(?:任され|させられ|しなければ|しないと)"
        r"|^[^、。]{0,20}?(?:不要|いらない|しろと|しなさいと)|^[^、。]{0,8}?教えて(?:い)?た(?!い)"
    ),
    Turn.ASKED: re.compile(
        rf"^(?:(?!{_FOR_IT}|ない[とな]).){{0,14}}?(?:{AVERSE}|{MARKED_NO})"
        r"|^(?:は|も)?(?:大丈夫|平気|OK)|^(?:でも|がいても)(?:大丈夫|平気|OK)(?!な|の(?:所|ところ|場|会))|^.{0,10}?な(?:い|く)ても?(?:よ|い|良|大丈夫|構|かま)"
        r"|^.{0,8}?(?:いら|要ら|不要|必要な|必要では|嫌(?:が|い)|すぎ)"
        rf"|^.{{0,2}}?(?:では|じゃ|で){_NOT}(?!と)"
    ),
    Turn.NEED: re.compile(
        rf"^り?{_KIND}"
        rf"(?:(?:で|じゃ)?(?:は|も|が|を)?(?:特に)?(?:し(?:て(?:は)?い)?|されて(?:は)?い|い)?{_NOT})"
        r"|^(?:と|とまで|とか)?(?:は|も)?(?:言わ|思わ|訴え|感じ|考え)(?:て(?:は)?い)?(?:ない|ず)"
        rf"|^.{{0,4}}?苦手(?:では|じゃ){_NOT}|^.{{0,8}}?[たるうい]こと(?:は|が|も)?{_NOT}"
        rf"|^く(?:は|も)?{_NOT}"
        rf"|^(?:は|も|を)?(?:受け|利用し|もらっ|使っ|使用し|持っ)て(?:は)?い?{_NOT}"
        r"|^(?:は|も|を)?(?:取り|受け|持ち|使い|もらい|申請し)たく(?:は)?な|^(?:は|も|を)?使わ(?:ない|ず)"
        rf"|^{_KIND}(?:は|が|も)?(?:非該当|対象外|異常な|認め(?:ない|ず)|該当し?(?:ない|せず))"
        r"|^[^、]{0,25}?否定(?!でき|しな|的|する?[がも]|してい|も|しつつ|しなが)"
        r"|^[^、]{0,6}は[^、]{0,8}(?<!本人)(?<!自分)(?<!自身)(?<!私)が(?:して|やって|みて)(?:い|くれ)る"
        r"|^(?:は|も|を)?(?:たしなむ|嗜む|たまに(?:やる|する|買う)?|付き合い|つきあい)(?:程度|だけ)|^り?の?経験者(?=$|[、)]|で|として|だ)"
        r"|^だった(?:が|けど)|^.{0,6}?(?:完済|解消|解決|克服|完治|治癒|治った|改善(?!し(?:な|た[いく])|せず|され|が|を|の|に|へ))"
        rf"|^.{{0,3}}?(?:{_MARKED_YES})"
    ),
    Turn.LIMIT: re.compile(
        rf"^.{{0,8}}?(?:{_MARKED_YES}|構(?:わ|い)|かま(?:わ|い)|気にな(?:ら|って(?:い)?な)"
        rf"|気にし(?:な|て(?:い)?な)|嫌(?:が|い)(?:ら|って(?:い)?な|では)|苦手(?:では|じゃ){_NOT}"
        r"|問題な|慣れ|(?:は|も)?(?:いら|要ら|不要|必要な|必要では)"
        r"|な(?:い|く)て?も(?:よ|い|良)|すぎ|(?:方|ほう)?(?:が|は)?好き)"
        rf"|^.{{0,2}}?(?:では|じゃ|で){_NOT}(?!と)|^(?:は|も|を)?使(?:って(?:は)?い?ない|わ(?:ない|ず)|用な|用せ)"
    ),
    Turn.LANGUAGE: re.compile(
        rf"^(?!(?:だけ)?しか)(?:.{{0,10}}?(?:{_NOT}|話せな|わからな|できな|苦手)"
        r"|(?:会話)?(?:を|の|が)?(?:もっと)?(?:習|学[びぶ]|勉強|教室|講座|レッスン|覚え|話せるように))"
    ),
    Turn.HELD: re.compile(
        rf"^(?:は|も|が)?(?:では|じゃ|で|わけでは)?{_NOT}|^(?:の?か(?!ら|つ|り)|\?|(?:の)?なら|であれば|場合"
        r"|の?(?:人|方|友|子|者)|はず|つもり|予定|見込|と(?:よい|いい|言え|使え|助か)|ほう|ら(?!し)|り(?=$|[、)])"
        r"|こと(?:は|が|も)?な|まで|前|が?条件|限定|が?必要|だった|相当|程度|レベル)"
        r"|^[^、]{0,8}?(?:失効|返納|返還|期限切れ|切れ(?:た|て)|(?<!更新)申請|取り消|更新し?忘れ|手放|目指)"
        r"|^[^、。]{0,10}(?:が|けど)、[^、]{0,8}?(?:失効|返納|返還|期限切れ|手放)"
        r"|^[^、]{0,8}?(?:→|⇒|から|が|も|は|、)[^、]{0,6}?(?:非該当|対象外|却下|不承認|該当せ)"
        r"|^[^、]{0,4}?(?:を|も|の|は)(?:[^、]{0,4}?(?:勧め|すすめ|検討|断念|拒否|準備|迷[いっう])|希望(?!の)|相談(?:中|し))"
    ),
}

_A_PAPER = re.compile(r"手帳(?!の(?:更新|等級))")
"""What tells of a handicap by its paper is turned round by what the paper is: aimed at, refused."""

_ONCE = re.compile(
    r"(?:昔|以前|かつて|若い(?:頃|ころ|時)|(?:子ども|子供|学生|独身|現役|元気な?)(?:の)?(?:頃|ころ|時代?))(?:は|、)"
    r"(?:(?!今は|今も|今でも|現在|最近|先月|先週|今[年月週])[^。])*$"
)
_AGAIN = re.compile(r"また|もう一度|もう一回|再び|再開|今(?:も|でも)|戻りたい")
_ONLY_IF = re.compile(
    r"^(?:[^、。]{0,8}?(?:たら|れば|となると|になると|場合|おそれ|恐れ)|[^、。]{0,4}?にな(?:るの|らない)(?:が|か)(?:心配|不安))"
)
_SUPPOSED = re.compile(r"(?:もし|万一|万が一|仮に|いつか)[^、。]*$")
_WISHED = re.compile(
    r"たい|ほし|欲し|希望|よい|いい|良い|嬉し|うれし|行け|通え|来られ|出られ|できる|助か"
)

_WHERE_THERE_IS = re.compile(r"^[^、。]{0,8}(?:いれば|あれば)[)」]*$")
"""Left at that, it is a wish: 「子どもを見てくれる人がいれば」."""

_NO_MORE = re.compile(
    r"^[^、]{0,16}、?(?:今|現在|最近)(?:は|では)?(?:もう)?(?:し(?:て(?:は)?い)?ない|ない(?!と)|なし|見られ(?:ない|ず))(?:$|[、)])"
    r"|^[^。]{0,16}?検査(?:の?結果)?(?:は|では?|も|を受けたが|したが)?、?[^、]{0,6}?(?:異常(?:は)?な|問題(?:は)?な|正常|陰性|年相応)"
    r"|^[^、]{0,8}?[てで]い?たが、?(?:今は?|現在は?|先月|先週|去年|昨年|今年|その後|ようやく|やっと).*?"
    r"(?:入居|転居|(?:通え|行け|働い|でき)てい?る|できるよう|治っ|良好|元気|安定)"
    r"|^.{0,12}?余裕(?:が|は)?(?:あ[りる](?!ませ)|でき(?!な))|^[^、がはもにで]{0,6}(?:は|も|に|について)?、?(?:特に|今のところ)?問題(?:は|も)?(?:な[いくし]|無)"
    r"|^.{0,24}?事実(?:は|も)?(?:な[いくし]|無)|^.{0,12}?(?:とも|共|いずれも|どちらも)に?(?:な[いくし]|認め(?:ず|ない)|否定)"
)
"""Said behind a trouble, in the same sentence: it is over, or it never was."""

_NOT_ANY = re.compile(r"^念?慮?(?:企図|行為|歴)?\s*\(\s*(?:[-−–—ー]|無し?|なし|陰性)\s*\)")
_PASSES = re.compile(r"(?:介護|看病|世話|育児|子育て|返済|休職|保護観察|リハビリ|治療)$")
_PASSED = re.compile(r"^(?:が|は|も)?(?:もう)?(?:終わ(?:った|り|って)|終了|卒業)")
_LONG_AGO: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"亡|死(?!に)|逝"),
        re.compile(r"^[^、]{0,6}?のは(?:子ども|子供|小さい|幼い|学生|若い|\d\d年)"),
    ),
    (
        re.compile(r"クビ|解雇|失業|産後|出産"),
        re.compile(r"^[^、]{0,6}?(?:のは\d+年(?:以上)?前|\d+年前に)"),
    ),
)
"""What happens on a day, and what behind it tells that this day is long past."""

_BORNE = re.compile(r"(?:いじめ|借金|債務|ローン|暴力|虐待|束縛|DV)$")
_DONE_WITH = re.compile(
    r"^[^、]{0,12}?(?:の仕事を[^、]{0,8}(?:[てで]い|し)た|で働いて(?:い)?た|(?:好き|得意)だった)(?:が|けど|けれど|$|[、)])"
    r"|^[^、は]{0,6}?(?:を|に|へ|が)(?:長く|ずっと|よく)?(?:し|やっ|行っ|通っ|習っ|作っ|育て|弾い|楽しん|打っ|描い)[てで]い?た(?:が|けど|けれど|ものの|のに)、?"
    r"[^。]{0,16}?(?:でき(?:な|ず)|無理|やめ(?!ら)|辞め|行け(?:な|ず)|難し|困難|しなくな|やらなくな|つら|しんど|飽き|興味(?:が|は|も)?(?:な|わか|失)|する気)"
)
"""Said behind a liking: it was so, and nothing tells that it is to be so again."""


def is_turned(kind: Turn, word: str, ahead: str, behind: str) -> bool:
    """Tell whether what stands around a word turns it round: a no, 「昔は」, or an "if".

    word : as it stands in the note; ahead, behind : the rest of its sentence
    """
    return bool(
        _denied(kind, word, behind)
        or (_ONCE.search(ahead) is not None and not _AGAIN.search(behind))
        or (kind is Turn.LIKING and _DONE_WITH.match(behind) and not _AGAIN.search(behind))
        or (kind is Turn.NEED and (_only_supposed(ahead, behind) or _is_over(word, behind)))
        or (kind is Turn.HELD and _SUPPOSED.search(ahead) is not None)
        or (kind is Turn.NEED and _A_PAPER.search(word) and _TURNED[Turn.HELD].search(behind))
    )


def _is_over(word: str, behind: str) -> bool:
    """Tell whether a trouble is over or, as is said behind it, never was."""
    return bool(
        _NO_MORE.match(behind)
        or _NOT_ANY.match(behind)
        or (_PASSES.search(word) and _PASSED.match(behind))
        or (_BORNE.search(word) and behind.startswith("のない"))
        or any(day.search(word) and ago.match(behind) for day, ago in _LONG_AGO)
    )


def _denied(kind: Turn, word: str, behind: str) -> bool:
    if kind is Turn.LIMIT and re.search(
        r"(?:な(?:い|く)|ず|NG|×|だめ|無理|苦手|アレルギー)$", word
    ):
        # Its own no, 「話さなくてよい」, and perhaps the no of that: 「苦手ではない」.
        return re.match(rf"(?:では|じゃ){_NOT}(?!と)", behind) is not None
    if kind is Turn.NEED and _OWN_NO.search(word) and _OWN_NO_BEHIND.match(behind):
        return False
    if kind in (Turn.NEED, Turn.LIMIT) and _ABLE.search(word) and _ABLE_BEHIND.match(behind):
        return True
    if kind is Turn.HELD:
        return _TURNED[kind].search(behind) is not None
    clause, _, rest = behind.partition("、")
    if len(clause) <= 1 and not word.endswith("あり"):  # only a particle: 「人混みは、平気」
        clause += rest.partition("、")[0]
    clause = re.split(r"[,()→]", clause)[0]
    return _TURNED[kind].search(clause) is not None


def _only_supposed(ahead: str, behind: str) -> bool:
    """Tell whether a trouble is only feared; one named in a wish is there: 「話し相手がいれば」."""
    if _WISHED.search(behind) or _WHERE_THERE_IS.search(behind):
        return False
    return _ONLY_IF.search(behind) is not None or _SUPPOSED.search(ahead) is not None
