"""A short look through a body finds what looking at each of its values would find."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.bodies import NotJson, Repeated, Unstorable, check_json, check_text

any_text = st.text(st.characters(codec=None), max_size=6) | st.sampled_from(
    ["\0", "\ud800", "\udfff", "\\u0000", "居場所", "😀", "\x7f", "\x01"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)


def _each(value: object) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            check_text(key)
            _each(inner)
    elif isinstance(value, list):
        for inner in value:
            _each(inner)


def _verdict(check: object, given: object) -> str:
    try:
        check(given)  # type: ignore[operator]
    except (Unstorable, NotJson, Repeated) as refused:
        return type(refused).__name__
    return "fine"


@given(
    value=values,
    escaped=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"]),
)
@example("\0", True, "utf-8")
@example({"\ud83d": 1}, False, "utf-8")
@example(["\ud83d\ude00"], True, "utf-8")
def test_as_by_looking_at_each_value(value: object, escaped: bool, encoding: str) -> None:
    written = json.dumps(value, ensure_ascii=escaped)
    body = written.encode(encoding, "surrogatepass")
    try:
        read = json.loads(body)
    except ValueError:
        assert _verdict(check_json, body) == "NotJson"
        return
    assert _verdict(check_json, body) == _verdict(_each, read)


@pytest.mark.parametrize(
    "body", [b'"\x00"', b'"\xed\xa0\x80"', b'"\\ud800"', b'{"\\u0000": 1}', b'"a\\u0000"']
)
def test_none_of_these_gets_through(body: bytes) -> None:
    assert _verdict(check_json, body) != "fine"


@pytest.mark.parametrize(
    "body",
    [
        b'{"safety": {"protected": true}, "safety": {}}',
        b'{"a": [{"b": 1, "c": 2, "b": 1}]}',
        b'{"a": 1, "\\u0061": 2}',
    ],
)
def test_a_field_that_is_written_twice_is_refused(body: bytes) -> None:
    assert _verdict(check_json, body) == "Repeated"
