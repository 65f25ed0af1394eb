"""What of a wish in words is wished for: what it wants none of must draw no place nearer."""

import re
import unicodedata
from functools import lru_cache

from matching.note_turned import AVERSE, MARKED_NO

_CLAUSE = re.compile(
    r"[、,，。．!?！？;；\n]+"
    r"|(?:(?<=[だたるす])|(?<=ません)|(?<=[なたしらよいく怖]い))(?:が|けれども?|けど)(?!る)"
    r"|(?<=[いなただる])ので|(?<=[いだ])から(?!だ)|(?<=好き|得意)で(?!は|も|な)"
)
"""Where one clause ends and another may say the opposite: 「カラオケは苦手だが将棋は好き」."""

_DISLIKED = re.compile(
    rf"{AVERSE}|避け(?:たい|る|て)?|{MARKED_NO}|したくな|たく(?:は|も)?な[いく]|でき(?:ない|ません)|やめた(?!い)|不要"
    r"|(?:いら|要ら|しら)(?:ない|ません)|興味(?:は|が|も)?(?:な|あ?りませ)|(?:好き|得意)(?:では|じゃ|で)(?:な|あ?りませ)"
    r"|は[^、]{0,8}(?:[らわかがさばまみしきりぎえけせてねべめれ]ない|ません)$"
)
_AT_EASE = re.compile(
    r"無理(?:に|なく|のない|せず|をせ)|(?:怖|こわ|つら|痛)くな(?=[いくか])|(?:かま|構)わない|気にならない|欠かさない|問題(?:は)?ない|なく(?:ても?|とも)(?:よ|い|大丈夫|構|かま)"
)
_WISHED = re.compile(
    r"(?<!避け)たい(?!へ)|好き(?!では|じゃ|でな)|ほしい|欲しい|希望|よい|いい|良い|楽し|得意(?!では|じゃ)|なら"
)

_WITHOUT = re.compile(
    r"[^、]*?(?:[のが]い?ない(?:所|ところ|場所?|会|部屋|店|集まり)|以外(?:の|で|に|なら)?"
    r"|(?:では|じゃ|で)なく(?!ても?(?:よ|い|大丈夫|構|かま))て?"
    r"|(?<!思った)(?<!いつも)(?<!何)(?<!前)より[もは]?(?=[^、]*(?:好き|よい|いい|良い|たい|ほし)))"
)
"""Said before what is wished, as what it isn't to be: 「犬のいない所」, 「カラオケより将棋」."""


@lru_cache(maxsize=4096)
def liked_words(words: str) -> str:
    """Return a wish without what it denies or dislikes, as it stands where it does neither.

    Examples
    --------
    >>> liked_words("静かに本を読みたい"), liked_words("カラオケは苦手だが、将棋は好き")
    ('静かに本を読みたい', '将棋は好き')
    >>> liked_words("犬が怖い。犬のいない所がよい")
    ''
    """
    folded = unicodedata.normalize("NFKC", words)
    liked, start = "", 0
    for end in (*_CLAUSE.finditer(folded), None):
        clause = folded[start : end.start() if end else None]
        left = "" if _is_disliked(clause) else _WITHOUT.sub("", clause)
        joint = end.group() if end else ""
        start = end.end() if end else 0
        liked += left + joint if left == clause else f"、{left}、"
    return words if liked == folded else _without_wishing_alone(liked)


def _is_disliked(clause: str) -> bool:
    """Tell whether a clause ends on what can't be borne; 「つらい時に行ける所がよい」 doesn't."""
    told = _AT_EASE.sub("", clause)
    found = list(_DISLIKED.finditer(told))
    return bool(found) and not _WISHED.search(told, found[-1].end())


_WISHING = re.compile(
    r"(?:が|で|に|は|を|も)?(?:よい|いい|良い|希望|ほしい|欲しい|です|ます|行きたい|だ)?"
)


def _without_wishing_alone(liked: str) -> str:
    """Return what is left, without clauses of which only the words for wishing are."""
    clauses = (clause.strip() for clause in re.split(r"[、。]+", liked))
    return "、".join(clause for clause in clauses if not _WISHING.fullmatch(clause))
