"""scikit-learn's counts of tokens, and their comparison with ours."""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer


def as_is(tokens):
    return tokens


def make_reference(**parameters):
    return CountVectorizer(
        tokenizer=as_is,
        preprocessor=as_is,
        lowercase=False,
        token_pattern=None,
        **parameters,
    )


def assert_same_counts(ours, theirs):
    # scikit-learn leaves the columns within a row unsorted.
    theirs.sort_indices()
    assert ours.shape == theirs.shape
    for part in ("indptr", "indices", "data"):
        found, expected = getattr(ours, part), getattr(theirs, part)
        assert found.dtype == expected.dtype, part
        np.testing.assert_array_equal(found, expected, part)
