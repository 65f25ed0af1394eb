"""The words of the engine, in Japanese and English, from one catalogue."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple


class Sentence(NamedTuple):
    """The same thing said in both languages."""

    ja: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"ja": self.ja, "en": self.en}

    def in_language(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


class Count(int):
    """A number that chooses the English word after it: {n:place|places}, by itself {n}."""

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        return (one if self == 1 else many) if bar else super().__format__(spec)


@cache
def catalogue() -> dict[str, Sentence]:
    """Return every sentence by its key, e.g. "rule.age"."""
    text = files("matching").joinpath("sentences.toml").read_text(encoding="utf-8")
    return {
        f"{group}.{key}": Sentence(ja, en)
        for group, entries in tomllib.loads(text).items()
        for key, (ja, en) in entries.items()
    }


def sentence(key: str, **values: Any) -> Sentence:
    """Return a sentence of the catalogue with its values filled in.

    A value may itself be a `Sentence`; then each language takes its own words.
    """
    return _filled(key, tuple(values.items())) if values else catalogue()[key]


def joined(parts: Sequence[Sentence]) -> Sentence:
    """Return sentences as one, in each language."""
    return Sentence("・".join([p.ja for p in parts]), "; ".join([p.en for p in parts]))


def question_of(rule: str) -> Sentence:
    """Return what to ask a place of which it isn't known whether it passes a rule."""
    return sentence(f"ask.{rule}")


def day_in_words(day: date) -> Sentence:
    """Return a day as each language writes it."""
    return Sentence(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


@lru_cache(maxsize=4096)
def _filled(key: str, pairs: tuple[tuple[str, Any], ...]) -> Sentence:
    template, values = catalogue()[key], dict(pairs)
    ja = {k: v.ja if isinstance(v, Sentence) else v for k, v in values.items()}
    en = counted({k: v.en if isinstance(v, Sentence) else v for k, v in values.items()})
    return Sentence(template.ja.format(**ja), template.en.format(**en))


def counted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence with whole numbers that choose the word after them."""
    return {k: Count(v) if type(v) is int else v for k, v in values.items()}
