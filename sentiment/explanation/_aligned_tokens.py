"""Cut one text into tokens as :class:`WordTokenizer` does, with the place of each."""

import re

import numpy as np

from sentiment.explanation._aligned_text import AlignedText
from sentiment.preprocessing import WordTokenizer
from sentiment.preprocessing._contractions import _CONTRACTION
from sentiment.preprocessing._negation import find_negation_scope, prefix_negated
from sentiment.preprocessing._stemming import stem_words
from sentiment.preprocessing._word_pattern import compile_token_patterns, is_word
from sentiment.tokens import encode_tokens

Span = tuple[int, int]


def cut_aligned(
    cleaned: AlignedText, tokenizer: WordTokenizer
) -> tuple[list[str], list[Span]]:
    """Return the tokens of a text and where in the original each came from."""
    found = _find(cleaned.text, tokenizer)
    if tokenizer.token_pattern is None and tokenizer.contractions == "split":
        found = [part for span in found for part in _split(cleaned.text, *span)]
    words = [cleaned.text[first:last] for first, last in found]
    return _finish(words, tokenizer), [_origin(cleaned, *span) for span in found]


def _find(text: str, tokenizer: WordTokenizer) -> list[Span]:
    if tokenizer.token_pattern is not None:
        pattern = re.compile(tokenizer.token_pattern)
        group = pattern.groups
        return [
            # A group that took no part counts as an empty token where the match ends.
            match.span(group) if match.start(group) >= 0 else (match.end(), match.end())
            for match in pattern.finditer(text)
        ]
    ascii_pattern, pattern = compile_token_patterns(
        apostrophes=tokenizer.contractions != "break",
        punctuation=tokenizer.punctuation,
    )
    pattern = ascii_pattern if text.isascii() else pattern
    spans = [match.span() for match in pattern.finditer(text)]
    if tokenizer.min_length > 1:
        spans = [
            (first, last)
            for first, last in spans
            if last - first >= tokenizer.min_length or not is_word(text[first:last])
        ]
    return spans


def _split(text: str, first: int, last: int) -> list[Span]:
    match = _CONTRACTION.fullmatch(text, first, last)
    if match is None:
        return [(first, last)]
    return [match.span(1), match.span(2)]


def _finish(words: list[str], tokenizer: WordTokenizer) -> list[str]:
    """Stem and negate, by the very functions that do it for a batch."""
    if not tokenizer.negation_scope and tokenizer.stemmer is None:
        return words
    tokens = encode_tokens(words, np.array([0, len(words)], np.int64))
    negated = None
    if tokenizer.negation_scope:
        negated = find_negation_scope(tokens, tokenizer.negation_scope)
    if tokenizer.stemmer is not None:
        tokens = tokens.with_words(stem_words(tokens.words, tokenizer.stemmer))
    if negated is not None:
        tokens = prefix_negated(tokens, negated)
    table = tokens.words.to_pylist()
    return [table[place] for place in tokens.ids.tolist()]


def _origin(cleaned: AlignedText, first: int, last: int) -> Span:
    if first < last:
        return cleaned.span(first, last)
    # An empty token, of a pattern of the user's own.
    place = int(cleaned.starts[first]) if first < len(cleaned.text) else _end(cleaned)
    return place, place


def _end(cleaned: AlignedText) -> int:
    return int(cleaned.ends[-1]) if len(cleaned.text) else 0
