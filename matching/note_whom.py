"""Of whom a stretch of a note speaks: 「母は足が悪い」 says nothing of the person's own feet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]

_PARENTS = (
    "祖父母|両親|父母|(?:義|祖|養|実)?[父母]親?|お?[父母]さん|(?<![一-龥])親(?![一-龥])|姑|舅"
)
_CHILDREN = (
    "一人(?:息子|娘)|息子|娘|[長次三][男女]|孫|子ども(?!好|のい(?:る|ない))|子供(?!好|のい(?:る|ない))|[上下]の子|[男女]児"
    r"|(?<![一-龥ァ-ヶー])子(?=[はが(]|の(?!頃|ころ|い[るな]|[子世預相]))"
)
_PARTNERS = r"(?:元|前)?(?:夫|妻)(?![婦子])|旦那|主人|嫁|パートナー|彼氏|彼女"
_SIBLINGS = "兄弟|姉妹|きょうだい|[兄姉弟妹](?![一-龥])"
_OUTSIDE = "同居人|友人|友だち|友達|知人|隣人|隣家|近所の人|近隣|大家|同僚|上司|先輩|家族"

_KIN = "|".join((_PARENTS, _CHILDREN, _PARTNERS, _SIBLINGS))
_OTHER = f"(?:{_KIN}|{_OUTSIDE})"
KIN_NAMED = re.compile(_KIN)
_CALLED_SO = "さん|ちゃん|くん|君"
_AGED = r"(?:\s*\([^)]*\)|\s*\d{1,3}\s*[歳才代]?)?"

_TOPIC = re.compile(
    rf"(?P<who>{_OTHER})(?:たち|ら|{_CALLED_SO})?(?P<aged>{_AGED})"
    r"(?P<mark>は|が|も|とも(?=に?、?(?:手帳|受給者証|療育|障害))|、|:|→|(?=要介護|要支援|認知症|入院|入所|施設|他界|無職|病|うつ|統合失調|障害|不登校|ひきこもり))"
)
_OWNED = re.compile(
    rf"(?P<who>{_OTHER}){_AGED}の[^、。はがをでにともへ]{{1,12}}"
    rf"|(?P<owner>(?:もの忘れ|[^、。はがをにもの]{{1,10}})の)(?P<whose>{_OTHER})"
)
_TOLD_OF = re.compile(
    rf"[^、。は]{{1,16}}(?:になった|になっている|をしている|のある|がある|を抱える|をする|を飲む|に依存する|[をが]やめられない|を持つ|を持って(?:い)?る|を取った|を取得した)"
    rf"(?P<has>{_OTHER})(?!から|に[^、。]{{0,4}}れ)"
    rf"|[^、。]{{1,16}}のは(?P<is>{_OTHER})(?:で|だ|の(?:ほう|方))"
    r"|[^、。はがを]{1,10}[のな](?:人|方|子)(?=を?の?[^、。]{0,4}(?:手伝|支え|助け|介助|世話|支援))"
)
"""Whose it is stands behind: 「足が悪いのは夫」, 「うつになった妻」, 「車いすの人を手伝う」."""
_PAPER = "手帳|受給者証|紹介[状書]|意見書|療育|[1-6]級"
_THEIRS = (
    rf"(?:本人の|同居の|別居の)?(?:{_OTHER}|(?<![一-龥])子)(?:{_CALLED_SO})?"
    r"(?:\s*\d{1,3}\s*[歳才代]?)?"
)
_NAMED_BEHIND = re.compile(
    rf"(?P<papers>(?:[^、。()]*(?:{_PAPER})[^、。()]*、)*(?=[^、。()]*(?:{_PAPER}))[^、。()]*|[^、。()]{{1,16}})"
    rf"\((?P<behind>{_THEIRS}(?:[・、と/]{_THEIRS})*)(?:の?(?:もの|分|名義|用)|の)?\)"
    rf"|[^。]*(?:{_PAPER})[^。]*[、。\s](?:これは|それは|どちらも|いずれも|両方とも?|すべて|全部)?"
    rf"(?P<last>{_THEIRS})(?:の(?:もの|分|方|名義|手帳)?|名義)(?:です|だ|とのこと)?(?=$|[、。)])"
    rf"|[^、。]*(?:{_PAPER})[^、。]*(?=はすべて(?P<all>{_THEIRS})の)"
)
"""Whose it is stands in brackets or after it: 「手帳あり（妻）」, 「手帳2級、息子の分」."""
_BESIDE = re.compile(
    rf"(?P<who>{_OTHER})(?:[\d二三四]人|{_CALLED_SO})?\s*(?:\([^)]*\)|[小中高][1-6])"
)
_IN_BRACKETS = re.compile(rf"(?P<who>{_OTHER})(?:{_CALLED_SO})?\s*(?=\()\([^()]*\)")
"""What stands in brackets behind somebody is theirs: 「母（70代女性）」."""
_SELF = re.compile(r"ご?本人|自分|自身|当人|今度は私|(?<![一-龥])私")
_CLAUSE = re.compile(r"[、;→/]")
_OTHER_CLAUSE_NEXT = re.compile(r"(?:ので|ため|から|で|て|が|けど|けれど|のに|し)$")
_CALLED = re.compile(
    rf"(?P<who>{_KIN}){_AGED}(?:から|より)の?、?(?:相談|電話|TEL|tel|連絡|来電|メール|依頼|聞)"
    rf"|(?P<came>{_KIN}){_AGED}(?:が|のみ|だけ)?(?:来所|来談|来庁|来電|相談に)"
)
_WITH_A_CHILD = re.compile(
    r"(?P<who>[母父])親?\s*\(?\d\d歳?\)?\s*[と・]\s*(?:子|娘|息子|[長次][男女])\s*\(?[0-6](?!\d)"
)
"""A mother named with her small child is the person: 「母（33）と子（6）」."""

_ASKED_ABOUT = {
    _PARENTS: _CHILDREN,
    _CHILDREN: _PARENTS,
    _PARTNERS: _PARTNERS,
    _SIBLINGS: _SIBLINGS,
}
"""Who calls → of whom they call: a mother of her child, a daughter of her parents."""


@dataclass(frozen=True)
class Others:
    """Stretches of a sentence that speak of somebody else.

    topics : what is said of them: 「母は足が悪い」. Of a topic (は) that holds until the person is
        named again, or a clause ends that gives a reason or a contrast; of a subject (が) within
        its clause.
    owned : what is theirs, or what they are called by: 「母の足」, 「車椅子の母」, 「弟（小3）」
    """

    topics: Sequence[Span] = ()
    owned: Sequence[Span] = ()

    def at(self, start: int) -> bool:
        return self.in_topic(start) or any(a <= start < b for a, b in self.owned)

    def in_topic(self, start: int) -> bool:
        return any(a <= start < b for a, b in self.topics)


@dataclass(frozen=True)
class Whom:
    """Who of a note's family is the person themself: `own` matches the words for them."""

    own: re.Pattern[str] | None = None

    def others(self, sentence: str) -> Others:
        """Return the stretches of a sentence that speak of somebody else."""
        return Others(
            topics=[
                (m.end("who"), self._reach(sentence, m))
                for m in _TOPIC.finditer(sentence)
                if not self._is_own(m["who"], sentence[m.end("who") :])
            ],
            owned=[
                m.span()
                for m in _OWNED.finditer(sentence)
                if not self._is_own(m["who"] or m["whose"], sentence[m.end() :])
            ]
            + [
                m.span()
                for m in _TOLD_OF.finditer(sentence)
                if not self._is_own(m["has"] or m["is"] or "", sentence[m.end() :])
            ]
            + [
                m.span()
                for m in _NAMED_BEHIND.finditer(sentence)
                if "本人" not in (m["papers"] or "")
                and not self._is_own(m["behind"] or m["last"] or m["all"], "")
            ]
            + [
                (m.end("who"), m.end())
                for pattern in (_BESIDE, _IN_BRACKETS)
                for m in pattern.finditer(sentence)
                if not self._is_own(m["who"], sentence[m.end("who") :])
            ],
        )

    def _is_own(self, who: str, behind: str) -> bool:
        if behind.startswith(("本人", "(本人")):
            return True
        return self.own is not None and self.own.fullmatch(who) is not None

    def _reach(self, sentence: str, topic: re.Match[str]) -> int:
        start, end = topic.end(), len(sentence)
        stops = [m.start() for m in _SELF.finditer(sentence, start)]
        stops += [
            m.start()
            for m in _TOPIC.finditer(sentence, start)
            if self._is_own(m["who"], sentence[m.end("who") :])
        ]
        for comma in _CLAUSE.finditer(sentence, start):
            clause, rest = sentence[start : comma.start()], sentence[comma.end() :]
            changes = _OTHER_CLAUSE_NEXT.search(clause) and not re.match(r"[^、]{1,4}も", rest)
            if topic["mark"] == "が" or changes:
                stops.append(comma.start())
                break
        return min([*stops, end])


def whom_of(note: str) -> Whom:
    """Return of whom a note is: where a mother calls, her son is the person."""
    for found in _CALLED.finditer(note):
        who = found["who"] or found["came"]
        for callers, about in _ASKED_ABOUT.items():
            if re.fullmatch(callers, who):
                named = {m for m in re.findall(about, note) if m != who}
                if named:
                    return Whom(re.compile("|".join(map(re.escape, named))))
    told = re.search(rf"(?:本人は|対象は|本人[=:])({_KIN})|({_KIN})\(?本人", note)
    if told:
        return Whom(re.compile(re.escape(told[1] or told[2])))
    parent = _WITH_A_CHILD.search(note)
    return Whom(re.compile(parent["who"])) if parent else Whom()
