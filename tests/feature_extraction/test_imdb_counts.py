"""All of IMDB's training reviews, counted like scikit-learn does."""

import os
from pathlib import Path

import pytest
from count_checks import assert_same_counts
from sklearn.feature_extraction.text import CountVectorizer

from sentiment import make_count_vectorizer


@pytest.mark.data
@pytest.mark.timeout(900)
@pytest.mark.skipif("SENTIMENT_IMDB" not in os.environ, reason="needs SENTIMENT_IMDB")
@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (1, 3)], ids=str)
def test_imdb_counts_like_scikit_learn(monkeypatch, ngram_range):
    import pyarrow.parquet as pq

    folder = Path(os.environ["SENTIMENT_IMDB"])
    file = next(folder.rglob("train-*.parquet"))
    texts = pq.read_table(file)["text"].to_pylist()
    theirs = CountVectorizer(ngram_range=ngram_range)
    fitted = theirs.fit_transform(texts)
    names = theirs.get_feature_names_out()
    transformed = theirs.transform(texts)
    ours = make_count_vectorizer(ngram_range=ngram_range)
    assert_same_counts(ours.fit_transform(texts), fitted)
    assert (ours.get_feature_names_out() == names).all()
    assert_same_counts(ours.transform(texts), transformed)
    monkeypatch.setenv("SENTIMENT_ENGINE", "reference")
    assert_same_counts(ours.transform(texts[:1000]), transformed[:1000])
