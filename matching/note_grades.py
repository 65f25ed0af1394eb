"""Ages that a grade at school tells: 中2 is thirteen when the school year begins."""

import re
from collections.abc import Iterator

from matching.note_proposals import Proposal
from matching.note_whom import Others

_NUMERALS = str.maketrans("一二三四五六", "123456")
_YEARS_BEFORE = {"小": 5, "中": 11, "高": 14}
"""Age in the first grade, less one (School Education Act, art. 17: from the April after six)."""
_GRADES = {"小": 6, "中": 3, "高": 3}

_PUPIL = "の?(?:女子|男子|女の子|男の子|女児|男児|生徒|児童|本人|女性|男性|[男女](?![一-龥]))"
_GRADE = re.compile(
    r"(?<![一-龥ァ-ヶー\d])(?:現在|今)?"
    r"(?P<grade>(?P<school>[小中高])(?:(?P<short>[1-6])(?:年生)?|(?:学校?|校)の?(?P<long>[1-6一二三四五六])年生?))"
    rf"(?:\s*$|(?=[、,()」・/:;\s]|{_PUPIL}|です|だ(?!っ)|不登校|休学|別室|在籍|在学|ヤングケアラー))"
)
_BEGAN_THEN = re.compile(r"(?:のは|きっかけは|始まりは|最後は|から)、?\s*$")


def graded(part: str, others: Others) -> Iterator[Proposal]:
    """Read the ages that grades of a sentence tell.

    What came about in a grade (中2から, 中2の時, 中2で) tells nothing of today.
    """
    for found in _GRADE.finditer(part):
        school = found["school"]
        grade = int((found["short"] or found["long"]).translate(_NUMERALS))
        if grade > _GRADES[school] or others.at(found.start("grade")):
            continue
        if not _BEGAN_THEN.search(part[: found.start()]):
            yield Proposal("age", _YEARS_BEFORE[school] + grade, found["grade"])
