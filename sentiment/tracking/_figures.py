"""Which figures a training records, and where in the run."""

from collections.abc import Iterator
from typing import Any

from sentiment._arrays import Array, Floats, Ints
from sentiment.tracking._evaluation_figures import (
    draw_calibration,
    draw_confusion,
    draw_precision_recall,
    draw_roc,
)
from sentiment.tracking._model_figures import draw_importance, draw_learning_curve
from sentiment.tracking._records import FigureRecord

_DRAWN = {
    "confusion_matrix": draw_confusion,
    "roc": draw_roc,
    "precision_recall": draw_precision_recall,
    "calibration": draw_calibration,
}


def model_figures(
    transformers: Any, estimator: Any, classes: Array
) -> Iterator[FigureRecord]:
    """Yield the figures of what was learned, as far as the classifier tells.

    ``transformers``: the fitted steps before the classifier; they know the names of its
    features. ``estimator``: the fitted classifier itself. ``classes``: the labels.
    """
    importances = getattr(estimator, "feature_importances_", None)
    if importances is not None:
        names = transformers.get_feature_names_out()
        coef = getattr(estimator, "coef_", None)
        figure = draw_importance(names, importances, coef, classes)
        yield FigureRecord("figures/feature_importance.png", figure)
    curve = draw_learning_curve(
        getattr(estimator, "evals_result_", {}), getattr(estimator, "n_iter_", None)
    )
    if curve is not None:
        yield FigureRecord("figures/learning_curve.png", curve)


def evaluation_figures(
    part: str, codes: Ints, probabilities: Floats, classes: Array
) -> Iterator[FigureRecord]:
    """Yield the figures of one part of the data.

    ``part``: "validation" or "test". ``codes``: the true classes as positions in
    ``classes``. ``probabilities``: what the model answered. ``classes``: the labels.
    """
    for name, draw in _DRAWN.items():
        figure = draw(part, codes, probabilities, classes)
        yield FigureRecord(f"figures/{part}/{name}.png", figure)
