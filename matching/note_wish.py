"""What of a wish in words is wished for: what it wants none of must draw no place nearer."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from matching.note_turned import AVERSE, MARKED_NO

_CLAUSE = re.compile(
    r"[、,，。．!?！？;；\n]+"
    r"|(?:(?<=[だたるす])|(?<=ません)|(?<=[なたしらよいく怖]い))(?:が|けれども?|けど)(?!る)"
    r"|(?<=[いなただる])ので|(?<=[いだ])から(?!だ)|(?<=好き|得意)で(?!は|も|な)"
    r"|(?:(?<=好きだ)|(?<=得意だ)|(?<=たい))し(?!い)"
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
    >>> liked_words("犬が怖い。犬のいない所がよい"), liked_words("歌うのは疲れるのでいやだ")
    ('', '')
    """
    folded = unicodedata.normalize("NFKC", words)
    clauses = list(_clauses(folded))
    liked, disliked = "", _disliked(clauses)
    for i, (clause, joint) in enumerate(clauses):
        left = "" if i in disliked else _WITHOUT.sub("", clause)
        liked += left + joint if left == clause else f"、{left}、"
    return words if liked == folded else _without_wishing_alone(liked)


Clause = tuple[str, str]
"""A clause, and what joins it to the next."""


def _clauses(words: str) -> Iterator[Clause]:
    start = 0
    for end in _CLAUSE.finditer(words):
        yield words[start : end.start()], end.group()
        start = end.end()
    yield words[start:], ""


_REASON = re.compile(r"(?:ので|から|ため(?:に)?|し|せいで|て|んで)$")
_LIKED_AT_THE_END = re.compile(
    r"(?:(?<!避け)たい|好き|ほしい|欲しい|希望|よい|いい|良い|楽しい|得意)(?:な|だ|です)?"
    r"(?:の?で|から|ため|し|くて)?$"
)
_WHOSE_OR_HOW = re.compile(
    r"(?:私|わたし|自分|本人)(?:に|として)?(?:は|も)|どうしても|とても|どうも|何とも|今は|まだは?"
    r"|(?:それ|これ|あれ|そこ|[そこあ]ういう(?:の|所|ところ|場所?|会|こと))(?:だけ)?(?:は|が|も)"
)
"""Ahead of a dislike, no thing of its own: 「疲れるので、私には無理」, 「それは苦手」."""
_NAMES_A_THING = re.compile(r"[はがもを]")


def _disliked(clauses: Sequence[Clause]) -> set[int]:
    """Return which clauses end on a dislike, or give the reason of one: 「疲れるので」+「いやだ」.

    A dislike that names a thing of its own has its reason beside it, which may be a liking:
    「木工がしたいので、料理はいやだ」.
    """
    out = {i for i, (clause, _) in enumerate(clauses) if _is_disliked(clause)}
    for i in sorted(out):
        before = i
        while before and not _names_a_thing(clauses[before][0]):
            before -= 1
            clause, joint = clauses[before]
            if clause and not _REASON.search(clause + joint.rstrip("、,，")):
                break
            if _LIKED_AT_THE_END.search(clause) or joint not in _JOINED:
                break
            out.add(before)
    return out


_JOINED = ("、", ",", "，", "ので", "から", "し")


def _names_a_thing(clause: str) -> bool:
    told = _WHOSE_OR_HOW.sub("", _AT_EASE.sub("", clause))
    found = _DISLIKED.search(told)
    return _NAMES_A_THING.search(told, 0, found.start() + 1 if found else len(told)) is not None


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
