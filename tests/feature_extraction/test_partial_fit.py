"""Parts of a corpus, counted apart and added up, against the corpus at once."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from text_strategies import token_lists

from sentiment import NgramVectorizer
from sentiment.feature_extraction import _ngram_frequencies

PARTS = st.lists(token_lists, min_size=1, max_size=4)


@st.composite
def parameters(draw):
    min_n = draw(st.integers(1, 3))
    return {
        "ngram_range": (min_n, draw(st.integers(min_n, 3))),
        "min_df": draw(st.integers(1, 3) | st.floats(0, 0.5)),
        "max_df": draw(st.integers(3, 5) | st.floats(0.5, 1)),
        "max_features": draw(st.none() | st.integers(1, 6)),
        "binary": draw(st.booleans()),
    }


def check_same_vocabulary(found, kwargs, tokens):
    whole = NgramVectorizer(**kwargs)
    try:
        whole.fit(tokens)
    except ValueError:
        with pytest.raises(NotFittedError):
            found.transform(tokens)
        return
    for name in ("words_", "word_offsets_", "ngrams_"):
        expected = getattr(whole, name)
        assert getattr(found, name).dtype == expected.dtype, name
        np.testing.assert_array_equal(getattr(found, name), expected, name)
    assert (found.transform(tokens) != whole.transform(tokens)).nnz == 0


@given(PARTS, parameters())
def test_the_vocabulary_of_parts_is_that_of_all_documents_at_once(parts, kwargs):
    vectorizer = NgramVectorizer(**kwargs)
    tokens = [row for part in parts for row in part]
    for part in parts:
        vectorizer.partial_fit(part)
    check_same_vocabulary(vectorizer, kwargs, tokens)


def test_parts_without_a_word_are_documents_too():
    parts = [[[], []], [[]], [["a", "c"], ["a", "c"], ["c"]]]
    # Of six documents, two are too few; of five they would do.
    kwargs = {"min_df": 0.35}
    vectorizer = NgramVectorizer(**kwargs)
    for part in parts:
        vectorizer.partial_fit(part)
    check_same_vocabulary(vectorizer, kwargs, [row for part in parts for row in part])
    assert vectorizer.get_feature_names_out().tolist() == ["c"]


@given(PARTS, parameters(), st.randoms(use_true_random=False))
def test_parts_may_be_added_in_any_order_and_in_any_grouping(parts, kwargs, random):
    tokens = [row for part in parts for row in part]
    vectorizer = NgramVectorizer(**kwargs | {"min_df": 1, "max_df": 1.0})
    counted = [vectorizer.count_frequencies(part) for part in parts]
    while len(counted) > 1:
        random.shuffle(counted)
        counted.append(counted.pop().add(counted.pop()))
    vectorizer.add_frequencies(counted[0])
    check_same_vocabulary(vectorizer, vectorizer.get_params(), tokens)


def test_many_words_that_overflow_a_sort_key_are_sorted_the_slow_way(monkeypatch):
    tokens = [[f"w{i * j % 997}" for j in range(9)] for i in range(300)]
    kwargs = {"ngram_range": (1, 3)}
    sort, seen = np.lexsort, []
    monkeypatch.setattr(
        _ngram_frequencies.np, "lexsort", lambda keys: seen.append(1) or sort(keys)
    )
    vectorizer = NgramVectorizer(ngram_range=(1, 8))
    for part in (tokens[:100], tokens[100:]):
        vectorizer.partial_fit(part)
    assert seen
    check_same_vocabulary(vectorizer, kwargs | {"ngram_range": (1, 8)}, tokens)


def test_a_vocabulary_that_was_fitted_at_once_cannot_be_added_to():
    vectorizer = NgramVectorizer().fit([["a"]])
    with pytest.raises(ValueError, match="Start with an unfitted clone"):
        vectorizer.partial_fit([["b"]])


def test_fit_forgets_the_parts_before_it():
    vectorizer = NgramVectorizer().partial_fit([["a"]]).fit([["b"]])
    assert vectorizer.get_feature_names_out().tolist() == ["b"]
    with pytest.raises(ValueError, match="partial_fit"):
        vectorizer.partial_fit([["c"]])


def test_a_stored_vectorizer_answers_and_holds_no_frequencies():
    vectorizer = NgramVectorizer(min_df=2).partial_fit([["a", "b"]])
    vectorizer.partial_fit([["a", "c"]])
    loaded = pickle.loads(pickle.dumps(vectorizer))
    assert loaded.transform([["a", "c"]]).toarray().tolist() == [[1]]
    assert len(pickle.dumps(loaded)) < 2000
    with pytest.raises(ValueError, match="or loaded"):
        loaded.partial_fit([["a"]])


def test_a_stored_vectorizer_without_a_vocabulary_yet_does_not_begin_anew_in_silence():
    vectorizer = NgramVectorizer(min_df=2).partial_fit([["a"]])
    with pytest.raises(ValueError, match="or loaded"):
        pickle.loads(pickle.dumps(vectorizer)).partial_fit([["a"]])


def test_a_clone_begins_anew():
    vectorizer = clone(NgramVectorizer().partial_fit([["a"]])).partial_fit([["b"]])
    assert vectorizer.get_feature_names_out().tolist() == ["b"]


def test_a_word_that_was_frequent_in_the_first_part_alone_is_left_out():
    vectorizer = NgramVectorizer(min_df=0.5)
    vectorizer.partial_fit([["a"], ["a"]]).partial_fit([["b"], ["b"], ["b"]])
    assert vectorizer.get_feature_names_out().tolist() == ["b"]
    vectorizer.partial_fit([["c"]] * 5)
    assert vectorizer.get_feature_names_out().tolist() == ["c"]
    with pytest.raises(NotFittedError):
        vectorizer.partial_fit([["d"]] * 5).transform([["a"]])
