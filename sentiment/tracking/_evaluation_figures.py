"""Pictures of how well a model answers: its confusions, curves and calibration."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sentiment._arrays import Array, Flags, Floats, Ints
from sentiment.tracking._figure_style import (
    COLORS,
    MAX_CLASSES,
    MUTED,
    finish_axes,
    new_figure,
    readable_all,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ANNOTATED_CLASSES = 15
_BINS = 10
_ROWS_PER_BIN = 5


class _Curve(NamedTuple):
    """One class against the rest, or an average: what is true, what is said."""

    name: str
    true: Flags
    score: Floats
    color: str


def draw_confusion(
    part: str, codes: Ints, probabilities: Floats, classes: Array
) -> "Figure":
    """Draw which class was taken for which, with counts and shares of each row."""
    n_classes = len(classes)
    counts = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(counts, (codes, probabilities.argmax(axis=1)), 1)
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    size = float(np.clip(3.4 + 0.55 * n_classes, 4.5, 12.0))
    accuracy = np.trace(counts) / max(1, counts.sum())
    figure, axes = new_figure(
        f"Confusion matrix, {part}: {accuracy:.1%} correct",
        width=size + 1.2,
        height=size,
    )
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    names = readable_all(classes.tolist(), width=20)
    step = 1 + n_classes // 40
    ticks = range(0, n_classes, step)
    turned = n_classes > 4
    axes.set_xticks(ticks, names[::step], rotation=45 if turned else 0)
    axes.set_yticks(ticks, names[::step])
    if turned:
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set(xlabel="predicted", ylabel="true")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if n_classes <= _ANNOTATED_CLASSES:
        _annotate(axes, counts, shares)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, format="{x:.0%}")
    bar.set_label("share of the true class")
    bar.outline.set_visible(False)
    return figure


def _annotate(axes: Any, counts: Ints, shares: Floats) -> None:
    few = len(counts) <= 6
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        text = f"{count:,}\n{share:.1%}" if few else f"{count:,}"
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=12 if few else 8,
            color="white" if share > 0.55 else "#222222",
        )


def draw_roc(part: str, codes: Ints, probabilities: Floats, classes: Array) -> "Figure":
    """Draw the receiver operating characteristic, one class against the rest."""
    from sklearn.metrics import auc, roc_curve

    figure, axes = new_figure(f"ROC, {part}", width=5.6, height=5.2)
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1.2)
    for curve in _curves(codes, probabilities, classes):
        wrong, right, _ = roc_curve(curve.true, curve.score)
        label = f"{curve.name} (AUC {auc(wrong, right):.3f})"
        axes.plot(wrong, right, color=curve.color, linewidth=2, label=label)
    _finish(axes, "false positive rate", "true positive rate", "lower right")
    return figure


def draw_precision_recall(
    part: str, codes: Ints, probabilities: Floats, classes: Array
) -> "Figure":
    """Draw precision over recall; dotted: what guessing would reach."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    figure, axes = new_figure(f"Precision and recall, {part}", width=5.6, height=5.2)
    for curve in _curves(codes, probabilities, classes):
        precision, recall, _ = precision_recall_curve(
            curve.true, curve.score, drop_intermediate=True
        )
        average = average_precision_score(curve.true, curve.score)
        axes.plot(
            recall,
            precision,
            color=curve.color,
            linewidth=2,
            label=f"{curve.name} (AP {average:.3f})",
        )
        axes.axhline(curve.true.mean(), color=curve.color, linestyle=":", linewidth=1.2)
    _finish(axes, "recall", "precision", "lower left")
    return figure


def draw_calibration(
    part: str, codes: Ints, probabilities: Floats, classes: Array
) -> "Figure":
    """Draw how often it is true what is said with which probability."""
    figure, (axes, below) = new_figure(
        f"Calibration, {part}",
        width=5.6,
        height=6.0,
        n_rows=2,
        sharex=True,
        height_ratios=(4, 1),
    )
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1.2)
    curves = list(_curves(codes, probabilities, classes))
    for curve in curves:
        said, true = _bin_means(curve.score, curve.true)
        axes.plot(
            said, true, "o-", color=curve.color, lw=1.8, markersize=5, label=curve.name
        )
    for curve in curves:
        bins = np.linspace(0, 1, 21)
        below.hist(curve.score, bins, histtype="step", color=curve.color, lw=1.4)
    finish_axes(axes, y="observed share")
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    _legend(axes, "upper left")
    finish_axes(below, x="predicted probability", y="rows")
    return figure


def _bin_means(score: Floats, true: Flags) -> tuple[Floats, Floats]:
    """Return mean score and share of truth in bins of about equally many rows."""
    order = np.argsort(score, kind="stable")
    n_bins = int(np.clip(len(score) // _ROWS_PER_BIN, 1, _BINS))
    bins = np.array_split(order, n_bins)
    return (
        np.array([score[rows].mean() for rows in bins]),
        np.array([true[rows].mean() for rows in bins]),
    )


def _curves(codes: Ints, probabilities: Floats, classes: Array) -> Iterator[_Curve]:
    """Yield what to draw: of two classes the second, else each, of many the mean.

    A class that is in none of the rows, or in all, has no curve.
    """
    names = readable_all(classes.tolist(), width=24)
    if len(classes) == 2:
        chosen = [1]
    elif len(classes) <= MAX_CLASSES:
        chosen = list(range(len(classes)))
    else:
        chosen = []
        true = (codes[:, None] == np.arange(len(classes))).ravel()
        name = f"all {len(classes)} classes (micro-average)"
        yield _Curve(name, true, probabilities.ravel(), COLORS[1])
    for code in chosen:
        true = codes == code
        if 0 < true.sum() < len(true):
            color = COLORS[1] if len(classes) == 2 else COLORS[code]
            yield _Curve(names[code], true, probabilities[:, code], color)


def _finish(axes: Any, x: str, y: str, place: str) -> None:
    finish_axes(axes, x=x, y=y)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    _legend(axes, place)


def _legend(axes: Any, place: str) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc=place, frameon=True, framealpha=0.9, edgecolor="none")
    else:
        axes.text(0.5, 0.5, "All rows are of one class.", ha="center", va="center")
