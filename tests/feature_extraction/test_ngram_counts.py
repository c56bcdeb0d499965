"""Counting in blocks, and where a key would not fit in 64 bits."""

import numpy as np
import pytest
from count_checks import assert_same_counts, make_reference
from hypothesis import given, settings
from hypothesis import strategies as st
from text_strategies import token_lists

from sentiment import NgramVectorizer
from sentiment.feature_extraction import _ngram_counts, _ngram_look_up
from sentiment.feature_extraction._ngram_counts import _sort_pairs


@pytest.fixture
def numpy_engine(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "numpy")


def make_corpus(n_documents):
    rng = np.random.default_rng(1)
    words = [f"w{i}" for i in range(60)]
    share = 1 / np.arange(1, 61)
    share /= share.sum()
    return [
        rng.choice(words, rng.integers(0, 40), p=share).tolist()
        for _ in range(n_documents)
    ]


@pytest.mark.parametrize("size", [1, 7, 100, 2**19])
@pytest.mark.parametrize("params", [{}, {"min_df": 3, "max_df": 50}, {"binary": True}])
def test_blocks_of_any_size_count_like_scikit_learn(
    monkeypatch, numpy_engine, size, params
):
    monkeypatch.setattr(_ngram_counts, "_BLOCK", size)
    monkeypatch.setattr(_ngram_look_up, "_BLOCK", size)
    tokens, others = make_corpus(120), make_corpus(130)[120:]
    for ngram_range in ((1, 1), (1, 2), (2, 4), (1, 4)):
        reference = make_reference(ngram_range=ngram_range, **params)
        vectorizer = NgramVectorizer(ngram_range=ngram_range, **params)
        expected = reference.fit_transform(tokens)
        assert_same_counts(vectorizer.fit_transform(tokens), expected)
        assert dict(vectorizer.vocabulary_) == reference.vocabulary_
        assert_same_counts(vectorizer.transform(others), reference.transform(others))


@given(token_lists, token_lists)
@settings(deadline=None)
def test_many_threads_count_like_one(tokens, unseen):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_ENGINE", "numpy")
        results = []
        for n_bytes in (10**9, 1):
            patch.setattr("sentiment.engine._BYTES_PER_THREAD", n_bytes)
            patch.setattr("sentiment.engine.count_threads", lambda: 3)
            vectorizer = NgramVectorizer(ngram_range=(1, 3))
            try:
                counts = vectorizer.fit_transform(tokens)
            except ValueError:
                return
            results.append((counts, vectorizer.transform(unseen)))
        for one, many in zip(*results, strict=True):
            assert_same_counts(many, one)


@given(
    st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**30)), min_size=1),
    st.booleans(),
)
def test_pairs_are_sorted_whether_or_not_they_fit_in_a_key(pairs, widens):
    run, word = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    run, word = run % 5 if not widens else run, word.astype(np.int32)
    order, run_sorted, word_sorted = _sort_pairs(run, word)
    expected = sorted(range(len(run)), key=lambda i: (run[i], word[i], i))
    assert order.tolist() == expected
    assert run_sorted.tolist() == run[expected].tolist()
    assert word_sorted.tolist() == word[expected].tolist()
