"""What a training gives back."""

from dataclasses import dataclass, field
from typing import Any

from sentiment._metric_names import OF_TRAINING, name_metric
from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.datasets import DataSummary

_OF_UNEVEN = ("balanced_accuracy", "f1")
_PARTS = {"cv": "cross-validated", "validation": "validation", "test": "test"}
_INTERVAL = "95 % interval"


@dataclass(frozen=True)
class TrainingResult(ShownAsPage):
    """What :func:`sentiment.train` has done.

    Attributes
    ----------
    run_id : str
        Of the MLflow run; also a name of its model.
    model_uri : str
        ``runs:/ID/model``.
    experiment : str
        Where the run is.
    metrics : dict of str to float
        ``validation_accuracy``, ``validation_balanced_accuracy``, ``validation_f1``,
        ``validation_roc_auc``, ``validation_log_loss``,
        ``validation_calibration_error`` and, with test data, the same of ``test``. Of
        cross-validated rows they are called ``cv_accuracy`` and so on. An AUC that is
        not defined, because the rows lack a class, is left out.
    seconds : float
        From the first line read to the model logged.
    n_rows : int
        Labelled rows of the training data, with those set aside for validation.
    registered_uri : str or None
        ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``, if the model was registered.
    validation : str
        How the model was validated, in words.
    intervals : dict of str to (float, float)
        The 95 % interval of each metric of at most 10,000 rows.
    notes : tuple of str
        What to know of the data before the metrics are believed, one sentence each.
    prior : str or None
        What :func:`describe_prior` says of the model.
    unlabelled : str or None
        What texts without labels have brought, in a sentence.
    uneven : bool
        Whether some class has much fewer rows than another.
    read : tuple of DataSummary
        What was read: of the training data, and of validation and test data.
    """

    run_id: str
    model_uri: str
    experiment: str
    metrics: dict[str, float]
    seconds: float
    n_rows: int
    registered_uri: str | None = None
    validation: str = ""
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    prior: str | None = None
    unlabelled: str | None = None
    uneven: bool = False
    read: tuple[DataSummary, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment train --format json`` prints."""
        return plain_fields(self, "registered_uri", "uneven")

    def to_table(self) -> list[list[str]]:
        """Return the metrics as rows of cells, below a header, for people.

        Where the classes are even, what is about the same as the accuracy is left out.
        """
        parts = {
            part: title
            for part, title in _PARTS.items()
            if any(f"{part}_{name}" in self.metrics for name in OF_TRAINING)
        }
        header = [""]
        for title in parts.values():
            header += [title, _INTERVAL] if self.intervals else [title]
        rows = [header]
        for name in OF_TRAINING:
            cells = [name_metric(name)]
            for part in parts:
                value = self.metrics.get(f"{part}_{name}")
                cells.append("" if value is None else f"{value:.4f}")
                if self.intervals:
                    ends = self.intervals.get(f"{part}_{name}")
                    cells.append(f"{ends[0]:.4f} to {ends[1]:.4f}" if ends else "")
            if any(cells[1:]) and (self.uneven or name not in _OF_UNEVEN):
                rows.append(cells)
        return rows

    @property
    def own_metrics(self) -> dict[str, float]:
        """The metrics of the hook."""
        ours = {f"{part}_{name}" for part in _PARTS for name in OF_TRAINING}
        return {name: one for name, one in self.metrics.items() if name not in ours}
