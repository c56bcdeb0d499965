"""What a search gives back."""

from dataclasses import dataclass
from typing import Any

from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.training import TrainingResult


@dataclass(frozen=True)
class TuningResult(ShownAsPage):
    """What :func:`sentiment.tune` has found.

    Attributes
    ----------
    search_id : str
        The MLflow run whose children are the trials and the training.
    params : dict
        The best parameters, with which the model is trained; empty if nothing beat the
        preset, or the best may have done so by chance.
    rejected : dict
        The parameters of a best trial that beat the preset by less than twice the error
        of its gain; empty if there is none.
    metric : str
        What was compared.
    score : float
        Of these parameters, cross-validated on the training rows. The best of many is a
        little better than it will be on new rows.
    preset_score : float or None
        Of the preset itself, the same way; None if it could not be trained.
    gain, gain_error : float or None
        By how much the best trial beat the preset on the same rows and folds, and the
        standard error of that. None where there is no preset to compare with.
    n_trials : int
        How many were finished.
    interrupted : bool
        Whether Ctrl-C ended the search.
    training : TrainingResult
        The training with the best parameters, and its model.
    """

    search_id: str
    params: dict[str, Any]
    rejected: dict[str, Any]
    metric: str
    score: float
    preset_score: float | None
    gain: float | None
    gain_error: float | None
    n_trials: int
    interrupted: bool
    training: TrainingResult

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment tune --format json`` prints."""
        return plain_fields(self)
