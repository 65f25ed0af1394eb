"""That somebody would rather not join from home: 「オンラインは嫌」, beside what they wish for."""

import re

from matching.note_from_home import rather_goes_out
from matching.note_proposals import Proposal
from matching.note_turned import Turn, is_turned
from matching.note_whom import Others

_FROM_HOME = (
    "(?:オンライン|ズーム|[Zz]oom|ZOOM|画面越し|(?:自宅|お?家|おうち|(?<![ぁ-ん])うち)から|在宅で)"
)
_JOINING = (
    "(?:での?|の)?"
    "(?:参加(?:するの)?|集まり|集い|居場所|サロン|交流会?|会(?!議|社)|話(?:すの)?|つながるの)?"
)
_DISLIKED = re.compile(
    rf"(?<![のるたいなやと]){_FROM_HOME}{_JOINING}(?:だけ)?(?:は|が|を)"
    r"(?:やはり|やっぱり|どうしても|とても|ちょっと|正直|本人が)?"
    r"(?:(?:嫌い?|いや|イヤ|きらい|苦手)(?=$|[、)」]|だ(?!っ)|で(?=$|、|す)|なので|とのこと|とい[うい]|と言)"
    r"|嫌が(?:る|って(?:い)?る|り(?=$|、))|(?:避け|やめ)たい(?!とは)|(?:希望|望)(?:しない|せず|まない|まず))"
)
"""Disliked now, and as a whole: 「夜のオンラインは嫌」 and 「オンラインは嫌だった」 say less."""

_BORNE = re.compile(
    r"^(?:だ|です|とのこと|と言う)?[、。]*(?:が|けど|けれど|ものの|でも|のに|ただ|しかし)、?[^。にへ]{0,14}?"
    r"(?:仕方|しかた|しょうが|やむ|我慢|がまん|参加|やって|やれ|試|慣れ|平気|大丈夫|でき|可|使|練習|覚え)"
    r"|^[^。]{0,24}(?:た(?:が|けど|けれど)|今は|最近は|現在は)"
)
"""Said behind a dislike: it is put up with, or was so once."""

_OTHERWISE_AT_HOME = re.compile(
    r"(?:電話|チャット|LINE|ライン|メール|文字|画面|ビデオ通話|オンライン|ズーム|[Zz]oom|ZOOM|在宅)"
    r"(?:だけ)?(?:(?:で)?(?:も|なら|だったら|参加|話し)|は?(?:可|OK|平気|大丈夫|[○〇◯◎])|(?:の?(?:ほう|方))?が(?:よ|い[いく]|楽))"
    r"|家(?:から|を)出(?:ず|た?くな|るのは)|訪問(?:を|が|なら|して)|(?:家|自宅|うち)に来て"
)
"""Something else that is joined at home is wished for, or borne."""

_OF_SKILL_OR_WORK = re.compile(
    r"授業|会議|勤務|テレワーク|面接|診療|診察|教え|習い|覚え|練習|できるように|使えるように|慣れたい|克服"
)
"""Beside these words it is work, school, or something to be learned."""

_WISHED = re.compile(
    r"(?<!避け)(?<!やめ)(?<!辞め)(?<!死に)(?<!消え)たい(?!とは)|好き(?!では|じゃ|でな)|ほしい|欲しい|(?<!は)希望(?!しない|せず)"
    r"|(?:よ|い|良)い(?=$|[、。)」]|と(?:言|の))|(?:行け|通え|来られ)る"
    r"|(?:対面|来所|通い|通所|会場|現地|会って|人と会)[^、。]{0,4}(?:で(?=$|[、。)」])|なら|を?希望|が(?:よ|い[い]))"
)


def not_from_home(note: str, parts: list[tuple[str, Others]]) -> Proposal | None:
    """Return that joining from home isn't wished for, where it is disliked beside a wish.

    A dislike alone asks for nothing, so nothing is to be left out for it; nor where another way of
    joining at home is wished for or borne, or where it is disliked by somebody else.

    parts : the sentences of the note, and where they speak of somebody else
    """
    for part, others in parts:
        for found in _DISLIKED.finditer(part):
            ahead, behind = part[: found.start()], note.partition(found.group())[2]
            if others.at(found.start()) or is_turned(Turn.LIMIT, found.group(), ahead, ""):
                continue
            rest = note.replace(found.group(), "", 1)
            if _BORNE.search(behind) or _OF_SKILL_OR_WORK.search(part):
                continue
            if f"{found.group()}?" in note or _OTHERWISE_AT_HOME.search(rest):
                continue
            if rather_goes_out(note) or _WISHED.search(rest):
                return Proposal("limits.from_home", False, found.group())
    return None
