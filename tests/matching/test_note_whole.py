"""What one part of a note says of another: who is too young to be employed, and whose an age is."""

import pytest

from matching.note import read_note

TOO_YOUNG = ["14歳", "15歳", "15歳、中学生", "15歳、中3"]
OLD_ENOUGH = [
    "15歳、高校生",
    "15歳、高1",
    "高校中退、15歳",
    "15歳、中卒",
    "中学を出て、15歳",
    "16歳",
]
"""By 労働基準法 第56条: from the first 31 March after the fifteenth birthday."""


def _fields(note: str) -> set[str]:
    return {p.field for p in read_note(note)}


@pytest.mark.parametrize("who", TOO_YOUNG)
def test_who_may_not_be_employed_has_no_trouble_at_a_job_and_raises_no_child(who: str) -> None:
    assert "needs.job_retention" not in _fields(f"{who}、欠勤が多い")
    assert "age" not in _fields(f"{who}、子育てに疲れた")


@pytest.mark.parametrize("who", OLD_ENOUGH)
def test_who_may_be_employed_is_taken_to_speak_of_themself(who: str) -> None:
    assert "age" in _fields(f"{who}、子育てに疲れた")
    if "高校生" not in who and "高1" not in who:  # a pupil is late at school
        assert "needs.job_retention" in _fields(f"{who}、欠勤が多い")


@pytest.mark.parametrize("who", ["15歳、高校生の姉と二人", "15歳、高1年生の兄がいる"])
def test_the_school_of_others_tells_nothing(who: str) -> None:
    assert "needs.job_retention" not in _fields(f"{who}、欠勤が多い")


@pytest.mark.parametrize("age", [14, 15, 16])
def test_an_age_beside_a_pregnancy_is_that_of_the_person(age: int) -> None:
    assert "age" in _fields(f"{age}歳、妊娠中")
