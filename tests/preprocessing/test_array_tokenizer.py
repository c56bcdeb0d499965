"""The table of bytes against the patterns it stands for."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nasty_texts import TORTURE, corpora

from sentiment.preprocessing import _array_tokenizer as array_tokenizer
from sentiment.preprocessing import _word_tokenizer as word_tokenizer
from sentiment.preprocessing._array_tokenizer import cut_block, find_tabled, join_blocks

TOKENIZERS = [
    word_tokenizer.WordTokenizer(**params)
    for params in (
        {},
        {"token_pattern": r"(?u)\b\w\w+\b"},
        {"token_pattern": r"\w+"},
        {"contractions": "break"},
        {"punctuation": "all"},
        {"punctuation": "all", "contractions": "break", "min_length": 2},
        {"min_length": 3},
    )
]
each_tokenizer = pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=repr)


def find(tokenizer, text):
    tokens = tokenizer._make_finder()(text)
    if tokenizer.token_pattern is None and tokenizer.min_length > 1:
        is_word = word_tokenizer.is_word
        size = tokenizer.min_length
        tokens = [t for t in tokens if len(t) >= size or not is_word(t)]
    return tokens


def cut(tokenizer, texts):
    rules = tokenizer._make_rules()
    block = cut_block(pa.array(texts, pa.large_string()), rules, tokenizer._make_finder)
    tokens = join_blocks([block])
    if tokenizer.token_pattern is None and tokenizer.min_length > 1:
        tokens = word_tokenizer._drop_short_words(tokens, tokenizer.min_length)
    return [list(row) for row in tokens.to_series()]


@each_tokenizer
@given(texts=corpora.filter(len))
def test_tokens_are_those_of_the_pattern(tokenizer, texts):
    assert cut(tokenizer, texts) == [find(tokenizer, text) for text in texts]


@each_tokenizer
def test_torture_texts_are_cut_like_by_the_pattern(tokenizer):
    assert cut(tokenizer, TORTURE) == [find(tokenizer, text) for text in TORTURE]


@each_tokenizer
def test_every_character_of_the_table_is_what_the_pattern_says(tokenizer):
    points = range(array_tokenizer._LIMIT)
    texts = [f"{chr(point)} a{chr(point)}b 'a{chr(point)}'" for point in points]
    assert cut(tokenizer, texts) == [find(tokenizer, text) for text in texts]


def test_most_alphabets_are_in_the_table_and_marks_are_not():
    texts = [
        "plain",
        "naïve café",
        "Привет мир",
        "שלום",
        "नमस्ते",
        "漢字",
        "👍",
        "e\u0301",
    ]
    rules = TOKENIZERS[0]._make_rules()
    found = find_tabled(pa.array(texts, pa.large_string()), rules)
    assert found.tolist() == [True, True, True, True, False, False, False, False]


@given(
    st.lists(st.sampled_from(["é", "a", " ", "b'c", "ß!", ""]), min_size=1).map(
        lambda parts: [*parts, "".join(parts)]
    )
)
def test_a_word_ends_with_its_document(texts):
    tokenizer = TOKENIZERS[0]
    assert cut(tokenizer, texts) == [find(tokenizer, text) for text in texts]


def test_blocks_of_any_size_give_the_same_tokens(monkeypatch):
    rng = np.random.default_rng(0)
    words = ["film", "naïve", "it's", "a", "漢字", "", "!!", "e\u0301t\u00e9"]
    texts = [" ".join(rng.choice(words, rng.integers(0, 9))) for _ in range(200)]
    monkeypatch.setenv("SENTIMENT_ENGINE", "numpy")
    results = []
    for size in (1, 37, 2**20):
        monkeypatch.setattr(word_tokenizer, "_BLOCK", size)
        rows = word_tokenizer.WordTokenizer(punctuation="all").transform(texts)
        results.append([list(row) for row in rows])
    assert results[0] == results[1] == results[2]
