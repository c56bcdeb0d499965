"""What a fitted model says of its n-grams, as arrays that another model can hold."""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._arrays import are_finite
from sentiment.exceptions import SentimentError
from sentiment.text import check_vocabulary, join_ngrams, unpack_words
from sentiment.tokens import TokenLists

__all__ = ["Prior", "count_known", "hash_documents"]

# Shorter ones are written by more than one person.
_FEW_TOKENS = 10


class Prior:
    """The n-grams of a fitted model, and its linear weights for them.

    It never changes, so clones of whatever holds it share it, and a saved model holds
    it once.

    Parameters
    ----------
    vocabulary : tuple of ndarray
        ``words_``, ``word_offsets_`` and ``ngrams_`` of a fitted ``NgramVectorizer``.
    weights, coef : ndarray of shape (n_parts, n_ngrams)
        The linear parts of the model; ``coef`` is in units of ``weights``, which say
        how long a document is.
    intercept : ndarray of shape (n_parts,)
        What each part says of a document without n-grams.
    link : ndarray of shape (n_parts, n_margins)
        How much of each part is in each margin, in log-odds.
    seen : ndarray of uint32, default=()
        What :func:`hash_documents` gives for the documents it was learned from, where
        these are known.
    name : str, default="prior"
        What messages call it.
    """

    def __init__(
        self,
        vocabulary: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
        weights: NDArray[Any],
        coef: NDArray[Any],
        intercept: NDArray[Any],
        link: NDArray[Any],
        seen: NDArray[np.uint32] | None = None,
        name: str = "prior",
    ) -> None:
        self.words, self.word_offsets, self.ngrams = vocabulary
        self.weights, self.coef = weights, coef
        self.intercept, self.link = intercept, link
        self.seen = np.zeros(0, np.uint32) if seen is None else seen
        self.name = name

    def count_seen(self, tokens: TokenLists) -> int:
        """Return how many of some documents it was learned from."""
        return count_known(tokens, self.seen)

    def vocabulary(self) -> tuple[pa.Array, NDArray[np.int32]]:
        """Return the words, and the n-grams as numbers of words, in their order."""
        return unpack_words(self.words, self.word_offsets), self.ngrams

    @cached_property
    def names(self) -> pa.Array:
        """The text of each n-gram: every fit looks them up."""
        return join_ngrams(*self.vocabulary())

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "names"}

    def __deepcopy__(self, memo: Any) -> "Prior":
        return self

    def __repr__(self) -> str:
        return f"Prior({self.name}, {len(self.ngrams):,} n-grams)"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        check_vocabulary(self.words, self.word_offsets, self.ngrams)
        wide = np.shape(self.intercept) + self.ngrams.shape[:1]
        shapes = {"weights": wide, "coef": wide, "intercept": wide[:1]}
        shapes["link"] = wide[:1] + np.shape(self.link)[-1:]
        for name, shape in shapes.items():
            array = getattr(self, name)
            if len(wide) != 2 or not are_finite(array, *shape):
                raise SentimentError(
                    f"This Prior is damaged: its {name} does not fit its n-grams or is "
                    "no array of finite numbers. Load the model from where it was "
                    "logged."
                )


def hash_documents(tokens: TokenLists) -> NDArray[np.uint32]:
    """Return a number for each document of ten tokens or more: equal for equal ones.

    Parameters
    ----------
    tokens : TokenLists
        The tokenised documents.

    Returns
    -------
    hashes : ndarray of uint32
        In the order of the documents; those with fewer tokens are left out. Two
        documents of 100,000 have one hash by chance.
    """
    words = tokens.words.to_numpy(zero_copy_only=False)
    of_word = pd.util.hash_array(words, categorize=False)
    lengths = tokens.lengths()
    places = np.arange(len(tokens.ids)) - np.repeat(tokens.offsets[:-1], lengths)
    mixed = of_word[tokens.ids] * (2 * places + 1).astype(np.uint64)
    sums = np.zeros(len(mixed) + 1, np.uint64)
    np.cumsum(mixed, out=sums[1:])
    hashes = sums[tokens.offsets[1:]] - sums[tokens.offsets[:-1]]
    return (hashes[lengths >= _FEW_TOKENS] >> np.uint64(32)).astype(np.uint32)


def count_known(tokens: TokenLists, hashes: NDArray[np.uint32]) -> int:
    """Return how many documents have one of these hashes."""
    if not len(hashes):
        return 0
    # By a table of them: numpy's isin would sort tens of thousands in every fit.
    return int(pd.Series(hash_documents(tokens)).isin(hashes).sum())
