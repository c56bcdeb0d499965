"""make_count_vectorizer against scikit-learn's CountVectorizer, with both engines."""

import warnings

import numpy as np
import pytest
from count_checks import assert_same_counts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nasty_texts import TORTURE, corpora
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer

from sentiment import make_count_vectorizer

pytestmark = pytest.mark.usefixtures("engine_in_use")
lenient = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def assert_drop_in(texts, others=(), **params):
    ours, theirs = make_count_vectorizer(**params), CountVectorizer(**params)
    with warnings.catch_warnings():
        # scikit-learn's own stop words hold tokens that its tokeniser cannot make.
        warnings.simplefilter("ignore", UserWarning)
        try:
            expected = theirs.fit_transform(texts)
        except ValueError:
            with pytest.raises(ValueError, match="NgramVectorizer"):
                ours.fit(texts)
            return
    assert_same_counts(ours.fit_transform(texts), expected)
    names = theirs.get_feature_names_out()
    assert ours.get_feature_names_out().tolist() == names.tolist()
    assert dict(ours[-1].vocabulary_) == theirs.vocabulary_
    assert_same_counts(ours.transform(texts), theirs.transform(texts))
    if others:
        assert_same_counts(ours.transform(others), theirs.transform(others))


parameters = st.fixed_dictionaries(
    {
        "lowercase": st.booleans(),
        "token_pattern": st.sampled_from(
            [r"(?u)\b\w\w+\b", r"\b\w+\b", r"\w+", r"[a-z]+", r"\S+", r"(\w)\w*"]
        ),
        "stop_words": st.sampled_from([None, "english", ["good", "no"]]),
        "ngram_range": st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 3), (3, 4)]),
        "min_df": st.sampled_from([1, 2, 0.3]),
        "max_df": st.sampled_from([1.0, 3, 0.8]),
        "max_features": st.sampled_from([None, 3]),
        "binary": st.booleans(),
        "dtype": st.sampled_from([np.int64, np.float64, np.int32]),
    }
)


@given(texts=corpora, others=corpora, params=parameters)
@settings(parent=lenient, max_examples=100)
def test_any_text_and_parameters_count_like_scikit_learn(texts, others, params):
    assert_drop_in(texts, others, **params)


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 3), (2, 4)])
def test_torture_texts_count_like_scikit_learn(ngram_range):
    assert_drop_in(TORTURE, ngram_range=ngram_range)


def test_unfitted_is_refused():
    with pytest.raises(NotFittedError):
        make_count_vectorizer().transform(["a film"])
