"""The aclImdb layout: one file per document, one folder per class."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sentiment.datasets import load_instances, load_labels, load_reviews, read_rows
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def acl(write: Write, tmp_path: Path) -> Path:
    for name in ("0_9", "2_7", "10_8"):
        write(f"acl/train/pos/{name}.txt", f"good {name}")
    write("acl/train/neg/0_1.txt", "bad<br />0_1\r\n")
    write("acl/train/neg/._0_1.txt", b"\xff\xfe")
    write("acl/train/unsup/0_0.txt", "unknown")
    write("acl/train/urls_pos.txt", "http://...")
    write("acl/test/neg/0_2.txt", "")
    write("acl/imdb.vocab", "the")
    write("acl/README", "text")
    return tmp_path / "acl"


def test_files_come_in_natural_order_with_full_names(acl: Path) -> None:
    instances, labels = load_reviews(acl)
    assert instances["text"].tolist() == [
        "bad<br />0_1\r\n",
        "good 0_9",
        "good 2_7",
        "good 10_8",
    ]
    assert labels.tolist() == ["negative", "positive", "positive", "positive"]


def test_an_empty_file_is_a_document(acl: Path) -> None:
    assert load_instances(acl, "test")["text"].tolist() == [""]


def test_unsup_is_a_split_without_labels_as_on_the_hub(acl: Path) -> None:
    assert load_instances(acl, "unsupervised")["text"].tolist() == ["unknown"]
    assert load_labels(acl, "unsupervised").empty


def test_read_rows_says_which_file_each_row_is(acl: Path) -> None:
    rows = read_rows(acl, "train")
    assert rows["file"].tolist()[0] == "train/neg/0_1.txt"
    assert list(rows) == ["text", "label", "file"]


def test_other_folders_name_their_classes(write: Write, tmp_path: Path) -> None:
    for label in ("sports", "arts", "neg2"):
        write(f"news/train/{label}/1.txt", label)
    assert load_labels(tmp_path / "news").tolist() == ["arts", "neg2", "sports"]


def test_an_unknown_split_names_those_there_are(acl: Path) -> None:
    with pytest.raises(DataError) as refusal:
        load_instances(acl, "dev")
    assert str(refusal.value) == (
        f"{acl} has no split 'dev'. It has 'test', 'train', 'unsupervised'. "
        "Choose one of them."
    )


def test_a_file_that_is_not_utf8_is_named(acl: Path, write: Write) -> None:
    path = write("acl/train/pos/3_7.txt", "café".encode("latin-1"))
    with pytest.raises(DataError) as refusal:
        load_instances(acl)
    assert str(refusal.value) == (
        f"{path} is not UTF-8 (byte 0xe9 at offset 3). Try encoding='cp1252': "
        "then it reads 'café'."
    )
    assert load_instances(acl, encoding="latin-1")["text"].tolist()[3] == "café"


def test_a_name_of_other_digits_does_not_stop_the_sorting(
    acl: Path, write: Write
) -> None:
    write("acl/train/pos/²_7.txt", "superscript")
    assert len(load_instances(acl)) == 5
