"""From text to counts, one document and one token at a time: the plain way.

This says what the right answer is. The compiled engine is compared with it in the
tests, leaves to it the documents that it declines, and is replaced by it where there is
no compiled kernel. It is written to be read, not to be fast.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.text import _delimited
from sentiment.text._cleaning import cleaning_rules
from sentiment.text._counts import NgramCounts
from sentiment.text._cutting import (
    CONTRACTION,
    PREFIX,
    compile_token_patterns,
    is_negator,
    is_word,
    make_stemmer,
    starts_word,
)
from sentiment.tokens import TokenLists, encode_tokens

Span = tuple[int, int]
NAME = "reference"
scan_delimited, gather_cells = _delimited.scan_delimited, _delimited.gather_cells


def clean(texts: pa.Array, cleaner: Any) -> pa.Array:
    """Clean documents as a :class:`~sentiment.TextCleaner` says."""
    cleaned = [clean_text(text, cleaner) for text in texts.to_pylist()]
    return pa.array(cleaned, pa.large_string())


def clean_text(text: str, cleaner: Any) -> str:
    """Clean one document."""
    for rule in cleaning_rules(cleaner):
        text = rule.clean(text)
    return text


def cut(texts: pa.Array, tokenizer: Any) -> TokenLists:
    """Cut documents as a :class:`~sentiment.WordTokenizer` says."""
    rows = [cut_text(text, tokenizer) for text in texts.to_pylist()]
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return encode_tokens(list(chain.from_iterable(rows)), offsets)


def cut_text(text: str, tokenizer: Any) -> list[str]:
    """Cut one document."""
    spans = find_tokens(text, tokenizer)
    return mark_tokens([text[first:last] for first, last in spans], tokenizer)


def find_tokens(text: str, tokenizer: Any) -> list[Span]:
    """Return where the tokens of a document stand."""
    if tokenizer.token_pattern is not None:
        return [_group_span(m) for m in re.finditer(tokenizer.token_pattern, text)]
    ascii_pattern, pattern = compile_token_patterns(
        apostrophes=tokenizer.contractions != "break", punctuation=tokenizer.punctuation
    )
    found = (ascii_pattern if text.isascii() else pattern).finditer(text)
    spans = [
        match.span()
        for match in found
        if match.end() - match.start() >= tokenizer.min_length or not is_word(match[0])
    ]
    if tokenizer.contractions == "split":
        spans = [part for span in spans for part in _split_contraction(text, span)]
    return spans


def _group_span(match: re.Match[str]) -> Span:
    """Return the place of the one group, or of the match where there is none."""
    first, last = match.span(match.re.groups)
    # A group that took no part counts as an empty token where the match ends.
    return (first, last) if first >= 0 else (match.end(), match.end())


def _split_contraction(text: str, span: Span) -> list[Span]:
    match = CONTRACTION.fullmatch(text, *span)
    return [span] if match is None else [match.span(1), match.span(2)]


def mark_tokens(words: list[str], tokenizer: Any) -> list[str]:
    """Stem the tokens of a document, and mark those that a negator turns around.

    Punctuation is neither marked nor counted and does not end a scope; a negator inside
    a scope is not marked and starts a new one.
    """
    marked, left = [], 0
    for word in words:
        # Negators are found before stemming, which makes "noth" of "nothing".
        stem = make_stemmer(tokenizer.stemmer)(word) if tokenizer.stemmer else word
        if is_negator(word):
            left = tokenizer.negation_scope
        elif left and starts_word(word):
            left -= 1
            stem = PREFIX + stem
        marked.append(stem)
    return marked


def count(
    tokens: TokenLists,
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> NgramCounts:
    """Count the n-grams of a corpus that are in low to high documents."""
    rows = [Counter(_iter_ngrams(row, ngram_range)) for row in _iter_rows(tokens)]
    frequency = Counter(chain.from_iterable(rows))
    low, high = limits
    # Tuples of words sort like the texts, since no character of a word is smaller than
    # the space that joins them.
    kept = sorted(ngram for ngram, n in frequency.items() if low <= n <= high)
    column = {ngram: i for i, ngram in enumerate(kept)}
    words = sorted({word for row in _iter_rows(tokens) for word in row})
    number = {word: i for i, word in enumerate(words)}
    ngrams = np.full((len(kept), ngram_range[1]), -1, np.int32)
    for i, ngram in enumerate(kept):
        ngrams[i, : len(ngram)] = [number[word] for word in ngram]
    counts = _make_matrix(rows, column, binary=binary)
    return NgramCounts(pa.array(words, pa.string()), ngrams, counts)


class Lookup:
    """Counts the n-grams of a vocabulary."""

    def __init__(self, words: pa.Array, ngrams: NDArray[np.int32]) -> None:
        table = words.to_pylist()
        self._column = {
            " ".join([table[word] for word in ngram if word >= 0]): i
            for i, ngram in enumerate(ngrams.tolist())
        }

    def count(
        self, tokens: TokenLists, ngram_range: tuple[int, int], *, binary: bool
    ) -> sp.csr_matrix:
        """Count the n-grams of the vocabulary in each document."""
        rows = [
            Counter(map(" ".join, _iter_ngrams(row, ngram_range)))
            for row in _iter_rows(tokens)
        ]
        return _make_matrix(rows, self._column, binary=binary)


def count_texts(texts: pa.Array, *steps: Any) -> None:
    """Leave the documents to the steps: there is no shorter way here."""


def _iter_rows(tokens: TokenLists) -> Iterator[list[str]]:
    words, ids = tokens.words.to_pylist(), tokens.ids.tolist()
    for first, last in zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True):
        yield [words[i] for i in ids[first:last]]


def _iter_ngrams(
    row: list[str], ngram_range: tuple[int, int]
) -> Iterator[tuple[str, ...]]:
    for n in range(ngram_range[0], ngram_range[1] + 1):
        yield from zip(*[row[i:] for i in range(n)], strict=False)


def _make_matrix(
    rows: Iterable[Counter[Any]], column: dict[Any, int], *, binary: bool
) -> sp.csr_matrix:
    indices, data, indptr = [], [], [0]
    for row in rows:
        found = sorted((column[key], n) for key, n in row.items() if key in column)
        indices += [i for i, _ in found]
        data += [1 if binary else n for _, n in found]
        indptr.append(len(indices))
    matrix = sp.csr_matrix(
        (np.array(data, np.int64), np.array(indices, np.int32), indptr),
        shape=(len(indptr) - 1, len(column)),
    )
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix
