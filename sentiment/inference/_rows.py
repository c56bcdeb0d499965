"""A table in, the same table with its predictions out; one text in, one answer out."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment._messages import shown
from sentiment.classification import choose_classes
from sentiment.documents import from_other_library
from sentiment.exceptions import DataError
from sentiment.inference._unknown_words import (
    share_of_known_words,
    warn_of_unknown_words,
)

# Small enough for Ctrl-C to act within a second or two, large enough to cost nothing.
BATCH_SIZE = 10_000

Progress = Callable[[int, int], None]


def predict_rows(
    model: Any,
    rows: Any,
    *,
    text_column: str = "text",
    probabilities: bool = False,
    allow_pickle: bool = False,
    progress: Progress | None = None,
) -> Any:
    """Return a table with the predictions as further columns.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    rows : DataFrame, or a table of polars, Arrow, datasets or dask
        The rows; not changed.
    text_column : str, default="text"
        The column that holds the text.
    probabilities : bool, default=False
        Whether to add ``probability_<class>`` for every class.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.
    progress : callable, default=None
        Called with the number of rows done and of all rows, after each batch.

    Returns
    -------
    predicted : table of the same kind
        All columns of ``rows``, then ``predicted_label`` and ``predicted_score``.

    Raises
    ------
    DataError
        If ``rows`` lacks the text column or has a column of the predictions.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> texts = ["A gem, great fun.", "Great!", "Awful, a waste.", "Dull and awful."]
    >>> labels = ["positive", "positive", "negative", "negative"]
    >>> pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
    >>> rows = pd.DataFrame({"text": ["Great!", "A waste."], "id": [7, 8]})
    >>> predicted = predict_rows(pipeline, rows)
    >>> predicted[["id", "predicted_label"]].to_dict("list")
    {'id': [7, 8], 'predicted_label': ['positive', 'negative']}
    >>> predict_rows(pipeline, predicted)
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: The input has a column 'predicted_label' already,
    which the prediction would overwrite. Rename or drop it.
    """
    given, rows = rows, _as_frame(rows)
    if text_column not in rows.columns:
        raise DataError(
            f"There is no column {text_column!r}. There are "
            f"{shown(list(rows.columns), 200)}."
        )
    added = ["predicted_label", "predicted_score"]
    check_free(added, rows.columns)
    pipeline = open_pipeline(model, allow_pickle)
    if probabilities:
        classes = [f"probability_{label}" for label in pipeline.classes_.tolist()]
        check_free(classes, rows.columns)
        added += classes
    table = predict_probabilities(pipeline, rows[text_column], progress)
    best = choose_classes(pipeline, table)
    columns = [pipeline.classes_[best].tolist(), table[np.arange(len(table)), best]]
    if probabilities:
        columns += list(table.T)
    new = pd.DataFrame(dict(zip(added, columns, strict=True)), index=rows.index)
    predicted = pd.concat([rows, new], axis=1)
    if given is rows:
        return predicted
    from sentiment.datasets import like

    return like(given, predicted)


def _as_frame(rows: Any) -> pd.DataFrame:
    found = from_other_library(rows)
    if isinstance(found, pa.Table):
        return found.to_pandas(types_mapper=pd.ArrowDtype)
    if not isinstance(found, pd.DataFrame):
        raise TypeError(
            "predict_rows takes a table: of pandas, polars, Arrow, datasets or dask. "
            f"Got {type(rows).__name__}."
        )
    return found


def open_pipeline(model: Any, allow_pickle: bool) -> Any:
    """Return the Pipeline that ``model`` names; a Pipeline stands for itself."""
    if not isinstance(model, str | Path):
        return model
    from sentiment.persistence import load_model

    return load_model(model, allow_pickle=allow_pickle)


def check_free(added: Iterable[str], names: Container[str]) -> None:
    """Refuse an input that has a column of the predictions already."""
    for name in added:
        if name in names:
            raise DataError(
                f"The input has a column {name!r} already, which the prediction would "
                "overwrite. Rename or drop it."
            )


def predict_probabilities(
    pipeline: Any, texts: pd.Series, progress: Progress | None = None
) -> np.ndarray:
    """Return ``predict_proba`` of many texts, batch by batch."""
    batches = []
    for start in range(0, len(texts), BATCH_SIZE):
        batch = texts.iloc[start : start + BATCH_SIZE]
        batches.append(np.asarray(pipeline.predict_proba(batch), dtype=np.float64))
        if progress is not None:
            progress(min(start + BATCH_SIZE, len(texts)), len(texts))
    if not batches:
        return np.empty((0, len(pipeline.classes_)))
    return np.concatenate(batches)


@dataclass(frozen=True)
class TextPrediction:
    """The answer for one text.

    Attributes
    ----------
    label : object
        The predicted label, of the type of the training labels.
    score : float
        The probability of that label.
    probabilities : dict
        The probability of every class, in the order of the model's ``classes_``.
    known_words : float or None
        The share of its words that the model knows; None if it has none.
    """

    label: Any
    score: float
    probabilities: dict[Any, float]
    known_words: float | None = None


def predict_text(
    model: Any, text: str, *, allow_pickle: bool = False
) -> TextPrediction:
    """Predict the label of one text.

    Where the model knows few of the words, a warning in the log says so.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    text : str
        The text. An empty one is a text, too.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.

    Returns
    -------
    prediction : TextPrediction

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> texts = ["A gem, great fun.", "Great!", "Awful, a waste.", "Dull and awful."]
    >>> labels = ["positive", "positive", "negative", "negative"]
    >>> pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
    >>> prediction = predict_text(pipeline, "Great fun")
    >>> prediction.label, prediction.score > 0.5
    ('positive', True)
    >>> predict_text(pipeline, None)
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentError: TextCleaner takes documents as str. Got None at
    row 0. Drop the row, or use an empty string for an empty document.
    """
    pipeline = open_pipeline(model, allow_pickle)
    table = pipeline.predict_proba([text])
    scores = table[0]
    labels = pipeline.classes_.tolist()
    best = int(choose_classes(pipeline, table)[0])
    known_words = share_of_known_words(pipeline, pd.Series([text], dtype="str"))
    warn_of_unknown_words(known_words)
    return TextPrediction(
        label=labels[best],
        score=float(scores[best]),
        probabilities=dict(zip(labels, scores.tolist(), strict=True)),
        known_words=known_words,
    )
