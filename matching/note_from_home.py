"""Whether joining from home is wished, and not merely borne, or said to be the lesser."""

import re

_HOME = "(?:家から|家で|在宅|オンライン|ズーム|[Zz]oom|ZOOM|ビデオ通話|チャット|リモート|画面|電話)"
_OUT = (
    "(?:対面|来所|通所|来館|会場で|現地|直接(?:会|話|行)|実際に(?:会|行|話|足)|じかに|会って|会う|顔を(?:見て|合わせ)"
    "|人と(?:会い|会う)|外(?:で|に|へ)(?!は?出(?:ず|な|られ|る(?:の|こと)))|通(?:い|う)(?=た|の?ほう|の?方)|出かけ|足を運)"
)
_LATER = (
    "(?:慣れ(?:たら|て(?:きたら|から)|れば)|ゆくゆく|いずれ|いつか|そのうち|将来|最終|徐々に|少しずつ|その後"
    "|できるように|落ち着いたら|元気になったら)"
)
_RATHER = (
    "(?:できれば|できたら|やはり|やっぱり|なるべく|本当は|むしろ"
    "|どちらかと(?:いうと|言えば|いえば))"
)
_RATHER_OUT = re.compile(
    rf"{_HOME}[^、。]{{0,10}}より[もは]?、?(?![^。]*{_HOME})"
    rf"|{_RATHER}、?[^、。]{{0,6}}?{_OUT}(?![^、。]{{0,4}}(?:苦手|無理|避|怖|つら|なく|ない))"
    rf"|{_OUT}(?:(?!より|{_HOME})[^、。]){{0,8}}?(?:の?(?:ほう|方)が|が(?:よ(?!くな)|い[いく]|好|安心|合|楽|話しやす|うれし|嬉し|自然)"
    r"|を?(?:希望|望|優先)|たい(?!とは|わけ|気持ち)|でも(?:よ|い[いく]|可|OK)|も(?:可|よい|いい|OK|できる|大丈夫))"
)
"""「家から参加するより人と会いたい」, 「できれば対面」, 「来所でもいい」."""

_LATER_AHEAD = re.compile(rf"{_LATER}[^。]{{0,14}}$")
_CANT = re.compile(
    r"^(?:とは?思う|のだ|のです)?(?:が|けど|けれど|ものの)、?[^。]{0,14}?(?:怖|こわ|無理|できな|出られ|行け|難し|まだ|つら|不安|体)"
)

_ONLY_BORNE = re.compile(
    r"^[^、。]{0,12}?(?<!いつで)(?<!何時で)も、?(?:(?:よ|い|良)い(?!から|ので|人|所|ところ|場|会)|可|OK|大丈夫|平気|構わ|かまわ|構い|かまい"
    r"|(?:参加(?:は|が)?)?(?:でき(?:る|ます)|可能)(?!会|所|ところ|場|もの|な))"
)
"""Said alone, it is no wish: 「オンラインでもよい」, but 「電話でもいいから話したい」."""

_FALLS_SHORT = re.compile(
    r"^[^。]{0,16}?(?:が|けど|けれど|ものの|は|と)、?[^。]{0,10}?(?:物足り|落ち着か|続かな|合わなか|集中でき|味気|つまらな)"
)


_TO_BE_REACHED = re.compile(
    r"(?:さん|の人|友人|友だち|友達|同僚|上司|先生|家族"
    r"|[父母兄姉弟妹夫妻娘孫親彼]|息子|彼女)と(?:は|の|なら)?、?$"
    r"|(?:連絡|返信|返事|予約|問い?合わせ|日程|やりとりの手段|アポ|欠席|申込|申し込み)[^、。]{0,8}$"
)
"""Right ahead, it is how somebody is reached, or whom they talk to: 「連絡は」, 「弟とは」."""


def rather_goes_out(words: str) -> bool:
    """Tell whether words say that somebody would as well, or rather, go out and meet people.

    Examples
    --------
    >>> rather_goes_out("電話でもいいが、できれば対面"), rather_goes_out("対面より電話がいい")
    (True, False)
    """
    return any(
        not _LATER_AHEAD.search(words[: found.start()]) and not _CANT.match(words[found.end() :])
        for found in _RATHER_OUT.finditer(words)
    )


_NOTHING_ELSE = re.compile(
    r"(?:(?:自?宅|家|うち|自室|部屋|ベッド|病室)から|在宅(?:での?)?|(?:オンライン|リモート)(?:での?)?)"
    r"(?:(?:[^、。]{0,8}?(?:所|ところ|場|もの|会|参加|利用))?(?:だけ|のみ)"
    r"(?!(?:で(?:は|も)|じゃ)?な[くい]|でも)|[^、。]{0,2}しか[^、。]{0,8}?(?:な|ず|ませ))"
)


_FOR_NOW = re.compile("まず|最初|はじめ|初め|当面|当分|しばらく|いまは|今は")


def is_all_there_is(part: str) -> bool:
    """Tell whether a sentence says that somebody can join from home, and in no other way.

    Examples
    --------
    >>> is_all_there_is("家からつながる所だけ"), is_all_there_is("電話だけなら話せる")
    (True, False)
    """
    found = _NOTHING_ELSE.search(part)
    return found is not None and not _FOR_NOW.search(part[: found.start()])


def is_wished(part: str, because: str) -> bool:
    """Tell whether what a sentence says of joining from home is a wish, and no mere tolerance."""
    start = max(part.find(because), 0)
    said = part[start:]
    return not _TO_BE_REACHED.search(part[:start]) and not (
        _ONLY_BORNE.match(said) or _FALLS_SHORT.match(said)
    )
