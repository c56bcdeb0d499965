"""How good probabilities are, in six numbers."""

from collections.abc import Sequence

import numpy as np

from sentiment._arrays import Floats, Ints, Places
from sentiment._metric_names import OF_TRAINING
from sentiment.evaluation import Answers, Interval, Measures, measure_repeats

# An accuracy is then known to less than a point.
_MOST_ROWS = 10_000


def score_probabilities(codes: Ints, probabilities: Floats) -> dict[str, float]:
    """Return what a training records of probabilities.

    ``codes``: the true classes, as columns of ``probabilities``. ``probabilities``:
    what the model answered. ``scores``: ``accuracy``, ``balanced_accuracy``, ``f1``
    (the mean over classes), ``roc_auc``, ``log_loss``, ``calibration_error``. Of more
    than two classes, the AUC is the mean over the classes of one against the rest. It
    is left out when the rows lack a class: then it is not defined. The expected
    calibration error is over 15 bins of equal width, as :func:`evaluate` has it.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6]])
    >>> scores = score_probabilities(np.array([0, 1]), probabilities)
    >>> {name: round(value, 3) for name, value in scores.items()}
    {'accuracy': 1.0, 'balanced_accuracy': 1.0, 'f1': 1.0, 'roc_auc': 1.0,
    'log_loss': 0.308, 'calibration_error': 0.25}
    >>> list(score_probabilities(np.array([1, 1]), probabilities))
    ['accuracy', 'balanced_accuracy', 'f1', 'log_loss', 'calibration_error']
    """
    measured = Measures(make_answers(codes, probabilities)).point()
    known = [name for name in OF_TRAINING if not np.isnan(measured[name])]
    return {name: measured[name] for name in known}


def make_answers(codes: Ints, probabilities: Floats) -> Answers:
    """Return answers that choose the likeliest class, with places for labels."""
    classes = np.arange(probabilities.shape[1])
    return Answers(classes, codes, probabilities, probabilities.argmax(axis=1))


def score_answers(
    repeats: Sequence[Answers], groups: Places | None = None
) -> tuple[dict[str, float], dict[str, Interval]]:
    """Return the scores of the same rows, answered once or repeatedly, and intervals.

    The scores are those of :func:`score_probabilities`. Of many rows there are no
    intervals: they would take long, and be narrower than what anybody asks for.
    """
    if len(repeats) == 1 and len(repeats[0]) > _MOST_ROWS:
        return score_probabilities(repeats[0].codes, repeats[0].probabilities), {}
    metrics, intervals = measure_repeats(repeats, groups)
    known = [name for name in OF_TRAINING if name in metrics]
    scores = {name: metrics[name] for name in known}
    return scores, {name: intervals[name] for name in known}
