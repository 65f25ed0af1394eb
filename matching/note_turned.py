"""What turns a word of a note round: 「料理は苦手」 is no liking, 「人混みは平気」 no limit."""

import re
from enum import Enum

_NOT = r"(?:ない|なく|なし|無し|無い|ありません|ません)"

_FOR_IT = r"好き|した[いく]|(?<!し)たい|得意|興味|楽し|苦手(?:では|じゃ)|嫌い(?:では|じゃ)"
"""Said in between, the rest of the clause is about something else: 「本が好きで運動は苦手」."""


class Turn(Enum):
    """What kind of word it is, and so what turns it round."""

    LIKING = "liking"
    NEED = "need"
    LIMIT = "limit"
    LANGUAGE = "language"


_TURNED: dict[Turn, re.Pattern[str]] = {
    Turn.LIKING: re.compile(
        rf"^.{{0,4}}?(?:好き(?:では|じゃ|で){_NOT}|(?:好き|得意)だった(?:が|けど)|[しり]たく{_NOT})"
        r"|^は(?:大丈夫|平気|かまわ|構わ)"
        rf"|^(?:(?!{_FOR_IT}).){{0,14}}?"
        rf"(?:{_NOT}|苦手(?!では|じゃ)|嫌い|きらい|嫌だ|いや[だで]|無理|避け|やめた|飽き|不可)"
    ),
    Turn.NEED: re.compile(
        r"^り?(?:の?(?:経験|問題|心配|おそれ|恐れ|様子|こと))?"
        rf"(?:(?:で|じゃ)?(?:は|も|が|を)?(?:特に)?(?:し(?:て(?:は)?い)?|されて(?:は)?い|い)?{_NOT})"
        rf"|^.{{0,4}}?苦手(?:では|じゃ){_NOT}|^.{{0,8}}?[たる]こと(?:は|が|も)?{_NOT}"
        r"|^だった(?:が|けど)"
    ),
    Turn.LIMIT: re.compile(
        r"^.{0,8}?(?:(?:平気|大丈夫)(?!では|じゃ|でな)|構(?:わ|い)|かま(?:わ|い)|気にな(?:ら|って(?:い)?な)"
        rf"|気にし(?:な|て(?:い)?な)|嫌(?:が|い)(?:ら|って(?:い)?な|では)|苦手(?:では|じゃ){_NOT}"
        r"|問題な|慣れ|(?:は|も)?(?:いら|要ら|不要|必要な)"
        r"|な(?:い|く)て?も(?:よ|い|良)|すぎ)"
        rf"|^.{{0,2}}?(?:では|じゃ|で){_NOT}"
    ),
    Turn.LANGUAGE: re.compile(rf"^.{{0,10}}?(?:{_NOT}|話せな|わからな|できな|苦手)"),
}


def is_turned(kind: Turn, word: str, behind: str) -> bool:
    """Tell whether what follows a word, within its clause, turns it round.

    word : as it stands in the note; behind : the rest of the sentence
    """
    if kind is Turn.LIMIT and re.search(r"な(?:い|く)|ず$", word):
        return False  # its own no: 「話さなくてよい」
    clause, _, rest = behind.partition("、")
    if len(clause) <= 1:  # only a particle: 「人混みは、平気」
        clause += rest.partition("、")[0]
    clause = clause.partition(",")[0]
    return _TURNED[kind].search(clause) is not None
