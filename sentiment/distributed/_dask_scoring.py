"""Predicting a Dask DataFrame, partition by partition."""

from typing import Any

import pandas as pd

from sentiment.datasets import check_policy
from sentiment.distributed._columns import added_columns
from sentiment.distributed._extras import require
from sentiment.distributed._partition import PartitionScoring
from sentiment.distributed._shipped_model import ShippedModel
from sentiment.inference import open_pipeline


def predict_dask(
    ddf: Any,
    model: Any,
    *,
    text_column: str = "text",
    probabilities: bool = False,
    on_bad_rows: str = "fail",
    reason_column: str | None = None,
    allow_pickle: bool = False,
) -> Any:
    """Return a Dask DataFrame with the predictions as further columns.

    Nothing is computed but the model loaded, here; workers get it with the tasks, and
    need neither the store it is in nor its folder. The label and the score of a text
    are those that every other door gives, bit for bit, whatever the partitions.

    Parameters
    ----------
    ddf : dask.dataframe.DataFrame
        The rows; not changed. Partitions and index stay.
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    text_column, probabilities, allow_pickle
        As :func:`sentiment.inference.predict_rows` takes them.
    on_bad_rows : {"fail", "skip", "null"}, default="fail"
        What is done about a row whose text is missing or no text: the computation ends
        with a DataError, the row is left out, or its predictions are null. Labels that
        are integers have the dtype Int64 with "null".
    reason_column : str, default=None
        A further column that says what is wrong with a row; for "null" only.

    Returns
    -------
    predicted : dask.dataframe.DataFrame
        All columns of ``ddf``, then ``predicted_label`` and ``predicted_score``.

    Raises
    ------
    DataError
        If ``ddf`` lacks the text column or has a column of the predictions.
    SentimentError
        If Dask is not installed.

    See Also
    --------
    predict_spark : The same on Spark.
    sentiment.inference.predict_file : Files of any size on one machine.

    Notes
    -----
    A worker process loads the model once, however many threads and partitions it has.
    The model goes to the scheduler with the graph: prune what has tens of megabytes.

    Examples
    --------
    ::

        import dask.dataframe as dd
        from sentiment.distributed import predict_dask

        reviews = dd.read_parquet("reviews/")
        predicted = predict_dask(reviews, "models:/reviews@champion")
        predicted.to_parquet("predicted/")
    """
    require("dask.dataframe", "predict_dask")
    from dask import delayed

    check_policy("predict_dask", on_bad_rows)
    scoring = PartitionScoring(text_column, probabilities, on_bad_rows, reason_column)
    pipeline = open_pipeline(model, allow_pickle)
    added_columns("predict_dask", scoring, pipeline, ddf.columns)
    return ddf.map_partitions(
        _answer_partition,
        scoring,
        delayed(ShippedModel.pack(pipeline), traverse=False),
        # What it gives for a table like these without rows.
        meta=scoring.answer(ddf._meta, pipeline),
    )


def _answer_partition(
    rows: pd.DataFrame, scoring: PartitionScoring, model: ShippedModel
) -> pd.DataFrame:
    return scoring.answer(rows, model.open())
