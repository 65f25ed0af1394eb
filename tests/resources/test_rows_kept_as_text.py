"""A row of a file is known again by its text, which two writers of JSON must write alike."""

import json

from hypothesis import given
from hypothesis import strategies as st

from resources.database import as_json_text
from resources.import_sorting import as_kept

texts = st.text(max_size=12) | st.sampled_from(
    ["\x7f", "\u2028", '"\\/', "\x00\x1f\t\r\n\b\f", "髙﨑", "が", "𠮷野", "e\u0301"]
)


@given(row=st.dictionaries(texts, texts, max_size=6))
def test_it_is_written_as_the_database_keeps_it(row: dict[str, str]) -> None:
    assert as_kept(row) == as_json_text(row)


@given(half=st.characters(categories=["Cs"]), row=st.dictionaries(texts, texts, max_size=3))
def test_what_no_database_can_hold_is_known_to_none(half: str, row: dict[str, str]) -> None:
    assert as_kept(row | {"a": half}) is None
    assert json.loads(as_json_text(row)) == row
