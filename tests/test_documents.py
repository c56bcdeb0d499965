"""The one door: what is a document, and what is refused with its row."""

import decimal
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_strategies import CONTAINERS, NASTY, documents

from sentiment.documents import (
    TEXT_DTYPE,
    check_documents,
    is_missing,
    text_array,
    text_series,
)
from sentiment.exceptions import DocumentError, DocumentTypeError, SentimentError

# numpy's U dtype drops trailing NUL characters before anybody else sees the text.
TEXTS = [text for text in NASTY if not text.endswith("\0")]

MISSING = {
    "None": None,
    "float nan": float("nan"),
    "numpy nan": np.float32("nan"),
    "pd.NA": pd.NA,
    "pd.NaT": pd.NaT,
}
NOT_TEXT = {
    "bytes": b"good",
    "int": 5,
    "bool": True,
    "float": 1.5,
    "list": ["good", "film"],
    "dict": {"text": "good"},
    "Decimal NaN": decimal.Decimal("nan"),
    "bytearray": bytearray(b"good"),
}


def refusal(X):
    with pytest.raises(SentimentError) as caught:
        check_documents(X, caller="TextCleaner")
    return type(caught.value), str(caught.value)


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_each_container_gives_the_same_documents(make):
    found = check_documents(make(TEXTS))
    assert found.dtype == TEXT_DTYPE
    assert found.tolist() == TEXTS
    assert found.index.tolist() == list(range(len(TEXTS)))


@pytest.mark.parametrize("make", CONTAINERS.values(), ids=CONTAINERS)
def test_no_documents_are_a_batch_of_none(make):
    found = check_documents(make([]))
    assert found.dtype == TEXT_DTYPE
    assert found.tolist() == []


@given(documents)
def test_no_character_is_changed(texts):
    assert check_documents(texts).tolist() == texts
    assert check_documents(pd.Series(texts, dtype=object)).tolist() == texts


@pytest.mark.parametrize("dtype", ["str", "object", "string[python]", "category"])
def test_the_index_is_kept_even_with_duplicates(dtype):
    series = pd.Series(["a", "b", "a"], index=[7, 7, "x"], dtype=dtype, name="review")
    found = check_documents(series)
    assert found.index.tolist() == [7, 7, "x"]
    assert found.tolist() == ["a", "b", "a"]


def test_the_row_index_of_a_frame_is_kept():
    frame = pd.DataFrame({"text": ["a", "b"], "id": [1, 2]}, index=[5, 3])
    assert check_documents(frame).index.tolist() == [5, 3]


def test_documents_that_are_in_arrow_already_are_not_copied():
    series = pd.Series(["a", "b"], dtype=TEXT_DTYPE)
    assert check_documents(series) is series


def test_a_frame_with_two_columns_and_no_text_is_refused_with_its_columns():
    kind, message = refusal(pd.DataFrame({"review": ["a"], "stars": [5]}))
    assert kind is DocumentTypeError
    assert message == (
        "TextCleaner takes a DataFrame with one column or one column named 'text'. Got "
        "the columns ['review', 'stars']. Select the column: X[['text']]."
    )


def test_a_frame_with_two_text_columns_is_refused():
    frame = pd.DataFrame([["a", "b"]], columns=["text", "text"])
    assert "['text', 'text']" in refusal(frame)[1]


def test_a_frame_without_columns_is_refused():
    kind, message = refusal(pd.DataFrame(index=[0, 1]))
    assert kind is DocumentTypeError
    assert "Got the columns []" in message


def test_a_bare_str_is_not_taken_for_its_characters():
    kind, message = refusal("A gem.")
    assert kind is DocumentTypeError
    assert message == (
        "TextCleaner takes documents as a list, tuple, array, Series, Index or Arrow "
        "array of str, or a table with one column or a column named 'text'. "
        "Got one str. Put a single document in a list: [text]."
    )


@pytest.mark.parametrize(
    "X",
    [None, 5, b"good", {"text": "a"}, {"a"}, iter(["a"])],
)
def test_what_is_no_container_is_refused_by_its_type(X):
    kind, message = refusal(X)
    assert kind is DocumentTypeError
    assert f"Got {type(X).__name__}." in message


@pytest.mark.parametrize(
    "X", [np.array("a"), np.array([["a", "b"]]), np.zeros((1, 1, 1))]
)
def test_an_array_of_more_than_one_column_is_refused_by_its_shape(X):
    kind, message = refusal(X)
    assert kind is DocumentTypeError
    assert f"Got the shape {X.shape}." in message


@pytest.mark.parametrize("X", [pa.array([1]), pa.array([b"a"]), pa.array([["a"]])])
def test_an_arrow_array_of_another_type_is_refused_by_its_type(X):
    assert refusal(X) == (
        DocumentTypeError,
        f"TextCleaner takes an Arrow array of strings. Got {X.type}. Cast it first.",
    )


@pytest.mark.parametrize("value", MISSING.values(), ids=MISSING)
def test_a_missing_cell_is_refused_with_its_row(value):
    expected = (
        f"TextCleaner takes documents as str. Got {value!r} at row 2. Drop the row, or "
        "use an empty string for an empty document."
    )
    for make in (list, tuple, lambda cells: pd.Series(cells, dtype=object)):
        assert refusal(make(["a", "", value, None])) == (DocumentError, expected)


@pytest.mark.parametrize(
    "make",
    [
        lambda cells: pd.Series(cells, dtype="str"),
        lambda cells: pd.Series(cells, dtype="string[python]"),
        lambda cells: pd.Series(cells, dtype="category"),
        lambda cells: pd.Index(cells, dtype="str"),
        lambda cells: pd.DataFrame({"text": cells}),
        lambda cells: pa.array(cells, pa.string()),
        lambda cells: pa.array(cells).dictionary_encode(),
        lambda cells: pa.chunked_array([cells[:1], cells[1:]]),
        lambda cells: np.ma.masked_equal(np.array(["a", "b", "-"], object), "-"),
    ],
)
def test_a_missing_cell_is_found_in_every_container(make):
    kind, message = refusal(make(["a", "b", None]))
    assert kind is DocumentError
    assert re.search(r"Got (nan|None|<NA>) at row 2\.", message)


@pytest.mark.parametrize("value", NOT_TEXT.values(), ids=NOT_TEXT)
def test_a_cell_that_is_no_str_is_refused_with_its_type_and_row(value):
    expected = (
        f"TextCleaner takes documents as str. Got {value!r} ({type(value).__name__}) at "
        "row 1. Convert it to str first, if it is text at all."
    )
    assert refusal(["a", value]) == (DocumentTypeError, expected)


def test_a_long_wrong_cell_does_not_fill_the_screen():
    assert len(refusal([b"x" * 10_000])[1]) < 200


@given(st.integers(0xD800, 0xDFFF), st.integers(0, 3))
def test_a_lone_surrogate_is_refused_with_its_row_and_character(point, place):
    bad = "abc"[:place] + chr(point) + "d"
    expected = (
        f"TextCleaner takes documents as Unicode text. Got a lone surrogate "
        f"{chr(point)!r} at row 1, character {place}. Decode the source with "
        "errors='replace', or drop the row."
    )
    for make in (list, lambda cells: pd.Series(cells, dtype=object), np.array):
        assert refusal(make(["good", bad])) == (DocumentError, expected)


def test_the_input_is_not_changed():
    cells = ["a", "b"]
    series = pd.Series(cells, dtype=object, name="review")
    before = series.copy()
    check_documents(cells)
    check_documents(series)
    assert cells == ["a", "b"]
    pd.testing.assert_series_equal(series, before)


def test_the_arrow_array_behind_a_slice_is_the_slice():
    series = pd.concat([text_series(["a", "b"]), text_series(["c", "d"])])
    assert text_array(series.iloc[1:3]).to_pylist() == ["b", "c"]
    assert text_array(series.iloc[:0]).to_pylist() == []


def test_a_subclass_of_str_is_text():
    class Text(str):
        __slots__ = ()

    assert check_documents([Text("good")]).tolist() == ["good"]


@pytest.mark.parametrize("value", ["", 0, 0.0, False, "nan", [], np.float64(1)])
def test_what_is_false_or_empty_is_not_missing(value):
    assert not is_missing(value)
