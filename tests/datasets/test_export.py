"""Writing splits: whole or not at all, and what is written is read back."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sentiment.datasets import (
    ExportSummary,
    export_split,
    load_instances,
    load_labels,
    load_reviews,
    read_rows,
)
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_exported_is_read_back(write: Write, tmp_path: Path) -> None:
    path = write("reviews.csv", "body,stars\na\0b,1\n,0\n")
    out = tmp_path / "deep" / "data"
    summary = export_split(path, "train", out, text_column="body", label_column="stars")
    assert summary == ExportSummary(
        instances_path=out / "instances_train.parquet",
        labels_path=out / "labels_train.parquet",
        n_instances=2,
        n_labels=2,
    )
    assert names_in(out) == ["instances_train.parquet", "labels_train.parquet"]
    instances, labels = load_reviews(out)
    assert instances["text"].tolist() == ["a\0b", ""]
    assert labels.tolist() == [1, 0]
    assert list(pd.read_parquet(out / "labels_train.parquet")) == ["label"]


def test_labels_of_some_rows_find_their_instances_again(
    write: Write, tmp_path: Path
) -> None:
    path = write("reviews.csv", "text,label\na,\nb,x\nc,\nd,y\n")
    out = tmp_path / "data"
    summary = export_split(path, "train", out)
    assert (summary.n_instances, summary.n_labels) == (4, 2)
    assert load_labels(out).to_dict() == {1: "x", 3: "y"}
    assert load_instances(out)["text"].tolist() == ["a", "b", "c", "d"]
    assert load_reviews(out)[0]["text"].tolist() == ["b", "d"]
    stored = pd.read_parquet(summary.labels_path)
    assert stored.index.name == "row"
    assert stored.index.tolist() == [1, 3]
    rows = read_rows(out, "train")
    assert list(rows) == ["text", "label"]
    assert rows["label"].isna().tolist() == [True, False, True, False]


def test_the_labels_file_alone_knows_its_rows(write: Write, tmp_path: Path) -> None:
    path = write("reviews.csv", "text,label\na,\nb,x\nc,\nd,y\n")
    summary = export_split(path, "train", tmp_path)
    assert load_labels(summary.labels_path).to_dict() == {1: "x", 3: "y"}
    full = export_split(path.parent / "reviews.csv", "all", tmp_path)
    assert load_instances(full.instances_path)["text"].tolist() == list("abcd")


@pytest.mark.parametrize(
    "content", ["text\na\nb\n", "text,label\na,\nb,\n"], ids=["no column", "no label"]
)
def test_without_labels_only_instances_are_written(
    content: str, write: Write, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    summary = export_split(write("reviews.csv", content), "new", out)
    assert summary.labels_path is None
    assert summary.n_labels == 0
    assert names_in(out) == ["instances_new.parquet"]
    with pytest.raises(DataError, match=r"has no column 'label'. It has 'text'\."):
        load_labels(out, "new")


def test_a_label_column_asked_for_must_be_there(write: Write, tmp_path: Path) -> None:
    path = write("reviews.csv", "text\na\n")
    with pytest.raises(DataError, match="has no column 'label'"):
        export_split(path, "new", tmp_path / "data", label_column="label")
    with pytest.raises(DataError, match="has no column 'label'"):
        export_split(path, "new", tmp_path / "data", label_names=["a", "b"])
    assert not (tmp_path / "data").exists()


def test_existing_files_need_force(write: Write, tmp_path: Path) -> None:
    labelled = write("labelled.csv", "text,label\na,x\n")
    plain = write("plain.csv", "text\nb\n")
    out = tmp_path / "data"
    export_split(labelled, "train", out)
    with pytest.raises(DataError) as refusal:
        export_split(plain, "train", out)
    path = out / "instances_train.parquet"
    assert str(refusal.value) == f"{path} exists. Pass force=True to replace it."
    assert load_reviews(out)[0]["text"].tolist() == ["a"]
    # Labels that nobody replaces must not stay beside instances of others.
    assert export_split(plain, "train", out, force=True).labels_path is None
    assert names_in(out) == ["instances_train.parquet"]


def test_stale_labels_alone_need_force_too(write: Write, tmp_path: Path) -> None:
    path = write("plain.csv", "text\nb\n")
    stale = write("data/labels_train.parquet", b"stale")
    with pytest.raises(DataError, match=r"labels_train\.parquet exists\."):
        export_split(path, "train", tmp_path / "data")
    assert names_in(tmp_path / "data") == [stale.name]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left")])
@pytest.mark.parametrize("after", [1, 2])
def test_an_interruption_leaves_the_folder_as_it_was(
    stop: BaseException,
    after: int,
    write: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "deep" / "data"
    export_split(write("old.csv", "text,label\nold,x\n"), "train", out)
    written: list[Path] = []
    real = pq.write_table

    def write_table(table: object, where: Path) -> None:
        real(table, where)
        written.append(where)
        if len(written) == after:
            raise stop

    monkeypatch.setattr(pq, "write_table", write_table)
    new = write("new.csv", "text,label\nnew,y\n")
    expected = DataError if isinstance(stop, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        export_split(new, "train", out, force=True)
    assert names_in(out) == ["instances_train.parquet", "labels_train.parquet"]
    assert load_reviews(out)[0]["text"].tolist() == ["old"]
    written.clear()
    with pytest.raises(expected):
        export_split(new, "train", tmp_path / "fresh" / "data")
    assert not (tmp_path / "fresh").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(
    write: Write, tmp_path: Path
) -> None:
    path = write("reviews.csv", "text\na\n")
    with pytest.raises(DataError) as refusal:
        export_split(path, "train", path / "data")
    assert str(refusal.value) == (
        f"{path / 'data'} cannot be written (Not a directory). Choose another folder."
    )


@pytest.mark.parametrize("split", ["", "a/b", "../x", "a\\b", "nul\0"])
def test_a_split_that_is_no_file_name_is_refused(
    split: str, write: Write, tmp_path: Path
) -> None:
    path = write("reviews.csv", "text\na\n")
    with pytest.raises(DataError, match="cannot be part of a file name"):
        export_split(path, split, tmp_path / "data")
    assert names_in(tmp_path) == ["reviews.csv"]


def test_an_unknown_split_of_an_exported_folder_names_those_there_are(
    write: Write, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    for split in ("train", "dev set"):
        export_split(write("reviews.csv", "text,label\na,x\n"), split, out)
    assert load_labels(out, "dev set").tolist() == ["x"]
    with pytest.raises(DataError, match=r"has no split 'test'. It has 'dev set', 'tr"):
        load_instances(out, "test")


@pytest.mark.parametrize(
    "labels",
    [
        pd.DataFrame({"label": ["x", "y", "z"]}),
        pd.DataFrame({"label": ["x"]}, index=pd.Index([2], name="row")),
        pd.DataFrame({"label": ["x", "y"]}, index=pd.Index([1, 1], name="row")),
        pd.DataFrame({"label": ["x"]}, index=pd.Index([-1], name="row")),
    ],
    ids=["too many", "beyond", "twice", "negative"],
)
def test_labels_of_other_rows_are_refused(
    labels: pd.DataFrame, write: Write, tmp_path: Path
) -> None:
    export_split(write("reviews.csv", "text\na\nb\n"), "train", tmp_path)
    labels.to_parquet(tmp_path / "labels_train.parquet")
    with pytest.raises(DataError, match="holds labels of other rows than the 2 of"):
        load_labels(tmp_path)


def test_an_export_of_an_export_is_the_same(films: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    export_split(films, "train", first)
    export_split(first, "train", second)
    pd.testing.assert_frame_equal(load_reviews(first)[0], load_reviews(second)[0])
    assert load_labels(second).tolist() == [
        "negative",
        "positive",
        "negative",
        "positive",
    ]
