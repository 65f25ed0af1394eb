"""What is usually said of each need and each liking is read, and what says that all is well isn't."""

import tomllib
from pathlib import Path

import pytest

from matching.note import read_note
from resources.vocabulary import default_vocabulary

PHRASES = tomllib.loads(Path(__file__).with_name("note_phrases.toml").read_text(encoding="utf-8"))


def _codes(phrase: str, kind: str) -> set[str]:
    read = read_note(phrase)
    if kind == "needs":
        return {p.field.removeprefix("needs.") for p in read if p.field.startswith("needs.")}
    return {p.value for p in read if p.field == "wishes.activities"}


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind in ("needs", "activities") for code in PHRASES[kind]]
)
def test_what_is_usually_said_is_read(kind: str, code: str) -> None:
    missed = [words for words in PHRASES[kind][code] if code not in _codes(words, kind)]
    assert not missed


def test_every_need_has_its_phrases() -> None:
    assert set(PHRASES["needs"]) == set(default_vocabulary().codes("need"))


@pytest.mark.parametrize("words", PHRASES["nothing"])
def test_no_need_is_read_where_all_is_well(words: str) -> None:
    assert _codes(words, "needs") == set()
