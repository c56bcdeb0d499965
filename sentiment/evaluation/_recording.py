"""Record an evaluation in MLflow: in the model's run, or a new model in a new run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._threshold import with_threshold
from sentiment.exceptions import ModelError
from sentiment.persistence import open_model_folder
from sentiment.reports import ReportFrame
from sentiment.tracking import (
    KIND,
    JsonFile,
    Metrics,
    ModelRecord,
    Params,
    Record,
    Tags,
    TextFile,
    TrackedRun,
    open_store,
    tracked_run,
)

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from sentiment.monitoring import ReferenceProfile

_EXPERIMENT = "sentiment"
_NOT_IN_NAMES = re.compile(r"[^\w\-./ ]+", re.ASCII)


def find_run(model: Any) -> str:
    """Return the id of the run that a logged model is from.

    Raises ModelError if it was saved to a folder and never logged.
    """
    found = _read_run_id(model)
    if found is None:
        raise ModelError(
            f"{model} was not logged by a run, so there is none to record its "
            "evaluation in. Name a logged model, or leave out log=True."
        )
    return found


def report_records(report: EvaluationReport) -> Iterator[Record]:
    """Yield what a report leaves in the run of its model."""
    prefix = _slug("-".join(filter(None, [report.data, report.split])))
    values = {}
    for name, value in report.metrics.items():
        if value == value:
            low, high = report.intervals[name]
            metric = _NOT_IN_NAMES.sub("_", name)
            values[f"{prefix}/{metric}"] = value
            values[f"{prefix}/{metric}_low"] = low
            values[f"{prefix}/{metric}_high"] = high
    yield Metrics(values)
    folder = f"evaluations/{prefix}-{report.digest}"
    yield JsonFile(f"{folder}/evaluation.json", report.to_dict())
    from sentiment.pages import render_page

    yield TextFile(f"{folder}/evaluation.html", render_page(report.to_page()))


def record_report(
    run_id: str, report: EvaluationReport, frame: ReportFrame
) -> EvaluationReport:
    """Record a report in a run that is over; return it as it was recorded.

    Raises TrackingError if the store refuses.
    """
    report = replace(frame.timed(report), logged_to=run_id)
    TrackedRun(open_store(), run_id).log(report_records(report))
    return report


def threshold_records(
    model: str,
    pipeline: "Pipeline",
    report: EvaluationReport,
    profile: "ReferenceProfile | None" = None,
) -> Iterator[Record]:
    """Yield what the run of a model with a tuned threshold holds."""
    tuned = report.tuned
    assert tuned is not None
    yield Tags({KIND: "threshold", "sentiment.model": model})
    facts = {"data": report.data, "data_digest": report.digest, "split": report.split}
    chosen = {"threshold": tuned.threshold, "tuned_for": tuned.metric}
    yield Params({"model": model, **chosen, **facts})
    yield ModelRecord(pipeline, profile=profile)
    metric = _NOT_IN_NAMES.sub("_", tuned.metric)
    values = {
        f"{metric}_tuned": tuned.value,
        f"{metric}_held_out": tuned.value_held_out,
        f"{metric}_before": tuned.value_before,
    }
    yield Metrics(values, of_model=True)


def record_threshold(model: Any, pipeline: "Pipeline", report: EvaluationReport) -> str:
    """Log a model with its tuned threshold in a run of its own; return its URI.

    The run stands in the experiment of the model it is made from. The reference profile
    of that model goes with it.
    """
    assert report.tuned is not None
    threshold = report.tuned.threshold
    pipeline, profile = with_threshold(pipeline, threshold), _read_profile(model)
    if profile is not None:
        profile = profile.with_threshold(threshold)
    with tracked_run(experiment_of(model)) as run:
        run.log(threshold_records(report.model, pipeline, report, profile))
    return f"runs:/{run.run_id}/model"


def experiment_of(model: Any) -> str:
    """Return the name of the experiment that a logged model is from, else ours."""
    run_id = _read_run_id(model)
    if run_id is None:
        return _EXPERIMENT
    from mlflow.exceptions import MlflowException

    client = open_store()
    try:
        experiment = client.get_experiment(client.get_run(run_id).info.experiment_id)
    except MlflowException:
        # Logged in another store, and copied here.
        return _EXPERIMENT
    return str(experiment.name)


def _read_run_id(model: Any) -> str | None:
    if not isinstance(model, str | Path):
        return None
    from sentiment._yaml import read_mlflow_yaml

    with open_model_folder(model) as folder:
        text = (folder / "MLmodel").read_text(encoding="utf-8")
    found = read_mlflow_yaml(text).get("run_id")
    return found if isinstance(found, str) and found else None


def _read_profile(model: Any) -> "ReferenceProfile | None":
    if not isinstance(model, str | Path):
        return None
    from sentiment.monitoring import read_profile

    with open_model_folder(model) as folder:
        return read_profile(folder)


def _slug(name: str) -> str:
    """Return a name that MLflow takes in a metric and a path."""
    cleaned = re.sub(r"[^\w\-.]+", "-", name, flags=re.ASCII).strip("-.")
    return cleaned or "data"
