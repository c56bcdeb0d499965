"""Frequencies that do not fit in memory, against the corpus at once."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from text_strategies import token_lists

from sentiment import NgramVectorizer
from sentiment.exceptions import DataError
from sentiment.streaming._frequency_shards import FrequencyShards
from sentiment.streaming._scratch import Scratch

PARTS = st.lists(token_lists, min_size=1, max_size=5)
PARAMETERS = st.fixed_dictionaries(
    {
        "ngram_range": st.sampled_from([(1, 1), (1, 2), (2, 3), (1, 3)]),
        "min_df": st.integers(1, 3) | st.floats(0, 0.5),
        "max_df": st.integers(3, 5) | st.floats(0.5, 1),
        "max_features": st.none() | st.integers(1, 6),
        "binary": st.booleans(),
    }
)


CROSSED = {"min_df": 1, "max_df": 0.5}


def learn_in_parts(parts, kwargs, limit):
    vectorizer = NgramVectorizer(**kwargs)
    with Scratch() as scratch:
        shards = FrequencyShards(scratch, limit, n_shards=3)
        for part in parts:
            shards.add(vectorizer.count_frequencies(part))
        limits = vectorizer.document_limits(shards.n_documents)
        return vectorizer.learn_frequencies(shards.total(*limits))


def check_same(found, whole):
    for name in ("words_", "word_offsets_", "ngrams_"):
        expected = getattr(whole, name)
        assert getattr(found, name).dtype == expected.dtype, name
        np.testing.assert_array_equal(getattr(found, name), expected, name)


@example([[[]]], CROSSED, 0)
@example([[]], CROSSED, 0)
@given(PARTS, PARAMETERS, st.sampled_from([0, 200, 1_000_000]))
def test_the_vocabulary_of_shards_is_that_of_all_documents_at_once(
    parts, kwargs, limit
):
    tokens = [row for part in parts for row in part]
    try:
        whole = NgramVectorizer(**kwargs).fit(tokens)
    except ValueError as error:
        with pytest.raises(type(error)):
            learn_in_parts(parts, kwargs, limit)
        return
    check_same(learn_in_parts(parts, kwargs, limit), whole)


@pytest.mark.parametrize("limit", [0, 1_000_000])
def test_a_token_with_a_space_meets_the_bigram_of_another_part(limit):
    parts = [[["new", "york", "city"]] * 2, [["new york", "city"], ["york"]]]
    kwargs = {"ngram_range": (1, 3), "min_df": 3}
    found = learn_in_parts(parts, kwargs, limit)
    check_same(found, NgramVectorizer(**kwargs).fit(parts[0] + parts[1]))
    assert "new york city" in found.vocabulary_


def test_a_full_disk_is_named_with_what_to_do(monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sentiment.streaming._spool.np.save", refuse)
    vectorizer = NgramVectorizer()
    with (
        pytest.raises(DataError, match=rf"{tmp_path}.*No space left.*TMPDIR"),
        Scratch(tmp_path) as scratch,
    ):
        FrequencyShards(scratch, 0).add(
            vectorizer.count_frequencies([["good", "film"]])
        )
    assert not list(tmp_path.iterdir())
