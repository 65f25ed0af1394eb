"""Free text against descriptions: weighted character n-grams, so Japanese needs no dictionary.

scikit-learn's default analyser would make one token of a whole Japanese sentence; pairs and
triples of characters (after NFKC, without spaces and marks) find 読書 in 読書会 and 本を読む.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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


def fold(words: str) -> str:
    """Return the words folded (NFKC, lower case), with every mark and space as one blank."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", words).lower()).strip()


def tokens(words: str) -> list[str]:
    """Return the character pairs and triples of folded words; none of them crosses a blank."""
    found: list[str] = []
    for part in words.split(" "):
        for size in (2, 3):
            found.extend(part[i : i + size] for i in range(len(part) - size + 1))
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


@lru_cache(maxsize=512)
def _asked(words: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    counted = _counts([fold(words)])
    return counted.indices.astype(np.int32), counted.data.astype(np.float32)


def ask_vector(words: str, idf: Array) -> NDArray[np.float32]:
    """Return the question as a dense unit vector (FEATURES,); all zero where it has no token."""
    index, count = _asked(words)
    vector = np.zeros(FEATURES, np.float32)
    vector[index] = count * idf[index]
    length = float(np.sqrt((vector[index].astype(np.float64) ** 2).sum()))
    if length:
        vector[index] /= length
    return vector
