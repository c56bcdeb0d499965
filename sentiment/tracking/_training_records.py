"""What a training records, as a list: no store, no file, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment._arrays import Floats, Ints, Places
from sentiment.persistence import installed_versions
from sentiment.tracking._figures import evaluation_figures, model_figures
from sentiment.tracking._records import (
    ArtifactFile,
    DatasetRecord,
    JsonFile,
    MetricHistory,
    Metrics,
    ModelRecord,
    Params,
    Record,
    Tags,
)
from sentiment.tracking._runs import KIND, TRAINING

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

# MLflow's interface draws metrics of one prefix together; and under a name of its own,
# the last round does not pass for the result, which stands some rounds before it.
_ROUNDS = "rounds"
CROSS_VALIDATED = "cv"
"""The part that is all training rows, each asked without itself."""


@dataclass(frozen=True)
class Evaluation:
    """What a model said on one part of the data.

    Attributes
    ----------
    part : str
        "cv", "validation" or "test"; the prefix of the metrics.
    codes : ndarray of int of shape (n_documents,)
        The true classes as positions in ``classes_``.
    probabilities : ndarray of shape (n_documents, n_classes)
        What the model answered.
    metrics : mapping of str to float
        Their scores, without prefix.
    texts : sequence of str
        The documents.
    intervals : mapping of str to (float, float)
        The 95 % intervals of the scores; of many rows there are none.
    """

    part: str
    codes: Ints
    probabilities: Floats
    metrics: Mapping[str, float]
    texts: Sequence[str] = ()
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def chosen(self) -> Places:
        """The likeliest class of each row."""
        return self.probabilities.argmax(axis=1)

    @property
    def n_words(self) -> Ints:
        """The length of each row."""
        return np.array([len(text.split()) for text in self.texts], np.int64)


def started_records(
    pipeline: "Pipeline",
    settings: Mapping[str, Any],
    datasets: Sequence[DatasetRecord],
    artifacts: Sequence[Path] = (),
) -> Iterator[Record]:
    """Yield what is known before the fit, so that a failed run tells it too.

    Parameters
    ----------
    pipeline : Pipeline
        Not fitted yet.
    settings : mapping of str to plain value
        What ``train`` was asked for besides the parameters of the Pipeline.
    datasets : sequence of DatasetRecord
        What was read.
    artifacts : sequence of Path, default=()
        Files of the user's, such as the one that holds the parameters.
    """
    versions = installed_versions()
    facts = {KIND: TRAINING, "sentiment.status": "training"}
    facts["sentiment.seed"] = str(settings.get("random_state"))
    yield Tags(facts | {f"version.{k}": v for k, v in versions.items()})
    params = {**settings, **pipeline_params(pipeline)}
    yield Params(params)
    # MLflow cuts long values, such as a list of stop words.
    yield JsonFile("params.json", params)
    yield from datasets
    yield from map(ArtifactFile, artifacts)


def finished_records(
    pipeline: "Pipeline", evaluations: Sequence[Evaluation], model: ModelRecord
) -> Iterator[Record]:
    """Yield what a fitted Pipeline has to show.

    The model comes before its metrics, which are linked to it.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    evaluations : sequence of Evaluation
        On validation rows, or cross-validated, and on test rows if there are any.
    model : ModelRecord
        The same Pipeline, and how it is logged.
    """
    estimator = _inner_estimator(pipeline)
    yield from _history_records(estimator)
    yield model
    for evaluation in evaluations:
        part = evaluation.part
        named = {f"{part}_{name}": v for name, v in evaluation.metrics.items()}
        for name, (low, high) in evaluation.intervals.items():
            named |= {f"{part}_{name}_low": low, f"{part}_{name}_high": high}
        yield Metrics(named, of_model=True)
    yield from model_figures(pipeline[:-1], estimator, pipeline.classes_)
    for evaluation in evaluations:
        yield from evaluation_figures(
            evaluation.part,
            evaluation.codes,
            evaluation.probabilities,
            pipeline.classes_,
        )


def pipeline_params(pipeline: "Pipeline") -> dict[str, Any]:
    """Return the parameters of the steps as plain values, nested ones too.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> params = pipeline_params(make_sentiment_pipeline("fast", clean="passthrough"))
    >>> params["vectorize__ngram_range"], params["classify__estimator__max_iter"]
    ([1, 3], 0)
    >>> params["clean"], "tokenize" in params
    ('passthrough', False)
    """
    params = pipeline.get_params(deep=True)
    own = set(pipeline.get_params(deep=False))
    return {
        name: _plain(value)
        for name, value in sorted(params.items())
        if name not in own and not hasattr(value, "get_params")
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can say; of others, what ``repr`` says."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, Real):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=str)
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(inner) for inner in value]
    return repr(value)


def _inner_estimator(pipeline: "Pipeline") -> Any:
    last = pipeline[-1]
    return getattr(last, "estimator_", last)


def _history_records(estimator: Any) -> Iterator[Record]:
    history = getattr(estimator, "evals_result_", None)
    if history:
        values = {
            f"{_ROUNDS}/{part}_{metric}": tuple(curve)
            for part, metrics in history.items()
            for metric, curve in metrics.items()
        }
        yield MetricHistory(values)
    n_iter = getattr(estimator, "n_iter_", None)
    if isinstance(n_iter, int | np.integer):
        yield Metrics({"n_iter": float(n_iter)})
