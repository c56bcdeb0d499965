"""Fit a Pipeline on a Dask DataFrame."""

from functools import partial
from typing import Any

import pyarrow as pa
from sklearn.pipeline import Pipeline

from sentiment.classification import Watched, boost_trees
from sentiment.distributed._dask_counting import Partitions, count, learn_vocabulary
from sentiment.distributed._dask_trees import boost_on_workers
from sentiment.distributed._extras import require
from sentiment.exceptions import SentimentError
from sentiment.streaming import Scratch, TextSteps, external_matrices


def fit_dask(
    pipeline: Pipeline,
    ddf: Any,
    *,
    text_column: str = "text",
    label_column: str = "label",
    validation: Any = None,
    client: Any = None,
) -> Pipeline:
    """Fit a Pipeline on a Dask DataFrame, on the workers that hold it.

    N-grams are counted, the linear model is learned and trees are grown where the
    partitions are. A worker that dies changes nothing: Dask makes what it held again,
    and every sum is taken in the order of the partitions, or is exact.

    Parameters
    ----------
    pipeline : Pipeline
        As :func:`make_sentiment_pipeline` gives it, with any parameters. Fitted in
        place, as by its own ``fit``.
    ddf : dask.dataframe.DataFrame
        The training rows. Partitions of 10,000 to 100,000 rows serve well.
    text_column, label_column : str, default="text", "label"
        The columns that hold the text and the label.
    validation : dask.dataframe.DataFrame, default=None
        Rows for early stopping, instead of those that the classifier sets aside.
    client : distributed.Client, default=None
        Of the cluster; None for the one that was made last.

    Returns
    -------
    pipeline : Pipeline
        The same object, fitted: it saves, loads and serves as any other.

    Raises
    ------
    DataError
        If a column is missing, or a document is missing or no text.
    LabelError
        If there is one class only, or a label is missing.
    SentimentError
        If Dask is not installed, there is no client, or the Pipeline holds a step that
        is none of ours.

    See Also
    --------
    sentiment.streaming.fit_streaming : The same on one machine, from files.

    Notes
    -----
    The vocabulary is that of ``pipeline.fit``, bit for bit. All else is, too, up to 3
    million counts above 0, which are gathered; beyond, the linear model minimises the
    same loss by another solver, to the same accuracy.

    Examples
    --------
    ::

        import dask.dataframe as dd
        from distributed import Client
        from sentiment import log_model, make_sentiment_pipeline
        from sentiment.distributed import fit_dask

        client = Client("tcp://HOST:8786")
        reviews = dd.read_parquet("reviews/", columns=["text", "label"])
        pipeline = fit_dask(make_sentiment_pipeline(), reviews, client=client)
        log_model(pipeline)
    """
    client = _find_client(client)
    steps = TextSteps(pipeline, caller="fit_dask")
    # Fits the steps in front, which learn nothing from documents, before they travel.
    steps.count_frequencies(pa.array([""], pa.large_string()))
    documents = Partitions.read(client, ddf, text_column, label_column)
    learn_vocabulary(client, steps, documents)
    blocks = count(client, steps, documents)
    watched = None
    if validation is not None:
        held_out = Partitions.read(client, validation, text_column, label_column)
        watched = Watched(count(client, steps, held_out), held_out.y)
    with Scratch() as scratch:
        decoder = pipeline[-1]
        boost = boost_on_workers
        if decoder.estimator.subsample < 1.0:
            # XGBoost would draw rows by the worker they are on: grown here instead.
            boost = partial(boost_trees, to_matrix=external_matrices(scratch))
        decoder.fit_blocks(
            blocks,
            documents.y,
            watched=watched,
            boost=boost,
            prior_columns=steps.vectorizer.columns_of_prior(),
        )
    return pipeline


def _find_client(client: Any) -> Any:
    distributed = require("distributed", "fit_dask")
    if client is not None:
        return client
    try:
        return distributed.get_client()
    except ValueError:
        raise SentimentError(
            "fit_dask takes the client of a Dask cluster. There is none. Make one: "
            'client = distributed.Client("tcp://HOST:8786").'
        ) from None
