"""What single cells of municipal open data say, and nothing they don't say."""

import hashlib
import re
import unicodedata
import uuid
from functools import cache

from geodata.coordinates import is_in_japan
from resources.registration import OLDEST
from resources.sources.headers import Header, layouts
from resources.sources.reasons import BadRow
from resources.vocabulary import default_vocabulary

_FORMS = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")


def composed(text: str) -> str:
    """Return kana in one piece (か and ゛ as が), and every character in the form it was written.

    NFC alone would make another character of an old form (U+FA1B) that stands in names.
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return _FORMS.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def key_of(number: str, name: str, address: str) -> str:
    """Return what tells a row from the others when the file is read again.

    The file's own number where it has one (a bare row number is none); else name and address.
    """
    if number and (len(number) >= 5 or not number.isdigit()):
        return f"id:{number}"[:300]
    if number:
        return f"id:{number}:{_digest(name)[:8]}"
    return f"at:{_digest(name, address)}"


def entry_of(text: str) -> uuid.UUID | None:
    """Return the id of an entry that a cell names; None where it is empty. Raises `BadRow`."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadRow("bad_entry") from None


def own_kind(code: str) -> str | None:
    """Return the kind that a file of our own names; a code that isn't known says nothing."""
    return code if code in default_vocabulary().codes("kind") else None


def _digest(*parts: str) -> str:
    flat = "|".join("".join(unicodedata.normalize("NFKC", p).split()) for p in parts)
    return hashlib.sha256(flat.encode()).hexdigest()[:32]


def point_of(lon: str, lat: str) -> tuple[float | None, float | None]:
    """Return a point in Japan, degrees of WGS 84, or none at all. Raises `BadRow`."""
    if not lon and not lat:
        return None, None
    if not lon or not lat:
        raise BadRow("half_a_point")
    try:
        x, y = float(unicodedata.normalize("NFKC", lon)), float(unicodedata.normalize("NFKC", lat))
    except ValueError:
        raise BadRow("not_a_number") from None
    if not is_in_japan(x, y):
        raise BadRow("swapped" if is_in_japan(y, x) else "outside")
    return x, y


def url_of(text: str) -> str | None:
    """Return the first address of a page that a cell begins with; None where it has none."""
    first = text.split()[0] if text.split() else ""
    return first if re.match(r"https?://\S+$", first) and len(first) <= 2000 else None


def age_of(text: str) -> int | None:
    """Return the youngest age, in years, of 3歳から; None where it says anything else."""
    match = re.fullmatch(r"(\d{1,3})歳から", unicodedata.normalize("NFKC", text))
    return int(match[1]) if match and int(match[1]) <= OLDEST else None


def count_of(text: str) -> int | None:
    """Return how many people a cell says; None where it says no plain number."""
    match = re.fullmatch(r"(\d{1,6})\s*(?:人|名)?", unicodedata.normalize("NFKC", text).strip())
    return int(match[1]) if match else None


def kind_said(header: Header, file_kind: str | None, row_type: str, name: str) -> str:
    """Return the kind of a row: by layout, its own words, the file's name, or other facility."""
    if header.kind is not None:
        return header.kind
    said = {
        where: unicodedata.normalize("NFKC", text)
        for where, text in (("type", row_type), ("name", name))
    }
    told = {where: bool(_telling(where).search(text)) for where, text in said.items()}
    for entry in layouts()["words"]:
        if not told[entry["where"]]:
            continue
        text = said[entry["where"]]
        by_file = file_kind is not None and entry["where"] == "name"
        if not by_file and any(w in text for w in entry["words"]):
            return str(entry["kind"])
    return file_kind or header.fallback or "facility"


@cache
def _telling(where: str) -> re.Pattern[str]:
    """Return what finds any word that tells a kind, in a row's type or in its name."""
    words = [w for entry in layouts()["words"] if entry["where"] == where for w in entry["words"]]
    return re.compile("|".join(map(re.escape, words)))
