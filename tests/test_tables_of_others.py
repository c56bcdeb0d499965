"""Tables and columns of polars, Arrow, datasets and dask are taken as pandas' are."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sentiment import (
    TextCleaner,
    audit,
    evaluate,
    load_reviews,
    make_sentiment_pipeline,
)
from sentiment.inference import predict_rows

FRAME = pd.DataFrame({"text": ["good film", "bad film"] * 10, "label": [1, 0] * 10})


def to_polars(frame):
    return pytest.importorskip("polars").from_pandas(frame)


def to_datasets(frame):
    from datasets import Dataset

    return Dataset.from_pandas(frame)


def to_dask(frame):
    if find_spec("dask") is None:
        pytest.skip("dask is not installed")
    from dask.dataframe import from_pandas

    return from_pandas(frame, npartitions=2)


KINDS = {
    "polars": to_polars,
    "Table": pa.Table.from_pandas,
    "RecordBatch": lambda frame: pa.Table.from_pandas(frame).to_batches()[0],
    "datasets": to_datasets,
    "dask": to_dask,
}


@pytest.fixture(scope="module")
def pipeline():
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    return pipeline.fit(FRAME["text"], FRAME["label"])


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_fit_and_predict_take_its_columns(make, pipeline):
    table = make(FRAME)
    fitted = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    fitted.fit(table["text"], table["label"])
    expected = pipeline.predict_proba(FRAME["text"])
    np.testing.assert_array_equal(fitted.predict_proba(table["text"]), expected)
    np.testing.assert_array_equal(fitted.predict_proba(table), expected)


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_what_reads_data_takes_it(make, pipeline):
    table = make(FRAME)
    texts, labels = load_reviews(table)
    assert texts["text"].tolist() == FRAME["text"].tolist()
    assert labels.tolist() == FRAME["label"].tolist()
    assert evaluate(pipeline, table).metrics["accuracy"] == 1.0
    assert audit(table, skip=["label_errors"]).n_rows == 20


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_a_table_comes_back_as_the_kind_that_went_in(make, pipeline):
    table = make(FRAME)
    predicted = predict_rows(pipeline, table)
    assert type(predicted) is type(table)
    found = load_reviews(predicted, label_column="predicted_label")[1]
    assert found.tolist() == FRAME["label"].tolist()


def test_numpys_own_strings_are_documents_and_labels():
    kind = np.dtypes.StringDType()
    texts = np.array(["GOOD", "bad"], dtype=kind)
    assert TextCleaner().fit_transform(texts).tolist() == ["good", "bad"]
    labels = np.array(["a", "b"] * 10, dtype=kind)
    fitted = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    fitted.fit(FRAME["text"], labels)
    assert fitted.classes_.tolist() == ["a", "b"]


def test_a_table_without_its_column_is_refused_by_name():
    with pytest.raises(TypeError, match="takes a table: of pandas, polars, Arrow"):
        predict_rows(None, {"text": ["a"]})
