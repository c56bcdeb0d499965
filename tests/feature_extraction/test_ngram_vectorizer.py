"""The counts of scikit-learn's CountVectorizer, to the bit, and what is our own."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from count_checks import assert_same_counts, make_reference
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from text_strategies import token_lists

from sentiment import NgramVectorizer, WordTokenizer
from sentiment.exceptions import DocumentError, SentimentError


@st.composite
def parameters(draw):
    min_n = draw(st.integers(1, 4))
    shares = st.floats(0, 1)
    return {
        "ngram_range": (min_n, draw(st.integers(min_n, 4))),
        "min_df": draw(st.integers(1, 3) | shares),
        "max_df": draw(st.integers(1, 5) | shares | st.just(1.0)),
        "max_features": draw(st.none() | st.integers(1, 6)),
        "binary": draw(st.booleans()),
    }


@given(token_lists, token_lists, parameters())
def test_vocabulary_and_counts_are_those_of_scikit_learn(tokens, unseen, kwargs):
    reference, vectorizer = make_reference(**kwargs), NgramVectorizer(**kwargs)
    try:
        expected = reference.fit_transform(tokens)
    except ValueError:
        with pytest.raises(ValueError, match="NgramVectorizer"):
            vectorizer.fit_transform(tokens)
        return
    assert_same_counts(vectorizer.fit_transform(tokens), expected)
    names = vectorizer.get_feature_names_out()
    assert names.tolist() == reference.get_feature_names_out().tolist()
    assert dict(vectorizer.vocabulary_) == reference.vocabulary_
    assert_same_counts(vectorizer.transform(tokens), reference.transform(tokens))
    assert_same_counts(vectorizer.transform(unseen), reference.transform(unseen))


@given(st.lists(st.lists(st.text("ab c\0", max_size=3), max_size=6), min_size=1))
def test_tokens_that_hold_spaces_count_as_the_ngrams_they_spell(tokens):
    reference = make_reference(ngram_range=(1, 3))
    try:
        expected = reference.fit_transform(tokens)
    except ValueError:
        return
    vectorizer = NgramVectorizer(ngram_range=(1, 3))
    assert_same_counts(vectorizer.fit_transform(tokens), expected)
    plain = [["a", "b"], ["ab", "a", "b"]]
    assert_same_counts(vectorizer.transform(plain), reference.transform(plain))


def test_a_plain_vocabulary_finds_its_bigram_in_one_token_with_a_space():
    vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit([["new", "york"]])
    assert vectorizer.transform([["new york"]]).toarray().tolist() == [[0, 1, 0]]


def test_the_order_of_the_vocabulary_is_that_of_code_points_not_of_bytes_cut_apart():
    words = ["z", "é", "ﬀ", "\U0001f600", "Z", "a", "aa", "a!", "語"]
    vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit([words])
    names = vectorizer.get_feature_names_out().tolist()
    assert names == sorted(names)


def test_ties_at_max_features_fall_as_in_scikit_learn():
    rng = np.random.default_rng(0)
    tokens = [[f"w{i}" for i in rng.integers(0, 400, 30)] for _ in range(60)]
    for limit in (1, 17, 100, 399):
        kwargs = {"max_features": limit, "ngram_range": (1, 2)}
        expected = make_reference(**kwargs).fit(tokens).get_feature_names_out()
        found = NgramVectorizer(**kwargs).fit(tokens).get_feature_names_out()
        assert found.tolist() == expected.tolist()


def test_many_documents_count_like_in_scikit_learn():
    rng = np.random.default_rng(1)
    words = np.array([f"w{i}" for i in range(3000)])
    lengths = rng.integers(0, 120, 700)
    tokens = [words[rng.zipf(1.3, n) % 3000].tolist() for n in lengths]
    kwargs = {"ngram_range": (1, 3), "min_df": 2, "max_df": 0.5}
    reference, vectorizer = make_reference(**kwargs), NgramVectorizer(**kwargs)
    assert_same_counts(
        vectorizer.fit_transform(tokens), reference.fit_transform(tokens)
    )
    assert_same_counts(vectorizer.transform(tokens), reference.transform(tokens))


def test_the_default_tokens_of_count_vectorizer_give_its_counts(reviews):
    texts, _ = reviews
    theirs = CountVectorizer(ngram_range=(1, 2), lowercase=False)
    tokens = WordTokenizer(token_pattern=theirs.token_pattern).transform(texts)
    ours = NgramVectorizer(ngram_range=(1, 2))
    assert_same_counts(ours.fit_transform(tokens), theirs.fit_transform(texts))


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.float32, np.float64, "uint8"])
def test_counts_have_the_type_asked_for(dtype):
    vectorizer = NgramVectorizer(dtype=dtype)
    assert vectorizer.fit_transform([["a", "a"]]).dtype == np.dtype(dtype)
    assert vectorizer.transform([["a"]]).dtype == np.dtype(dtype)


def test_unseen_ngrams_are_left_out_even_when_their_words_are_known():
    vectorizer = NgramVectorizer(ngram_range=(2, 3)).fit([["a", "b", "c"]])
    assert vectorizer.get_feature_names_out().tolist() == ["a b", "a b c", "b c"]
    counts = vectorizer.transform([["b", "a"], ["c", "a", "b"], ["x", "a", "b", "c"]])
    assert counts.toarray().tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 1]]


def test_an_ngram_does_not_reach_over_the_end_of_its_document():
    vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit([["a", "b"], ["c", "d"]])
    names = vectorizer.get_feature_names_out().tolist()
    assert names == ["a", "a b", "b", "c", "c d", "d"]


def test_inverse_transform_names_the_ngrams_of_each_row_and_leaves_its_input_alone():
    vectorizer = NgramVectorizer().fit([["a", "b", "c"]])
    counts = sp.csr_matrix(
        (np.array([2, 0, 1]), np.array([2, 1, 0]), np.array([0, 3, 3])), (2, 3)
    )
    before = pickle.dumps(counts)
    for X in (counts, counts.toarray(), sp.csc_array(counts)):
        found = vectorizer.inverse_transform(X)
        assert [row.tolist() for row in found] == [["a", "c"], []]
    assert pickle.dumps(counts) == before


def test_the_vocabulary_is_a_mapping_that_shows_itself_in_short():
    vectorizer = NgramVectorizer().fit([["b", "a"], ["d", "c"]])
    vocabulary = vectorizer.vocabulary_
    assert (len(vocabulary), list(vocabulary)) == (4, ["a", "b", "c", "d"])
    assert vocabulary["c"] == 2
    assert "e" not in vocabulary
    with pytest.raises(KeyError):
        vocabulary["e"]
    assert repr(vocabulary) == "<Vocabulary of 4 n-grams: 'a', 'b', 'c', ...>"


def test_fitting_again_forgets_the_vocabulary_before():
    vectorizer = NgramVectorizer().fit([["a", "b"]])
    assert vectorizer.vocabulary_["b"] == 1
    vectorizer.transform([["a"]])
    vectorizer.fit([["c"]])
    assert dict(vectorizer.vocabulary_) == {"c": 0}
    assert vectorizer.transform([["a", "c"]]).toarray().tolist() == [[1]]


def test_words_that_no_ngram_uses_are_not_kept():
    tokens = [["a", "rare"], ["a", "b"], ["b", "a"]]
    vectorizer = NgramVectorizer(min_df=2).fit(tokens)
    assert vectorizer.words_.tobytes() == b"ab"
    assert vectorizer.word_offsets_.tolist() == [0, 1, 2]
    assert vectorizer.ngrams_.tolist() == [[0], [1]]


def test_words_that_only_the_table_knows_are_not_learned():
    tokens = WordTokenizer().transform(["a b", "c d"])
    vectorizer = NgramVectorizer().fit(tokens[:1])
    assert vectorizer.get_feature_names_out().tolist() == ["a", "b"]
    assert vectorizer.transform(tokens[1:]).nnz == 0


def test_the_frame_of_counts_has_the_index_of_the_documents():
    vectorizer = NgramVectorizer().set_output(transform="pandas")
    frame = vectorizer.fit_transform(pd.Series([["a"], ["b", "b"]], index=["x", "y"]))
    assert frame.loc["y"].to_dict() == {"a": 0, "b": 2}


@pytest.mark.parametrize(
    ("tokens", "kwargs", "message"),
    [
        ([], {}, "NgramVectorizer learns from at least one document. Got none."),
        (
            [[], []],
            {},
            "NgramVectorizer found no n-gram in 2 documents. They may be empty, or hold "
            "nothing but stop words.",
        ),
        ([["a"]], {"ngram_range": (2, 2)}, "NgramVectorizer found no n-gram in 1 "),
        (
            [["a"], ["b"]],
            {"min_df": 2},
            "NgramVectorizer has no n-gram left with min_df=2 and max_df=1.0. Lower "
            "min_df or raise max_df.",
        ),
    ],
)
def test_a_vocabulary_of_nothing_is_refused(tokens, kwargs, message):
    with pytest.raises(DocumentError) as caught:
        NgramVectorizer(**kwargs).fit(tokens)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        (
            {"ngram_range": (0, 1)},
            "must be two int with 1 <= min_n <= max_n. Got (0, 1)",
        ),
        (
            {"ngram_range": (2, 1)},
            "must be two int with 1 <= min_n <= max_n. Got (2, 1)",
        ),
        ({"ngram_range": (1,)}, "must be two int with 1 <= min_n <= max_n. Got (1,)"),
        ({"ngram_range": (1.0, 2)}, "must be two int"),
        ({"ngram_range": 2}, "The 'ngram_range' parameter of NgramVectorizer must be"),
        ({"min_df": 0}, "The 'min_df' parameter of NgramVectorizer must be"),
        ({"min_df": 1.5}, "The 'min_df' parameter of NgramVectorizer must be"),
        ({"max_df": -0.1}, "The 'max_df' parameter of NgramVectorizer must be"),
        (
            {"max_features": 0},
            "The 'max_features' parameter of NgramVectorizer must be",
        ),
        (
            {"min_df": 3, "max_df": 0.5},
            "The 'max_df' parameter of NgramVectorizer must not be below 'min_df'. Got "
            "max_df=0.5 and min_df=3 instead.",
        ),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_name(kwargs, message):
    with pytest.raises(ValueError, match="NgramVectorizer") as caught:
        NgramVectorizer(**kwargs).fit([["a", "b"], ["a"]])
    assert message in str(caught.value)
    assert not isinstance(caught.value, SentimentError)


def test_a_list_of_two_numbers_is_a_range_as_read_from_json():
    vectorizer = NgramVectorizer(ngram_range=[1, 2]).fit([["a", "b"]])
    assert vectorizer.transform([["a", "b"]]).toarray().tolist() == [[1, 1, 1]]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("words_", lambda words: words[:-1]),
        ("words_", lambda words: np.append(words, words[:1])),
        ("words_", lambda words: words.astype(np.int64)),
        ("word_offsets_", lambda offsets: offsets[::-1].copy()),
        ("word_offsets_", lambda offsets: offsets + 1),
        ("word_offsets_", lambda offsets: offsets[:1]),
        ("ngrams_", lambda ngrams: ngrams + 1000),
        ("ngrams_", lambda ngrams: ngrams - 2),
        ("ngrams_", lambda ngrams: ngrams[:0]),
        ("ngrams_", lambda ngrams: ngrams.ravel()),
        ("ngrams_", lambda ngrams: ngrams.tolist()),
    ],
)
def test_a_damaged_vocabulary_is_refused_when_it_is_loaded(name, change):
    vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit([["a", "film"], ["good"]])
    setattr(vectorizer, name, change(getattr(vectorizer, name)))
    with pytest.raises(SentimentError, match="vocabulary of this NgramVectorizer is"):
        pickle.loads(pickle.dumps(vectorizer))


@pytest.mark.parametrize("engine", ["reference", ""])
def test_a_loaded_vocabulary_is_ready_to_count(engine, monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", engine)
    vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit([["a", "film"], ["good"]])
    loaded = pickle.loads(pickle.dumps(vectorizer))
    before = set(vars(loaded))
    assert_same_counts(loaded.transform([["a"]]), vectorizer.transform([["a"]]))
    assert set(vars(loaded)) - before <= {"vocabulary_", "_words"}
