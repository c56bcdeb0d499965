"""The bundled sample: offline, balanced, split in two."""

from pathlib import Path

import pytest

from sentiment.datasets import load_instances, load_labels, load_reviews, read_rows
from sentiment.exceptions import DataError


def test_the_sample_is_large_enough_and_balanced() -> None:
    sizes = []
    for split in ("train", "test"):
        instances, labels = load_reviews("sample", split)
        counts = labels.value_counts()
        assert sorted(counts.index) == ["negative", "positive"]
        assert counts.nunique() == 1
        assert instances["text"].str.strip().str.len().min() > 0
        sizes.append(len(instances))
    assert sum(sizes) >= 400
    assert sizes[0] > sizes[1] >= 100


def test_no_review_is_there_twice() -> None:
    texts = [*load_instances()["text"], *load_instances(None, "test")["text"]]
    assert len(set(texts)) == len(texts)


def test_instances_and_labels_belong_together() -> None:
    rows = read_rows("sample", "test")
    assert load_instances("sample", "test")["text"].tolist() == rows["text"].tolist()
    assert load_labels("sample", "test").tolist() == rows["label"].tolist()


def test_an_unknown_split_names_the_two_there_are() -> None:
    with pytest.raises(DataError) as refusal:
        load_instances("sample", "dev")
    assert str(refusal.value) == (
        "sample has no split 'dev'. It has 'train', 'test'. Choose one of them."
    )


def test_a_path_named_sample_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="No such file or folder: 'sample'"):
        load_instances(Path("sample"))
