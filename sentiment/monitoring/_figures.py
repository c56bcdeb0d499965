"""The pictures of a monitoring."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sentiment.monitoring._histogram import Histogram
from sentiment.tracking import COLORS, MUTED, finish_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_X = {
    "length": "words (each tick ten times more)",
    "unseen": "share of OOV words",
    "repeated": "share of repeated words",
    "score": "score",
}
_WIDTH, _HEIGHT = 5.2, 3.1


def draw_histogram(histogram: Histogram) -> "Figure":
    """Draw how the reference (filled) and the new rows (a line) are distributed."""
    figure, axes = new_figure("", width=_WIDTH, height=_HEIGHT)
    edges = histogram.edges
    axes.stairs(
        100 * histogram.reference, edges, fill=True, color=MUTED, alpha=0.35,
        label="reference",
    )  # fmt: skip
    axes.stairs(
        100 * histogram.here, edges, color=COLORS[1], linewidth=2, label="these rows"
    )
    if histogram.name == "length":
        axes.set_xscale("log")
        axes.set_xlim(edges[0], edges[-1])
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_minor_formatter(lambda value, _: "")
    finish_axes(axes, x=_X[histogram.name], y="% of rows", grid="y")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def draw_over_time(
    values: Sequence[float | None],
    alarms: Sequence[bool],
    reference: float | None,
    name: str,
) -> "Figure":
    """Draw a value for each window, the reference as a dotted line.

    Windows that alarm are marked with a cross, so that colour alone says nothing.
    """
    figure, axes = new_figure("", width=_WIDTH, height=_HEIGHT)
    places = np.arange(1, len(values) + 1)
    shown = np.array([np.nan if one is None else one for one in values], float)
    axes.plot(places, shown, color=COLORS[1], linewidth=1.6, marker="o", markersize=3)
    bad = np.array(alarms, bool)
    if bad.any():
        axes.plot(
            places[bad], shown[bad], color=COLORS[0], linestyle="", marker="X",
            markersize=9, label="alarm",
        )  # fmt: skip
    if reference is not None:
        axes.axhline(
            reference, color=MUTED, linestyle=":", linewidth=1.4, label="reference"
        )
    finish_axes(axes, x="window", y=name, grid="y")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.margins(y=0.15)
    axes.legend(frameon=False)
    return figure
