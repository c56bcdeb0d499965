"""MLflow's own evaluation of a model, next to ours."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment._arrays import Array
from sentiment.documents import TEXT_COLUMN
from sentiment.evaluation._recording import experiment_of
from sentiment.evaluation._rows import EvaluatedRows
from sentiment.exceptions import TrackingError
from sentiment.reports import name_of_model
from sentiment.surroundings import quiet
from sentiment.tracking import (
    KIND,
    Params,
    Record,
    Tags,
    TrackedRun,
    explain,
    tracked_run,
)

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel
    from sklearn.pipeline import Pipeline

_TARGET = "label"


def evaluate_by_mlflow(pipeline: "Pipeline", rows: EvaluatedRows, model: Any) -> str:
    """Run ``mlflow.models.evaluate`` in a run of its own; return the id of that run.

    ``pipeline``: fitted, with ``predict_proba``. ``rows``: whose labels the Pipeline
    knows. ``model``: what it is of, in whose experiment the run is made. Raises
    TrackingError if the store refuses, or MLflow cannot evaluate.
    """
    with tracked_run(experiment_of(model)) as run:
        run.log(_describe(rows, name_of_model(model)))
        _evaluate(run, pipeline, rows)
    return run.run_id


def _describe(rows: EvaluatedRows, model: str) -> Iterator[Record]:
    yield Tags({KIND: "evaluation", "sentiment.model": model})
    facts = {"data": rows.name, "data_digest": rows.digest, "split": rows.split}
    yield Params({"model": model, **facts})


def _evaluate(run: TrackedRun, pipeline: "Pipeline", rows: EvaluatedRows) -> None:
    classes: Array = np.asarray(pipeline.classes_)
    assert rows.texts is not None
    table = rows.texts.rename(TEXT_COLUMN).to_frame()
    table[_TARGET] = rows.labels.to_numpy()
    settings: dict[str, Any] = {
        "label_list": classes.tolist(),
        # SHAP would take each text for one feature.
        "log_model_explainability": False,
    }
    if len(classes) == 2:
        settings["pos_label"] = classes[1].item()
    try:
        with _quiet():
            import mlflow.models

            mlflow.models.evaluate(
                _wrap(pipeline),
                table,
                targets=_TARGET,
                model_type="classifier",
                evaluators="default",
                evaluator_config=settings,
            )
    except Exception as error:  # MLflow's evaluators raise whatever they meet
        raise TrackingError(
            f"MLflow cannot evaluate the model: {explain(error)} "
            "Leave out by_mlflow=True."
        ) from error


def _wrap(pipeline: "Pipeline") -> "PyFuncModel":
    """Return the Pipeline as MLflow's evaluator takes a classifier.

    Of our own loader it would get a table of labels and scores, where it wants one
    column and ``predict_proba``. A model whose loader is ``mlflow.sklearn`` it unpacks.
    """
    from mlflow.models import Model
    from mlflow.pyfunc import FLAVOR_NAME, PyFuncModel

    description = Model()
    description.add_flavor(FLAVOR_NAME, loader_module="mlflow.sklearn")
    return PyFuncModel(model_meta=description, model_impl=pipeline)


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what MLflow says of its own work; what it cannot do, it raises."""
    import matplotlib

    backend = matplotlib.get_backend()
    matplotlib.use("agg")
    try:
        with quiet("mlflow", level=logging.ERROR), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        matplotlib.use(backend)
