"""One partition with its predictions, without any engine."""

import numpy as np
import pandas as pd
import pytest

from sentiment import DataError, ModelError, make_sentiment_pipeline
from sentiment.distributed._columns import added_columns
from sentiment.distributed._partition import PartitionScoring
from sentiment.distributed._shipped_model import ShippedModel
from sentiment.inference import predict_rows

ROWS = pd.DataFrame(
    {"id": [7, 8, 9], "review": ["Good fun.", None, "A mess."]}, index=["a", "b", "c"]
)
GOOD = ROWS.drop(index="b")


def fit(labels):
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    return pipeline.fit(["good fun", "bad mess"] * 9, labels * 9)


@pytest.fixture(scope="module")
def small():
    return fit(["good", "bad"])


def answer(rows, pipeline, policy, *, reason=None, probabilities=False):
    scoring = PartitionScoring("review", probabilities, policy, reason)
    return scoring.answer(rows, pipeline)


@pytest.mark.parametrize("policy", ["fail", "skip", "null"])
@pytest.mark.parametrize("probabilities", [False, True])
def test_good_rows_are_answered_as_predict_rows_answers(small, policy, probabilities):
    expected = predict_rows(
        small, GOOD, text_column="review", probabilities=probabilities
    )
    found = answer(GOOD, small, policy, probabilities=probabilities)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_bad_row_ends_the_work_with_its_index_and_the_reason(small):
    with pytest.raises(DataError, match="Row 'b' of a partition: null in column") as no:
        answer(ROWS, small, "fail")
    assert "on_bad_rows='skip' leaves such rows out" in str(no.value)


def test_a_bad_row_is_left_out(small):
    expected = predict_rows(small, GOOD, text_column="review")
    pd.testing.assert_frame_equal(answer(ROWS, small, "skip"), expected)


def test_a_bad_row_stays_with_null_and_the_reason(small):
    found = answer(ROWS, small, "null", reason="why", probabilities=True)
    expected = predict_rows(small, GOOD, text_column="review", probabilities=True)
    pd.testing.assert_frame_equal(found.loc[["a", "c"], expected.columns], expected)
    added = [name for name in expected if name not in ROWS]
    assert found.loc["b", added].isna().all()
    assert found["why"].isna().tolist() == [True, False, True]
    assert found.loc["b", "why"] == "null in column 'review'"


def test_cells_that_are_no_text_are_bad_rows(small):
    cells = ["good", 5, np.nan, pd.NA, "\ud800", b"x"]
    rows = pd.DataFrame({"review": pd.Series(cells, dtype=object)})
    found = answer(rows, small, "null", reason="why")
    assert found["why"].isna().tolist() == [True] + [False] * 5
    assert found["why"].iloc[1].startswith("column 'review' takes strings. Got 5")
    assert "lone surrogate" in found["why"].iloc[4]


def test_bytes_that_are_not_utf_8_are_a_bad_row(small):
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, 4, 6], dtype=np.int64).tobytes())
    bad = pa.LargeStringArray.from_buffers(2, offsets, pa.py_buffer(b"good\xff\xfe"))
    rows = pd.DataFrame({"review": pd.arrays.ArrowStringArray(bad)})
    found = answer(rows, small, "null", reason="why")
    assert found["why"].iloc[1] == "column 'review' holds bytes that are not UTF-8"
    assert found["predicted_label"].iloc[0] == "good"


@pytest.mark.parametrize(
    ("labels", "kept", "with_null"),
    [
        (["good", "bad"], "str", "str"),
        ([1, 0], "int64", "Int64"),
        ([True, False], "bool", "boolean"),
        ([1.5, 0.5], "float64", "float64"),
    ],
)
def test_a_partition_without_rows_has_the_types_of_all_others(labels, kept, with_null):
    pipeline = fit(labels)
    for policy, kind in (("skip", kept), ("null", with_null)):
        full, empty = (answer(rows, pipeline, policy) for rows in (ROWS, ROWS[:0]))
        assert str(full["predicted_label"].dtype) == kind
        pd.testing.assert_series_equal(full.dtypes, empty.dtypes)
        assert len(empty) == 0
    assert answer(ROWS, pipeline, "skip")["predicted_label"].tolist() == labels


def test_what_is_in_the_way_is_refused_before_any_work(small):
    scoring = PartitionScoring("review", False, "skip", "why")
    with pytest.raises(ValueError, match="is for on_bad_rows='null'"):
        added_columns("predict_dask", scoring, small, ROWS.columns)
    scoring = PartitionScoring("text", False, "fail", None)
    with pytest.raises(DataError, match="There is no column 'text'"):
        added_columns("predict_dask", scoring, small, ROWS.columns)
    scoring = PartitionScoring("review", False, "null", "id")
    with pytest.raises(DataError, match="has a column 'id' already"):
        added_columns("predict_dask", scoring, small, ROWS.columns)


def test_a_shipped_model_is_opened_once_and_starts_no_jobs(monkeypatch, small):
    monkeypatch.setenv("SENTIMENT_THREADS", "1")
    shipped, again = ShippedModel.pack(small), ShippedModel.pack(small)
    opened = shipped.open()
    assert opened is again.open()
    assert opened is not small
    assert opened[-1].estimator_.n_jobs == 1
    texts = ["good", "mess", ""]
    np.testing.assert_array_equal(
        opened.predict_proba(texts), small.predict_proba(texts)
    )


def test_a_worker_of_another_version_refuses_the_model(small):
    shipped = ShippedModel(**{**vars(ShippedModel.pack(small)), "version": "0.0.1"})
    with pytest.raises(ModelError, match=r"the client 0\.0\.1"):
        shipped.open()
