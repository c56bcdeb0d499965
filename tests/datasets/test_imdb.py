"""The real IMDB reviews, in the hub's layout."""

import os
import time
from pathlib import Path

import pytest

from sentiment.datasets import (
    data_digest,
    export_split,
    load_instances,
    load_labels,
    load_reviews,
)

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def imdb() -> str:
    folder = os.environ.get("SENTIMENT_IMDB")
    if not folder:
        pytest.skip("SENTIMENT_IMDB is not set to a folder with the IMDB reviews")
    return folder


@pytest.mark.parametrize(
    ("split", "n_bytes"), [("train", 33_132_823), ("test", 32_350_685)]
)
def test_the_official_splits_are_read_to_the_byte(
    imdb: str, split: str, n_bytes: int
) -> None:
    instances, labels = load_reviews(imdb, split)
    assert len(instances) == 25_000
    assert sum(len(text.encode()) for text in instances["text"]) == n_bytes
    assert labels.value_counts().to_dict() == {"negative": 12_500, "positive": 12_500}
    assert instances["text"].str.contains("<br />").sum() in (14_665, 14_535)


def test_the_unsupervised_split_has_instances_and_no_labels(imdb: str) -> None:
    assert len(load_instances(imdb, "unsupervised")) == 50_000
    assert load_labels(imdb, "unsupervised").empty


def test_an_export_has_the_digest_of_its_source(imdb: str, tmp_path: Path) -> None:
    export_split(imdb, "train", tmp_path)
    assert data_digest(*load_reviews(tmp_path)) == data_digest(*load_reviews(imdb))


def test_loading_takes_under_two_seconds(imdb: str) -> None:
    load_instances(imdb, "test")
    started = time.perf_counter()
    load_reviews(imdb)
    assert time.perf_counter() - started < 2
