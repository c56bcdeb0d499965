"""A vocabulary of n-grams as arrays, and their texts.

An n-gram is a row of word numbers, padded with -1, in the order of its text::

    words                 ngrams            column
    0  "bad"              0  -1             0   "bad"
    1  "film"             0   1             1   "bad film"
    2  "good"             1  -1             2   "film"

Words are numbered in the order of their characters. Since no character of a word is
smaller than the space that joins them, the rows are then sorted like their texts.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment._arrays import Ints
from sentiment.documents import text_buffers
from sentiment.exceptions import SentimentError


def find_words(words: pa.Array, known: pa.Array) -> NDArray[np.int32]:
    """Return the place of each word among the known ones, or -1."""
    found = pc.index_in(words, value_set=known.cast(pa.string()))
    return pc.fill_null(found, -1).to_numpy()


def join_ngrams(words: pa.Array, ngrams: NDArray[np.int32]) -> pa.Array:
    """Return the text of each n-gram, its words joined by spaces."""
    columns = [words.take(pa.array(column, mask=column < 0)) for column in ngrams.T]
    return pc.binary_join_element_wise(*columns, " ", null_handling="skip")


def drop_unused_words(
    words: pa.Array, ngrams: NDArray[np.int32]
) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return words and n-grams without the words that no n-gram uses."""
    # One entry more than words: the padding, -1, marks the last.
    used = np.zeros(len(words) + 1, bool)
    used[ngrams.ravel()] = True
    if used[:-1].all():
        return words, ngrams
    number = np.cumsum(used, dtype=np.int32) - 1
    number[-1] = -1
    return words.filter(pa.array(used[:-1])), number[ngrams]


def pack_words(words: pa.Array) -> tuple[NDArray[np.uint8], Ints]:
    """Return words as one UTF-8 buffer and the offsets of each in it."""
    text, offsets = text_buffers(words.cast(pa.large_string()))
    return text[offsets[0] : offsets[-1]].copy(), offsets - offsets[0]


def unpack_words(text: NDArray[np.uint8], offsets: Ints) -> pa.Array:
    """Return the words of :func:`pack_words` as an Arrow array, without a copy."""
    return pa.Array.from_buffers(
        pa.large_string(),
        len(offsets) - 1,
        [None, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(text)],
    ).cast(pa.string())


def check_vocabulary(
    words: NDArray[np.uint8], word_offsets: Ints, ngrams: NDArray[np.int32]
) -> None:
    """Refuse arrays from a file that do not fit together.

    What reads them later does not look: a place outside of an array is memory of
    somebody else.

    Raises
    ------
    SentimentError
        If an array has another type or shape, refers to what is not there, is out of
        order, or holds a word or n-gram twice: the look-up would then miss n-grams.
    """
    arrays = (words, word_offsets, ngrams)
    kinds = [(np.uint8, 1), (np.int64, 1), (np.int32, 2)]
    fits = all(
        isinstance(array, np.ndarray) and (array.dtype, array.ndim) == kind
        for array, kind in zip(arrays, kinds, strict=True)
    )
    fits = (
        fits
        and len(word_offsets) > 1
        and ngrams.size > 0
        and word_offsets[0] == 0
        and word_offsets[-1] == len(words)
        and bool((np.diff(word_offsets) >= 0).all())
        and int(ngrams.min()) >= -1
        and int(ngrams.max()) < len(word_offsets) - 1
        and int(ngrams[:, 0].min()) >= 0
        and not ((ngrams[:, 1:] >= 0) & (ngrams[:, :-1] < 0)).any()
        and _ascend(ngrams)
        and _are_sorted_words(words, word_offsets)
    )
    if not fits:
        raise SentimentError(
            "The vocabulary of this NgramVectorizer is damaged: its words, offsets and "
            "n-grams do not fit together. Load the model from where it was logged."
        )


def _ascend(ngrams: NDArray[np.int32]) -> bool:
    """Say whether each row is above the one before it, as their texts are."""
    above = np.zeros(len(ngrams) - 1, bool)
    tied = ~above
    for column in ngrams.T:
        step = np.diff(column)
        above |= tied & (step > 0)
        tied &= step == 0
    return bool(above.all())


def _are_sorted_words(text: NDArray[np.uint8], offsets: Ints) -> bool:
    """Say whether these are words in valid UTF-8, in order and each once."""
    try:
        words = unpack_words(text, offsets)
        words.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return len(words) < 2 or pc.all(pc.less(words[:-1], words[1:])).as_py()


class Vocabulary(Mapping[str, int]):
    """A read-only mapping from n-gram to column, made into a dict when first asked.

    The dict of a million n-grams takes half a second and 150 MB to build, and neither
    ``fit`` nor ``transform`` needs it.
    """

    def __init__(self, names: pa.Array) -> None:
        self._names = names
        self._columns: dict[str, int] | None = None

    def _dict(self) -> dict[str, int]:
        if self._columns is None:
            names = self._names.to_pylist()
            self._columns = dict(zip(names, range(len(names)), strict=True))
        return self._columns

    def __getitem__(self, ngram: str) -> int:
        return self._dict()[ngram]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        first = ", ".join(repr(name.as_py()) for name in self._names[:3])
        more = ", ..." if len(self) > 3 else ""
        return f"<Vocabulary of {len(self):,} n-grams: {first}{more}>"
