"""Pictures of what a model has learned, and how."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sentiment._arrays import Array
from sentiment.tracking._figure_style import (
    COLORS,
    MAX_CLASSES,
    MUTED,
    finish_axes,
    new_figure,
    readable,
    readable_all,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TOP = 30
_TITLES = {"log_loss": "log loss", "roc_auc": "AUC"}


def draw_importance(
    names: Array,
    importances: NDArray[np.floating],
    coef: NDArray[np.floating] | None,
    classes: Array,
) -> "Figure":
    """Draw the n-grams that matter most, coloured by the class they speak for.

    ``names``: the n-grams. ``importances``: shares of importance. ``coef``: which way
    each n-gram speaks; None where the model does not say. ``classes``: the labels.
    """
    used = np.flatnonzero(importances > 0).tolist()
    # Ties are broken by name, so that two equal runs draw one picture.
    order = sorted(used, key=lambda i: (-importances[i], str(names[i])))[:_TOP]
    figure, axes = new_figure(
        f"The {len(order)} n-grams that matter most" if order else "Feature importance",
        width=7.0,
        height=1.6 + 0.24 * max(len(order), 6),
    )
    if not order:
        axes.text(0.5, 0.5, "The model uses no n-gram.", ha="center", va="center")
        axes.set_axis_off()
        return figure
    speaks = _class_of(coef, order, len(classes))
    width = [100 * float(importances[i]) for i in order]
    if coef is not None and len(classes) == 2:
        # The first class to the left, as the smaller margin is.
        width = [-w if code == 0 else w for w, code in zip(width, speaks, strict=True)]
    colors = [MUTED if code is None else COLORS[code] for code in speaks]
    axes.barh(range(len(order)), width, color=colors, height=0.72)
    axes.set_yticks(range(len(order)), readable_all([names[i] for i in order]))
    axes.invert_yaxis()
    axes.axvline(0, color=MUTED, linewidth=0.8)
    finish_axes(axes, x="importance (% of the whole)", grid="x")
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.margins(y=0.01)
    _name_classes(axes, speaks, classes)
    return figure


def _class_of(
    coef: NDArray[np.floating] | None, order: Sequence[int], n_classes: int
) -> list[int | None]:
    """Return the class that each n-gram speaks for, where there is one to name."""
    if coef is None or n_classes > MAX_CLASSES:
        return [None] * len(order)
    if len(coef) == 1:
        return [int(coef[0, i] > 0) for i in order]
    return [int(coef[:, i].argmax()) for i in order]


def _name_classes(axes: Any, speaks: Sequence[int | None], classes: Array) -> None:
    from matplotlib.patches import Patch

    shown = sorted({code for code in speaks if code is not None})
    handles = [
        Patch(
            color=COLORS[code], label=f"speaks for {readable(classes[code], width=24)}"
        )
        for code in shown
    ]
    if handles:
        axes.legend(handles=handles, loc="lower right", frameon=False)


def draw_learning_curve(
    history: Mapping[str, Mapping[str, Sequence[float]]], n_iter: int | None
) -> "Figure | None":
    """Draw log loss and AUC over the rounds; None of a model that has no rounds.

    ``history``: ``evals_result_`` of the classifier: part, metric, one value a round.
    ``n_iter``: the number of rounds in use.
    """
    metrics = [name for name in _TITLES if name in history.get("train", {})]
    if not metrics or len(history["train"][metrics[0]]) < 2:
        return None
    figure, panels = new_figure(
        "Learning curve",
        width=4.6 * len(metrics) + 0.6,
        height=4.2,
        n_columns=len(metrics),
        squeeze=False,
    )
    for axes, metric in zip(panels[0], metrics, strict=True):
        for color, part in zip(
            (MUTED, COLORS[1]), ("train", "validation"), strict=True
        ):
            values = history.get(part, {}).get(metric)
            if values:
                axes.plot(values, color=color, linewidth=2, label=part)
        if n_iter is not None:
            label = f"in use: {n_iter} round{'' if n_iter == 1 else 's'}"
            axes.axvline(n_iter, color=COLORS[0], linestyle="--", lw=1.2, label=label)
        finish_axes(axes, x="round", y=_TITLES[metric])
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.margins(x=0.02)
    panels[0][0].legend(frameon=False)
    return figure
