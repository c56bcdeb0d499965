"""Which rows are labelled, and as what, for every source of labels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.datasets import load_instances, load_labels, load_reviews
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]


def labels_of(values: object, tmp_path: Path, **options: object) -> pd.Series:
    path = tmp_path / "reviews.parquet"
    texts = [f"text {row}" for row in range(len(values))]  # type: ignore[arg-type]
    pq.write_table(pa.table({"text": texts, "label": values}), path)
    return load_labels(path, **options)  # type: ignore[arg-type]


def csv_labels(write: Write, *cells: str, **options: object) -> pd.Series:
    lines = "".join(f"text,{cell}\n" for cell in cells)
    path = write("reviews.csv", f"text,label\n{lines}")
    return load_labels(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "expected", "dtype"),
    [
        (("1", "-1", "0"), [1, -1, 0], "int64"),
        (("pos", "neg", "1"), ["pos", "neg", "1"], "str"),
        (("01", "2"), ["01", "2"], "str"),
        (("-0", "2"), ["-0", "2"], "str"),
        ((" 1", "2"), [" 1", "2"], "str"),
        (("1.0", "2"), [1, 2], "int64"),
        (("1.0", "2", "1."), [1, 2, 1], "int64"),
        (("1.5", "2"), ["1.5", "2"], "str"),
        (("١", "2"), ["١", "2"], "str"),
        (("NA", "null"), ["NA", "null"], "str"),
        (("True", "False"), ["True", "False"], "str"),
        (("9223372036854775808", "1"), ["9223372036854775808", "1"], "str"),
    ],
)
def test_csv_labels_are_integers_only_if_all_are_written_so(
    cells: tuple[str, ...], expected: list[object], dtype: str, write: Write
) -> None:
    labels = csv_labels(write, *cells)
    assert labels.tolist() == expected
    assert str(labels.dtype) == dtype


def test_an_empty_csv_label_is_an_unlabelled_row(write: Write) -> None:
    labels = csv_labels(write, "1", "", "0")
    assert labels.to_dict() == {0: 1, 2: 0}
    assert labels.dtype == "int64"
    assert labels.name == "label"


def test_positions_are_a_range_when_every_row_is_labelled(write: Write) -> None:
    assert isinstance(csv_labels(write, "a", "b").index, pd.RangeIndex)


@pytest.mark.parametrize(
    ("values", "expected", "dtype"),
    [
        (pa.array(["pos", None, "neg"]), {0: "pos", 2: "neg"}, "str"),
        (pa.array([1, None, -1]), {0: 1, 2: -1}, "int64"),
        (pa.array([1, 2, 3], pa.int8()), {0: 1, 1: 2, 2: 3}, "int64"),
        (pa.array([2**64 - 1], pa.uint64()), {0: 2**64 - 1}, "uint64"),
        (pa.array([True, None, False]), {0: True, 2: False}, "bool"),
        (pa.array([1.0, None, 0.0]), {0: 1, 2: 0}, "int64"),
        (pa.array([1.0, float("nan")]), {0: 1}, "int64"),
        (pa.array([1.5, None]), {0: 1.5}, "float64"),
        (pa.array([float("inf")]), {0: float("inf")}, "float64"),
        (pa.array(["b", None]).dictionary_encode(), {0: "b"}, "str"),
        (pa.array([None, None]), {}, "str"),
        (pa.array([None], pa.int64()), {}, "int64"),
    ],
    ids=str,
)
def test_typed_labels_keep_their_type(
    values: pa.Array, expected: dict[int, object], dtype: str, tmp_path: Path
) -> None:
    labels = labels_of(values, tmp_path)
    assert labels.to_dict() == expected
    assert str(labels.dtype) == dtype


def test_neg_and_pos_of_a_plain_file_stay_as_they_are(write: Write) -> None:
    assert csv_labels(write, "neg", "pos").tolist() == ["neg", "pos"]


@pytest.mark.parametrize("type_", [pa.binary(), pa.date32(), pa.time64("us")])
def test_what_can_be_no_label_is_refused(type_: pa.DataType, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        labels_of(pa.array([None], type_), tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path / 'reviews.parquet'}: column 'label' holds {type_}. Labels are "
        "strings, whole numbers or booleans. Name the label column with label_column=..."
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2.0, None], [1, 2]),
        ([1, 2.5], [1, 2.5]),
        ([None, False], [False]),
    ],
)
def test_numbers_of_json_lines_may_mix(
    values: list[object], expected: list[object], write: Write
) -> None:
    lines = (json.dumps({"text": "a", "label": value}) + "\n" for value in values)
    labels = load_labels(write("reviews.jsonl", "".join(lines)))
    assert labels.tolist() == expected


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            '{"label": 1}\n{"label": null}\n{"label": "pos"}\n',
            "{path}:3: label 'pos' is of type str, those before it are int. "
            "Write all labels as one type.",
        ),
        (
            '{"label": true}\n{"label": 1}\n',
            "{path}:2: label 1 is of type int, those before it are bool. "
            "Write all labels as one type.",
        ),
        (
            '{"label": "a"}\n{"label": ["a"]}\n',
            "{path} has several labels in a row ({path}:2: a list). A row has one "
            "label here. For several, make a column of 0 and 1 of each, and fit "
            "sklearn.multiclass.OneVsRestClassifier around the Pipeline.",
        ),
        (
            '{"label": 9999999999999999999999}\n',
            "{path}: a label is an integer beyond 64 bits, or not valid Unicode. "
            "Write class numbers or names.",
        ),
        (
            '{"text": "a", "stars": 5}\n',
            "{path} has no column 'label'. It has 'text', 'stars'. "
            "Name the right one with label_column=...",
        ),
    ],
)
def test_bad_labels_of_json_lines_are_refused_with_their_line(
    lines: str, said: str, write: Write
) -> None:
    path = write("reviews.jsonl", lines)
    with pytest.raises(DataError) as refusal:
        load_labels(path)
    assert str(refusal.value) == said.format(path=path)


@pytest.mark.parametrize(
    ("cells", "names", "expected"),
    [
        (("1", "-1", "", "0"), ["a", "b", "c"], {0: "c", 1: "a", 3: "b"}),
        (("4", "0", "0.0"), ["bad", "good"], {0: "good", 1: "bad", 2: "bad"}),
        (("2", "0"), ["a", "b", "c"], {0: "c", 1: "a"}),
        (("TRUE", "false"), {"true": "good", False: "bad"}, {0: "good", 1: "bad"}),
        (
            ("1", "3", "5"),
            {1: "low", "3": "mid", 5: "mid"},
            {0: "low", 1: "mid", 2: "mid"},
        ),
    ],
)
def test_names_in_order_or_one_by_one_are_given_to_the_labels_there_are(
    cells: tuple[str, ...], names: Any, expected: dict[int, str], write: Write
) -> None:
    labels = csv_labels(write, *cells, label_names=names)
    assert labels.to_dict() == expected
    assert str(labels.dtype) == "str"


def test_a_named_label_that_means_none_is_left_out(write: Write) -> None:
    labels = csv_labels(write, "1", "-1", "0", label_names=["a", "b"], unlabelled="-1")
    assert labels.to_dict() == {0: "b", 2: "a"}


def test_minus_one_is_no_label_only_where_all_are(write: Write) -> None:
    assert csv_labels(write, "-1", "-1").empty
    assert csv_labels(write, "-1", "1").tolist() == [-1, 1]


def test_label_names_keep_neg_and_pos_as_the_user_wrote_them(write: Write) -> None:
    labels = csv_labels(write, "0", "1", label_names=("neg", "pos"))
    assert labels.tolist() == ["neg", "pos"]


@pytest.mark.parametrize(
    ("cells", "names", "said"),
    [
        (("1", "2"), ["a", "b", "c"], "names 3 classes, and .* holds 2: 1, 2"),
        (("0", "3"), ["a"], "names 1 class, and .* holds 2: 0, 3"),
        (("", "fine"), ["a"], "names whole numbers, and .* holds 'fine'"),
        (("x", "y", "y"), {"x": "a"}, r"row 2: label 'y' .* \(2 rows of 'y'\)"),
    ],
)
def test_labels_that_cannot_be_named_are_refused_not_dropped(
    cells: tuple[str, ...], names: Any, said: str, write: Write
) -> None:
    with pytest.raises(DataError, match=said):
        csv_labels(write, *cells, label_names=names)


@pytest.mark.parametrize("values", [[True, False], [0.5, 1.0]])
def test_names_in_order_do_not_name_other_types(
    values: list[object], tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"names whole numbers, and column 'label'"):
        labels_of(values, tmp_path, label_names=["a", "b"])


def test_label_names_of_rows_without_labels_name_nothing(tmp_path: Path) -> None:
    assert labels_of(pa.array([None, None]), tmp_path, label_names=["a"]).empty


@pytest.mark.parametrize("names", [["a", "a"], ["a", ""]])
def test_unclear_label_names_are_refused(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        labels_of([0, 1], tmp_path, label_names=names)
    assert str(refusal.value) == (
        f"label_names takes different names, none of them empty. Got {names!r}."
    )


def test_label_names_in_one_string_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError) as refusal:
        labels_of([0, 1], tmp_path, label_names="bad,good")
    assert str(refusal.value) == (
        "label_names takes a list of str. Got 'bad,good'. Write ['bad', 'good']."
    )


def test_load_reviews_drops_unlabelled_rows_and_counts_anew(write: Write) -> None:
    path = write("reviews.csv", "text,label\na,\nb,x\nc,\nd,y\n")
    instances, labels = load_reviews(path)
    assert instances["text"].tolist() == ["b", "d"]
    assert labels.tolist() == ["x", "y"]
    assert instances.index.equals(labels.index)
    assert isinstance(instances.index, pd.RangeIndex)
    assert load_instances(path)["text"].tolist() == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(load_labels(path).index, [1, 3])


def test_load_reviews_refuses_a_null_text_of_an_unlabelled_row(write: Write) -> None:
    path = write(
        "reviews.jsonl", '{"text": "a", "label": 1}\n{"text": null, "label": null}\n'
    )
    with pytest.raises(DataError, match=r"reviews\.jsonl:2: null in column 'text'\."):
        load_reviews(path)


def test_load_reviews_refuses_a_source_without_any_label(write: Write) -> None:
    path = write("reviews.csv", "text,label\na,\nb,\n")
    with pytest.raises(DataError) as refusal:
        load_reviews(path)
    assert str(refusal.value) == (
        f"{path} has no labelled row: column 'label' is empty. Label some rows."
    )


def test_text_and_label_cannot_be_one_column(write: Write) -> None:
    path = write("reviews.csv", "text,label\na,b\n")
    with pytest.raises(DataError, match="cannot be text and label at once"):
        load_reviews(path, label_column="text")
