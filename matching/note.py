"""A worker's note → codes proposed for the profile, each with the words it was read from.

Offline, by word lists (`note_words.toml`) and a few patterns: what is proposed can be traced to the
note, and nothing of it leaves the machine. Proposals only: staff confirm each one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from matching.note_from_home import is_all_there_is, is_wished, rather_goes_out
from matching.note_gender import stated_gender
from matching.note_grades import graded
from matching.note_hours import timed
from matching.note_hours_together import hours_together
from matching.note_not_from_home import not_from_home
from matching.note_numbers import counted
from matching.note_proposals import Proposal
from matching.note_taken import Taken
from matching.note_turned import is_turned
from matching.note_whole import as_a_whole
from matching.note_whom import Others, whom_of
from matching.note_wish import liked_words
from matching.note_words import Entry, entries, from_home, likings, set_aside

LONGEST_WISH = 200
"""Characters of the wish in words."""

_CLAUSE_END = re.compile(r"[、,，]")
_SENTENCE_END = re.compile(
    r"[。．!?！？\n]+(?!(?:どちらも|いずれも|両方とも?|すべて|全部|これは|それは)[^。、]{1,6}の(?:もの|分|名義|手帳))"
)
"""「どちらも娘の分」 is said of what stands in the sentence before."""


def read_note(note: str) -> list[Proposal]:
    """Return what a note seems to say, in the order in which the fields stand in a need.

    Examples
    --------
    >>> [(p.field, p.value) for p in read_note("人混みが苦手、本が好き、週1回2時間くらいなら")]
    [('wishes.activities', 'reading'), ('wishes.text', '本が好き'), ('limits.group_size', 5),
     ('limits.noise', 'low'), ('limits.sessions_per_week', 1), ('limits.minutes', 120)]
    """
    folded = unicodedata.normalize("NFKC", note)
    found: dict[tuple[str, str], Proposal] = {}
    numbers: dict[tuple[str, str], Proposal] = {}
    grades: list[Proposal] = []
    whom, aside = whom_of(folded), set_aside(folded)
    young, taken = False, Taken()
    wished: list[str] = []
    outside = rather_goes_out(folded)
    for part in _SENTENCE_END.split(folded):
        others = whom.others(part)
        young = young or _is_at_school(part, others)
        coded = [
            _from_home_only(proposal, part)
            for proposal in _coded(part, others, aside)
            if proposal.field != "limits.from_home"
            or (not outside and is_wished(part, proposal.because))
        ]
        wished += _wished(part, coded)
        grades += graded(part, others)
        counts = list(counted(part, others))
        for number in counts:
            numbers.setdefault((number.field, ""), number)
        for proposal in (*coded, *counts, *timed(part, others, taken)):
            key = (proposal.field, str(proposal.value) if _many(proposal.field) else "")
            found.setdefault(key, proposal)
    if len({grade.value for grade in grades}) == 1:
        found.setdefault(("age", ""), grades[0])
    # What is said beats what a word stands for by default: 「集団は苦手。3人くらいまで」.
    found |= numbers
    parts = [(part, whom.others(part)) for part in _SENTENCE_END.split(folded)]
    gender = stated_gender(folded, parts)
    if gender is not None and ("needs.identity", "") not in found:
        found["limits.gender", ""] = gender
    disliked = not_from_home(folded, parts)
    if disliked is not None:
        found.setdefault(("limits.from_home", ""), disliked)
    if wished:
        words = "、".join(dict.fromkeys(wished))[:LONGEST_WISH]
        found["wishes.text", ""] = Proposal("wishes.text", words, wished[0])
    order = {name: i for i, name in enumerate(_ORDER)}
    kept = as_a_whole(taken.without(hours_together(list(found.values()))), folded, at_school=young)
    return sorted(kept, key=lambda p: order[p.field.split(".")[0]])


def _from_home_only(proposal: Proposal, part: str) -> Proposal:
    if proposal.field != "limits.from_home" or not is_all_there_is(part):
        return proposal
    return replace(proposal, value="only")


_ORDER = ("age", "walk_minutes", "needs", "wishes", "step", "limits", "windows", "safety")


def _wished(part: str, coded: list[Proposal]) -> list[str]:
    """Return the clauses that say what somebody likes to do, in their own words.

    A code says reading; which books, and how, is told by the words, and compared with descriptions.
    """
    liked = [p.because for p in coded if p.field == "wishes.activities"]
    clauses = (clause.strip() for clause in _CLAUSE_END.split(part))
    return [clause for clause in clauses if any(words in clause for words in liked)]


def _many(field: str) -> bool:
    """Tell whether a field holds several values."""
    return field in ("wishes.activities", "limits.languages", "limits.holds", "windows")


def need_of(proposals: list[Proposal]) -> dict[str, Any]:
    """Return accepted proposals as parts of a need, in the JSON of the contract."""
    need: dict[str, Any] = {}
    for proposal in proposals:
        head, _, tail = proposal.field.partition(".")
        if head == "windows":
            need.setdefault("windows", []).extend(proposal.value)
        elif not tail:
            need[head] = proposal.value
        elif _many(proposal.field):
            need.setdefault(head, {}).setdefault(tail, []).append(proposal.value)
        else:
            need.setdefault(head, {})[tail] = proposal.value
    if "holds" in need.get("limits", {}):
        need["limits"]["holds_open"] = True  # what a note doesn't name may well be there
    return need


@lru_cache(maxsize=4096)
def activities_named(words: str) -> tuple[str, ...]:
    """Return the codes of the activities that a wish in words names.

    Examples
    --------
    >>> activities_named("猫をなでていたい。カラオケは苦手")
    ('animals',)
    """
    folded = unicodedata.normalize("NFKC", liked_words(words))
    whom, aside = whom_of(folded), set_aside(folded)
    return tuple(
        dict.fromkeys(
            proposal.value
            for part in _SENTENCE_END.split(folded)
            for proposal in _coded(part, whom.others(part), aside, likings())
        )
    )


@lru_cache(maxsize=4096)
def names_from_home(words: str) -> bool:
    """Tell whether a wish in words says that somebody would rather join from home.

    Examples
    --------
    >>> names_from_home("家から、文字だけで"), names_from_home("電話や画面でなく、顔を見て")
    (True, False)
    """
    folded = unicodedata.normalize("NFKC", words)
    if rather_goes_out(folded):
        return False
    whom = whom_of(folded)
    return any(
        any(_coded(part, whom.others(part), (), from_home()))
        for part in _SENTENCE_END.split(folded)
    )


def _coded(
    part: str,
    others: Others,
    aside: Sequence[re.Pattern[str]],
    among: Sequence[Entry] | None = None,
) -> Iterator[Proposal]:
    """Read the codes that a sentence's words speak for, but for words that are to be set aside."""
    # As it stands, and as it would stand in hiragana: who writes ヒキコモリ means ひきこもり.
    written = dict.fromkeys((part, part.translate(_HIRAGANA)))
    for entry in entries() if among is None else among:
        for found in (f for words in written for f in entry.pattern.finditer(words)):
            start, end = found.span()
            if any(word.search(found.group()) for word in aside):
                continue
            if _within_a_word(part, start) or not entry.said.counts(others, start):
                continue
            if not is_turned(entry.turn, part[start:end], part[:start], part[end:]):
                yield Proposal(entry.field, entry.value, _to_its_end(part, start, end))
                break


_ENDING = re.compile(
    r"(?:[っいん]?[てで]い(?:る|た|ない|ます)|(?:てい)?な(?:い|く|かった)|[っいし]た|んだ|[るたりいずくうき])?"
)
"""How a word goes on that a pattern leaves off: who reads 「字が読め」 must see 「ない」."""


_REST = re.compile(
    r"(?:念慮|企図|未遂|行為|観察|障害|診断|認定|検査|申請|受給|中|歴|疑い|傾向|被害|症状?|病)+"
)
"""How a word in characters goes on: 希死「念慮」."""


def _to_its_end(part: str, start: int, end: int) -> str:
    rest = _REST.match(part, end)
    if rest:
        return part[start : rest.end()]
    ending = _ENDING.match(part, end)
    return part[start : ending.end() if ending else end]


def _within_a_word(part: str, start: int) -> bool:
    """Tell whether something begins in the middle of a word in katakana: けが in カラオケが."""
    return bool(re.match(r"[ァ-ヶー]{2}", part[max(start - 1, 0) : start + 1])) and start > 0


_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
"""Katakana → hiragana, letter by letter, so that places in the text stay the same."""

_AT_SCHOOL = re.compile(
    r"(?<![一-龥])[小中高][1-6](?!\d|回|人|(?:年生?)?(?:の(?:時|とき|頃|ころ|途中|[春夏秋冬])|から|で))|(?:小学|中学|高校?)[1-6一二三四五六]年|(?:小学|中学|高校)生"
    r"(?!の(?:子|息子|娘|弟|妹|孫|男の子|女の子|きょうだい))|部活|担任|授業|学校(?:を休|に遅)"
)


def _is_at_school(part: str, others: Others) -> bool:
    return any(not others.at(found.start()) for found in _AT_SCHOOL.finditer(part))
