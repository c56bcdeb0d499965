"""The one file that gives records to MLflow: each kind is one call."""

import json
import math
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sentiment.exceptions import TrackingError
from sentiment.termination import deferred_signals
from sentiment.tracking._records import (
    ArtifactFile,
    DatasetRecord,
    FigureRecord,
    JsonFile,
    MetricHistory,
    Metrics,
    ModelRecord,
    Params,
    Record,
    Tags,
    TextFile,
)
from sentiment.tracking._store import explain, shown_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric
    from mlflow.models.model import ModelInfo

# What every MLflow server takes in one request, also older ones than ours.
_METRICS_PER_BATCH = 1000
_PARAMS_PER_BATCH = 100
_PARAM_LENGTH = 500
_DPI = 110
# MLflow shows this tag, as Markdown, at the head of a run.
_DESCRIPTION = "mlflow.note.content"
_TAG_LENGTH = 5000


class TrackedRun:
    """A run of MLflow that takes records.

    Attributes
    ----------
    run_id : str
        Of the run.
    model_info : ModelInfo or None
        What MLflow says of the model, once a :class:`ModelRecord` was logged.
    """

    def __init__(self, client: "MlflowClient", run_id: str) -> None:
        self.run_id = run_id
        self.model_info: ModelInfo | None = None
        self._client = client

    def log(self, records: Iterable[Record]) -> None:
        """Log records in their order.

        Raises
        ------
        TrackingError
            If the store refuses one of them.
        """
        from mlflow.exceptions import MlflowException

        for record in records:
            try:
                with _undivided(record):
                    self._log(record)
            except (MlflowException, OSError) as error:
                raise TrackingError(
                    f"The MLflow store {shown_uri(self._client.tracking_uri)} does not "
                    f"take {type(record).__name__} of run {self.run_id}: "
                    f"{explain(error)}"
                ) from error

    def _log(self, record: Record) -> None:
        match record:
            case Params(values):
                self._log_params(values)
            case Tags(values):
                self._log_tags(values)
            case JsonFile(path, content):
                self._client.log_dict(self.run_id, content, path)
            case ArtifactFile(file):
                self._client.log_artifact(self.run_id, str(file))
            case TextFile(path, text):
                self._client.log_text(self.run_id, text, path)
            case DatasetRecord():
                self._log_dataset(record)
            case MetricHistory(values):
                self._log_metrics(_history(values))
            case Metrics(values, of_model):
                self._log_metrics(_metrics(values, self._model_id(of_model)))
            case FigureRecord(path, figure):
                self._client.log_figure(
                    self.run_id, figure, path, save_kwargs={"dpi": _DPI}
                )
            case ModelRecord():
                self._log_model(record)

    def _model_id(self, of_model: bool) -> str | None:
        return self.model_info.model_id if of_model and self.model_info else None

    def _log_params(self, values: Mapping[str, Any]) -> None:
        from mlflow.entities import Param

        params = [Param(name, _shortened(value)) for name, value in values.items()]
        for start in range(0, len(params), _PARAMS_PER_BATCH):
            batch = params[start : start + _PARAMS_PER_BATCH]
            self._client.log_batch(self.run_id, params=batch)

    def _log_dataset(self, record: DatasetRecord) -> None:
        from mlflow.exceptions import MlflowException

        inputs = [_dataset_input(record)]
        try:
            self._client.log_inputs(self.run_id, inputs)
        except MlflowException as error:
            # Two trainings on one data set at once: MLflow looks, then inserts, and the
            # other one was first. By now it is there, so the second look finds it.
            if "UNIQUE constraint" not in str(error) and "unique" not in str(error):
                raise
            self._client.log_inputs(self.run_id, inputs)

    def _log_tags(self, values: Mapping[str, str]) -> None:
        from mlflow.entities import RunTag

        tags = [RunTag(name, value) for name, value in values.items()]
        self._client.log_batch(self.run_id, tags=tags)

    def _log_metrics(self, metrics: "list[Metric]") -> None:
        for start in range(0, len(metrics), _METRICS_PER_BATCH):
            batch = metrics[start : start + _METRICS_PER_BATCH]
            self._client.log_batch(self.run_id, metrics=batch)

    def _log_model(self, record: ModelRecord) -> None:
        from sentiment.persistence import log_model

        written: list[str] = []

        def make_card(model_bytes: int) -> str:
            written.append(record.card(model_bytes) if record.card else "")
            return written[-1]

        self.model_info = log_model(
            record.pipeline,
            record.name,
            registered_model_name=record.register,
            alias=record.alias,
            serialization_format=record.serialization,
            pip_requirements=record.pip_requirements,
            conda_env=record.conda_env,
            model_card=make_card if record.card else None,
            profile=record.profile,
        )
        if written:
            self._describe(written[-1], record.register)

    def _describe(self, card: str, registered: str | None) -> None:
        card = card if len(card) <= _TAG_LENGTH else card[: _TAG_LENGTH - 1] + "…"
        self._client.set_tag(self.run_id, _DESCRIPTION, card)
        version = getattr(self.model_info, "registered_model_version", None)
        if registered is not None and version is not None:
            self._client.update_model_version(registered, str(version), card)


def _undivided(record: Record) -> AbstractContextManager[None]:
    """Hold signals back while a record is written.

    One that comes in the middle of a transaction leaves SQLite locked, and then the end
    of the run cannot be written any more. A model takes seconds, mostly of files.
    """
    return nullcontext() if isinstance(record, ModelRecord) else deferred_signals()


def _shortened(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _PARAM_LENGTH else text[: _PARAM_LENGTH - 3] + "..."


def _metrics(values: Mapping[str, float], model_id: str | None) -> "list[Metric]":
    from mlflow.entities import Metric

    now = round(time.time() * 1000)
    return [
        Metric(name, float(value), now, 0, model_id=model_id)
        for name, value in values.items()
    ]


def _history(values: Mapping[str, Iterable[float]]) -> "list[Metric]":
    from mlflow.entities import Metric

    now = round(time.time() * 1000)
    return [
        Metric(name, float(value), now, step)
        for name, history in values.items()
        for step, value in enumerate(history)
        if math.isfinite(value)
    ]


def _dataset_input(record: DatasetRecord) -> Any:
    # Written out, and not made by mlflow.data: that hashes and crawls over the rows.
    from mlflow.entities import Dataset, DatasetInput, InputTag

    columns = [
        {"type": kind, "name": name, "required": True}
        for name, kind in record.columns.items()
    ]
    dataset = Dataset(
        name=record.name,
        digest=record.digest,
        source_type=record.source_type,
        source=json.dumps(record.source),
        schema=json.dumps({"mlflow_colspec": columns}),
        profile=json.dumps({"num_rows": record.n_rows}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", record.context)])
