"""What an evaluation has found."""

from dataclasses import dataclass, field
from typing import Any

from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.cells import without_nan
from sentiment.datasets import DataSummary
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import Interval
from sentiment.evaluation._comparison import Comparison
from sentiment.evaluation._mistakes import Mistake
from sentiment.evaluation._slices import Slice
from sentiment.evaluation._threshold import TunedThreshold


@dataclass(frozen=True)
class EvaluationReport(ShownAsPage):
    """What :func:`sentiment.evaluate` has found.

    Attributes
    ----------
    model, data : str
        What was evaluated on what.
    split : str or None
        Of the data, if they have splits.
    digest : str
        Tells the data apart from others of that name.
    classes : tuple
        The labels.
    threshold : float or None
        The threshold that the model carries, of the second class.
    metrics : dict of str to float
        ``accuracy``, ``balanced_accuracy``, ``f1`` (the mean over classes),
        ``f1_<class>``, ``roc_auc`` (of more than two classes, the mean of each against
        the rest), ``log_loss``, ``calibration_error``. NaN where one is not defined.
    intervals : dict of str to (float, float)
        The 95 % interval of each: Wilson's of the accuracy, else from a bootstrap.
    slices : tuple of Slice
        The rows by length and by column.
    mistakes : tuple of Mistake
        The wrong answers that the model was surest of.
    tuned : TunedThreshold or None
        The best threshold for a metric, if it was asked for.
    comparison : Comparison or None
        To another model, if one was named.
    missed : tuple of str
        What was asked for with ``fail_under`` and not reached, one sentence each.
    saved_model : str or None
        The URI of the model with the tuned threshold.
    logged_to : str or None
        The run that this was recorded in.
    mlflow_run : str or None
        The run of MLflow's own evaluation, if it was asked for.
    seconds : float
        From the first line read.
    read : DataSummary or None
        What was read, and what looks wrong with it.
    """

    model: str
    data: str
    split: str | None
    digest: str
    classes: tuple[Any, ...]
    threshold: float | None
    metrics: dict[str, float]
    intervals: dict[str, Interval]
    slices: tuple[Slice, ...]
    mistakes: tuple[Mistake, ...]
    tuned: TunedThreshold | None = None
    comparison: Comparison | None = None
    missed: tuple[str, ...] = ()
    saved_model: str | None = None
    logged_to: str | None = None
    mlflow_run: str | None = None
    seconds: float = 0.0
    read: DataSummary | None = None
    answers: Answers | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment evaluate --format json`` prints."""
        tuned, curve = self.tuned, ("thresholds", "values")
        facts = plain_fields(
            self,
            *("tuned", "comparison", "answers"),
            n_rows=self.n_rows,
            confusion_matrix=self.confusion_matrix,
            tuned_threshold=None if tuned is None else plain_fields(tuned, *curve),
            against=self.comparison,
        )
        return without_nan(facts)

    @property
    def n_rows(self) -> int:
        """How many labelled rows there were."""
        return 0 if self.answers is None else len(self.answers)

    @property
    def confusion_matrix(self) -> list[list[int]]:
        """How often each class (row) was taken for each (column)."""
        return [] if self.answers is None else self.answers.confusion().tolist()
