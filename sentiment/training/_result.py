"""What a training gives back."""

from dataclasses import dataclass
from typing import Any

__all__ = ["TrainingResult"]


@dataclass(frozen=True)
class TrainingResult:
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
        ``validation_accuracy``, ``validation_roc_auc``, ``validation_log_loss``,
        ``validation_calibration_error`` and, with test data, the same of ``test``. An
        AUC that is not defined, because the rows lack a class, is left out.
    seconds : float
        From the first line read to the model logged.
    n_rows : int
        Labelled rows of the training data, with those set aside for validation.
    registered_uri : str or None
        ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``, if the model was registered.
    """

    run_id: str
    model_uri: str
    experiment: str
    metrics: dict[str, float]
    seconds: float
    n_rows: int
    registered_uri: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment train --format json`` prints."""
        return {
            "run_id": self.run_id,
            "model_uri": self.model_uri,
            "experiment": self.experiment,
            "metrics": dict(self.metrics),
            "seconds": self.seconds,
            "n_rows": self.n_rows,
        }

    def _repr_html_(self) -> str:
        from sentiment.pages import render_fragment
        from sentiment.training._page import make_page

        return render_fragment(make_page(self))
