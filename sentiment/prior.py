"""What a fitted model says of its n-grams, as arrays that another model can hold."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.exceptions import SentimentError
from sentiment.text import check_vocabulary, unpack_words

__all__ = ["Prior"]


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
    """

    def __init__(
        self,
        vocabulary: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
        weights: NDArray[Any],
        coef: NDArray[Any],
        intercept: NDArray[Any],
        link: NDArray[Any],
    ) -> None:
        self.words, self.word_offsets, self.ngrams = vocabulary
        self.weights, self.coef = weights, coef
        self.intercept, self.link = intercept, link

    def vocabulary(self) -> tuple[pa.Array, NDArray[np.int32]]:
        """Return the words, and the n-grams as numbers of words, in their order."""
        return unpack_words(self.words, self.word_offsets), self.ngrams

    def __deepcopy__(self, memo: Any) -> "Prior":
        return self

    def __repr__(self) -> str:
        return f"Prior({len(self.ngrams):,} n-grams)"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        check_vocabulary(self.words, self.word_offsets, self.ngrams)
        wide = np.shape(self.intercept) + self.ngrams.shape[:1]
        shapes = {"weights": wide, "coef": wide, "intercept": wide[:1]}
        shapes["link"] = wide[:1] + np.shape(self.link)[-1:]
        for name, shape in shapes.items():
            array = getattr(self, name)
            if not _are_finite(array) or len(wide) != 2 or array.shape != shape:
                raise SentimentError(
                    f"This Prior is damaged: its {name} does not fit its n-grams or is "
                    "no array of finite numbers. Load the model from where it was "
                    "logged."
                )


def _are_finite(array: Any) -> bool:
    is_floats = isinstance(array, np.ndarray) and array.dtype.kind == "f"
    return is_floats and bool(np.isfinite(array).all())
