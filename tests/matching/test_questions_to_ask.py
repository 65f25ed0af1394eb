"""What isn't known of a place is asked there in a sentence that can be read out as it stands."""

import pytest

from matching.rules import RULES
from matching.sentences import catalogue, question_of, sentence


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_every_rule_has_a_question_in_both_languages(rule: str) -> None:
    question = question_of(rule)
    assert question.ja.endswith("か"), "whoever shows it ends the sentence"
    assert question.en.endswith("?")
    assert question.ja != sentence(f"rule.{rule}").ja


def test_no_question_is_left_of_a_rule_that_is_none() -> None:
    asked = {key.removeprefix("ask.") for key in catalogue() if key.startswith("ask.")}
    assert asked == {rule.code for rule in RULES}


@pytest.mark.parametrize("word", ["本人", "この人", "利用者", "the person"])
def test_nothing_of_the_person_is_in_a_question(word: str) -> None:
    questions = [s for key, s in catalogue().items() if key.startswith("ask.")]
    assert not any(word in q.ja or word in q.en for q in questions)


def test_numbers_take_the_english_word_that_goes_with_them() -> None:
    assert sentence("sure.room_places", places=1).en == "1 place left"
    assert sentence("sure.room_places", places=2).en == "2 places left"
    assert sentence("sure.answers", asked=1, answered=1).en == "lately 1 of 1 question answered"
    assert sentence("sure.days_ago", days=1) == ("1日前", "1 day ago")


def test_no_english_sentence_is_written_with_marks_of_japanese() -> None:
    odd = {key for key, s in catalogue().items() if set("、。：～「」（）") & set(s.en)}
    assert odd == set()
