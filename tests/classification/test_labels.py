"""What counts as a label, in whichever container."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sentiment.classification._labels import check_labels, encode_labels
from sentiment.exceptions import LabelError


def refusal(y):
    with pytest.raises(LabelError) as caught:
        check_labels(y, caller="LabelDecoder")
    return str(caught.value)


@pytest.mark.parametrize(
    ("y", "dtype"),
    [
        (["b", "a"], "<U1"),
        (("b", "a"), "<U1"),
        (np.array(["b", "a"], dtype=object), "<U1"),
        (pd.Series(["b", "a"]), "<U1"),
        (pd.Series(["b", "a"], dtype="category"), "<U1"),
        (pd.Categorical(["b", "a"], categories=["x", "b", "a"]), "<U1"),
        (pd.Index(["b", "a"]), "<U1"),
        (pd.DataFrame({"label": ["b", "a"]}), "<U1"),
        (np.array([["b"], ["a"]]), "<U1"),
        (pa.array(["b", "a"]), "<U1"),
        (pa.chunked_array([["b"], ["a"]]), "<U1"),
        ([1, 0], "int64"),
        ([-1, 7], "int64"),
        (range(2), "int64"),
        (np.array([1, 0], dtype=np.int8), "int8"),
        (pd.Series([1, 0], dtype="UInt8"), "int64"),
        (pd.Series([1, 0], dtype="category"), "int64"),
        ([True, False], "bool"),
        (np.array([True, False]), "bool"),
        ([0.5, 4.0], "float64"),
        ([3, 3.5], "float64"),
        (np.array([0.5, 4], dtype=np.float32), "float32"),
    ],
)
def test_labels_keep_their_values_and_type(y, dtype):
    labels = check_labels(y, caller="LabelDecoder")
    assert labels.dtype == np.dtype(dtype)
    assert labels.ndim == 1
    if isinstance(y, pa.Array | pa.ChunkedArray):
        y = y.to_pylist()
    assert labels.tolist() == np.asarray(y).ravel().tolist()


@pytest.mark.parametrize(
    ("y", "types"),
    [
        ([1, "a"], "int and str"),
        (["1", 1], "int and str"),
        ([True, 2], "bool and int"),
        ([0.5, "a"], "float and str"),
        (pd.Series([1, "a"], dtype=object), "int and str"),
    ],
)
def test_mixed_types_are_refused_not_made_one(y, types):
    assert refusal(y) == (
        f"LabelDecoder takes labels of one type. Got {types}. Convert them to one type, "
        "such as str."
    )


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, np.float32("nan")])
@pytest.mark.parametrize("make", [list, tuple, lambda y: pd.Series(y, dtype=object)])
def test_a_missing_label_is_refused_with_its_row_not_made_a_class(make, missing):
    assert refusal(make(["a", "b", missing])) == (
        f"LabelDecoder takes a label for every row. Got {missing!r} at row 2. Leave "
        "unlabelled rows out."
    )


@pytest.mark.parametrize(
    "y",
    [
        np.array([1.0, np.nan]),
        pd.Series(["a", None]),
        pd.Series([1, None], dtype="Int64"),
        pd.Series(["a", None], dtype="category"),
        pa.array([1, None]),
    ],
)
def test_a_missing_label_is_found_in_every_container(y):
    assert "at row 1. Leave unlabelled rows out." in refusal(y)


@pytest.mark.parametrize("value", [("a", "b"), ["a"], b"a", {"a"}, 1j, pd.Timestamp(0)])
def test_what_is_no_label_is_refused_with_its_row(value):
    message = refusal([value, value])
    assert message.startswith(
        "LabelDecoder takes labels of str, int, float or bool, one per row. Got "
    )
    assert f"({type(value).__name__}) at row 0. Convert them first." in message


@pytest.mark.parametrize(
    ("y", "shape"),
    [("ab", "()"), (5, "()"), (np.zeros((2, 2)), "(2, 2)"), (np.array(1), "()")],
)
def test_labels_that_are_no_column_are_refused_by_their_shape(y, shape):
    assert refusal(y) == (
        f"LabelDecoder takes one label per row. Got the shape {shape}. Pass a single "
        "column."
    )


def test_no_y_at_all_is_refused_by_name():
    assert refusal(None) == (
        "LabelDecoder requires y to be passed, but the target y is None. Pass one label "
        "per row."
    )


@pytest.mark.parametrize(("y", "shown"), [(["a"] * 3, "'a'"), ([0] * 3, "0")])
def test_one_class_is_nothing_to_learn_from(y, shown):
    assert refusal(y) == (
        f"LabelDecoder learns from at least two classes. Got one class only, {shown} "
        "(rows: 3). Add rows of another class."
    )


def test_no_labels_are_nothing_to_learn_from():
    assert (
        refusal([]) == "LabelDecoder learns from at least two classes. Got no labels."
    )


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (["b", "a", "b"], ["a", "b"]),
        ([1, -1, 1], [-1, 1]),
        ([2.0, 1.0, 2.0], [1, 2]),
        ([True, False, True], [False, True]),
    ],
)
def test_labels_become_their_place_among_the_classes(y, classes):
    assert encode_labels(y, np.array(classes)).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("y", "classes", "unknown"),
    [
        (["a", "c", "c"], ["a", "b"], "['c']"),
        (["1", "2"], [1, 2], "['1', '2']"),
        ([1, 0], [False, True], "[0, 1]"),
        ([1.5], [1, 2], "[1.5]"),
    ],
)
def test_a_class_that_was_not_learned_is_refused_by_name(y, classes, unknown):
    with pytest.raises(LabelError) as caught:
        encode_labels(y, np.array(classes))
    assert str(caught.value) == (
        f"y_val takes the classes of the training labels, {classes}. Got also {unknown}. "
        "Leave those out, or add rows of them to the training."
    )
