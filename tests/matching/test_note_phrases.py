"""What is usually said of each need and each liking is read, and what says that all is well isn't."""

import tomllib
from pathlib import Path

import pytest

from matching.need import parse_need
from matching.note import need_of, read_note
from resources.days import DAYS
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


def _said(phrase: str) -> set[str]:
    """Return what is proposed as `[fields]` writes it: 「age=13」, 「windows=wed,sat 09:00-12:00」."""
    said, days = set(), dict[str, list[str]]()
    for p in read_note(phrase):
        if p.field == "windows":
            for w in p.value:
                days.setdefault(f"{w['from']}-{w['to']}", []).append(w["day"])
        else:
            said |= {p.field, f"{p.field}={p.value}"}
    ordered = {hours: sorted(set(named), key=DAYS.index) for hours, named in days.items()}
    if not ordered:
        return said
    hours = "; ".join(f"{','.join(named)} {hours}" for hours, named in ordered.items())
    return said | {"windows", f"windows={hours}"}


@pytest.mark.parametrize("value", PHRASES["fields"])
def test_what_is_said_of_a_field_is_read_as_it_is_said(value: str) -> None:
    read = {words: _said(words) for words in PHRASES["fields"][value]}
    assert {words: said for words, said in read.items() if value not in said} == {}


@pytest.mark.parametrize("field", PHRASES["never"])
def test_what_speaks_of_something_else_is_not_proposed(field: str) -> None:
    read = {words: _said(words) for words in PHRASES["never"][field]}
    assert {words: said for words, said in read.items() if field in said} == {}


def test_every_phrase_proposes_a_need_that_the_engine_takes() -> None:
    here = {"lon": 139.71, "lat": 35.73}
    for phrases in (*PHRASES["fields"].values(), *PHRASES["never"].values()):
        for words in phrases:
            parse_need({"at": here, **need_of(read_note(words))}, default_vocabulary())
