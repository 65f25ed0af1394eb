"""Free text against descriptions: weighted character n-grams, so Japanese needs no dictionary.

scikit-learn's default analyser would make one token of a whole Japanese sentence; pairs and
triples of characters (after NFKC, without spaces and marks) find 読書 in 読書会 and 本を読む.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.bisection import first_at_least
from geodata.compiled import compiled
from matching.columns import Array

if TYPE_CHECKING:
    from scipy import sparse
    from sklearn.feature_extraction.text import HashingVectorizer

FEATURES = 1 << 16

_MARKS = re.compile(r"[\s\W_]+")
_LABEL = "（架空）"


def plain(name: str | None, description: str | None) -> str:
    """Return the words of an entry as they are compared."""
    joined = f"{name or ''} {description or ''}".replace(_LABEL, "")
    return fold(joined)


_ENDINGS = """
したい たいで ている ていま います ません ところ のとこ ができ できる できま きます
てもよ もよい たいと にした ことが とがで からで までの ための として という のある
がある ります しなが ながら だれで れでも どなた なたで たでも てくれ くれる なくて
くても てもら らって もらえ られる られた たりし りして ました ように ような のよう
"""
_GLUE = frozenset(_ENDINGS.split())
"""Triples of hiragana that say nothing by themselves."""


def _is_glue(gram: str) -> bool:
    if not all("ぁ" <= c <= "ゖ" or c == "ー" for c in gram):
        return False
    return len(gram) < 3 or gram in _GLUE


def fold(words: str) -> str:
    """Return the words folded (NFKC, lower case), with every mark and space as one blank."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", words).lower()).strip()


def tokens(words: str) -> list[str]:
    """Return the character pairs and triples of folded words; none of them crosses a blank.

    Those of hiragana alone are endings and particles more often than words: only triples of them
    are kept, without those that end a sentence or join two.
    """
    found: list[str] = []
    for part in words.split(" "):
        for size in (2, 3):
            grams = (part[i : i + size] for i in range(len(part) - size + 1))
            found.extend(gram for gram in grams if not _is_glue(gram))
        if len(part) == 1:
            found.append(part)
    return found


@cache
def _vectorizer() -> HashingVectorizer:
    # Imported when first needed: a question without words, or a job, starts a second sooner.
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        analyzer=tokens, n_features=FEATURES, alternate_sign=False, norm=None, dtype=np.float32
    )


def _counts(documents: list[str]) -> sparse.csr_matrix[np.float32]:
    counted: sparse.csr_matrix[np.float32] = _vectorizer().transform(documents).tocsr()
    counted.data = np.float32(1.0) + np.log(
        counted.data
    )  # a word said five times is not five times as apt
    return counted


def matrix(documents: list[str], idf: Array | None = None) -> dict[str, Array]:
    """Return distinct texts as a unit-length TF-IDF matrix in CSR arrays.

    documents : folded texts
    idf : (FEATURES,) weights to use; None works them out from the documents
          (smoothed: ln((1 + n) / (1 + df)) + 1, as scikit-learn does)
    Returns pointer (m + 1,), index, value (float32) and idf (FEATURES,).
    """
    if not documents:
        weights = np.ones(FEATURES, np.float32) if idf is None else np.asarray(idf)
        return {
            "text_pointer": np.zeros(1, np.int64),
            "text_index": np.empty(0, np.int32),
            "text_value": np.empty(0, np.float32),
            "text_idf": weights,
        }
    counted = _counts(documents)
    if idf is None:
        df = np.bincount(counted.indices, minlength=FEATURES)
        idf = (np.log((1.0 + len(documents)) / (1.0 + df)) + 1.0).astype(np.float32)
    value = counted.data * idf[counted.indices]
    rows = np.repeat(np.arange(len(documents)), np.diff(counted.indptr))
    length = np.sqrt(np.bincount(rows, value.astype(np.float64) ** 2, minlength=len(documents)))
    value = value / np.maximum(length, 1e-12)[rows]
    return {
        "text_pointer": counted.indptr.astype(np.int64),
        "text_index": counted.indices.astype(np.int32),
        "text_value": value.astype(np.float32),
        "text_idf": np.asarray(idf, np.float32),
    }


class _Asked(NamedTuple):
    """A question's words: their features, rising; how often each is said; and a bit for each."""

    features: NDArray[np.int32]
    said: NDArray[np.float32]
    bits: NDArray[np.uint64]


@lru_cache(maxsize=512)
def _asked(words: str) -> _Asked:
    """Return the features of a question and their counts, as the vectorizer would.

    A question is one short text; setting up a matrix for it would take ten times as long.
    """
    from sklearn.utils import murmurhash3_32

    counts = Counter(abs(murmurhash3_32(t, seed=0)) % FEATURES for t in tokens(fold(words)))
    features = sorted(counts)
    bits = [0] * (FEATURES // 64)
    for feature in features:
        bits[feature // 64] |= 1 << feature % 64
    said = np.array([counts[i] for i in features], np.float32)
    return _Asked(
        np.array(features, np.int32), np.float32(1.0) + np.log(said), np.array(bits, np.uint64)
    )


def likeness(
    texts: dict[str, Array], numbers: NDArray[np.integer[Any]], words: str, idf: Array
) -> NDArray[np.float64]:
    """Return the cosine of some texts with a question, (m,) in 0 … 1; 0 where it has no token.

    texts : as `matrix` returns them
    numbers : (m,) rows of the matrix
    """
    features, weights = asked_weights(words, idf)
    return _products(
        texts["text_pointer"], texts["text_index"], texts["text_value"], numbers,
        features, weights, _asked(words).bits,
    )  # fmt: skip


def asked_weights(words: str, idf: Array) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the features of a question's words, rising, and their weights, of unit length."""
    asked = _asked(words)
    weights = (asked.said * idf[asked.features]).astype(np.float64)
    weights /= math.sqrt(float((weights**2).sum())) or 1.0
    return asked.features, weights


@compiled
def _products(
    pointer: Array,
    features: Array,
    values: Array,
    numbers: Array,
    asked: NDArray[np.int32],
    weights: NDArray[np.float64],
    bits: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """Return the products of some rows of a matrix in CSR form with a question's weights."""
    found = np.zeros(len(numbers), np.float64)
    for k in range(len(numbers)):
        for place in range(pointer[numbers[k]], pointer[numbers[k] + 1]):
            feature = features[place]
            # Few features of a text are asked for; a bit tells, without a search.
            if (bits[feature >> 6] >> np.uint64(feature & 63)) & np.uint64(1):
                found[k] += weights[first_at_least(asked, feature)] * values[place]
        found[k] = min(found[k], 1.0)
    return found
