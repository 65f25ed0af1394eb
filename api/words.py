"""The words of the pages, from gettext catalogues: a key in, words in the reader's language out."""

from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from matching.sentences import counted

LANGUAGES = ("ja", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return key → words of a language."""
    path = files("api").joinpath(f"locales/{language}.po")
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return {str(m.id): str(m.string) for m in messages if m.id}


def say(key: str, language: str, **values: object) -> str:
    """Return the words of a key; raise `KeyError` for one that no catalogue holds."""
    template = catalogue(language if language in LANGUAGES else "ja")[key]
    return template.format(**counted(values)) if values else template


def said_or_code(key: str, code: str, language: str) -> str:
    """Return the words of a key, or the code as it stands where no catalogue holds it."""
    return catalogue(language if language in LANGUAGES else "ja").get(key, code)
