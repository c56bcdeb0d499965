"""The reference and the new rows in bins of equal width, for a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sentiment._arrays import Floats
from sentiment.monitoring._distribution import Distribution

_N_BINS = 24
_ENDS = (0.005, 0.995)


@dataclass(frozen=True)
class Histogram:
    """Shares of rows between edges; what lies outside counts to the bin at the end.

    ``name``: what is measured: "length", "unseen", "repeated" or "score". ``edges``:
    one more than bins; of lengths, at equal ratios. ``reference``, ``here``: the share
    of rows in each bin.
    """

    name: str
    edges: Floats
    reference: Floats
    here: Floats


def make_histograms(
    references: Mapping[str, Distribution], here: Mapping[str, Floats]
) -> tuple[Histogram, ...]:
    """Return each pair of distributions over the range of both, but for 0.5 %."""
    common = [name for name in references if name in here]
    return tuple(_make_histogram(one, references[one], here[one]) for one in common)


def _make_histogram(name: str, reference: Distribution, values: Floats) -> Histogram:
    low, high = _range_of(name, reference, values)
    if name == "length":
        edges = np.geomspace(max(low, 1.0), max(high, 2.0), _N_BINS + 1)
    else:
        edges = np.linspace(low, max(high, low + 0.01), _N_BINS + 1)
    inside = np.clip(values, edges[0], edges[-1])
    here = np.histogram(inside, edges)[0] / len(values)
    below = reference.cdf(edges)
    # What lies at the first edge or left of it belongs to the first bin.
    below[0], below[-1] = 0.0, 1.0
    return Histogram(name, edges, np.diff(below), here)


def _range_of(
    name: str, reference: Distribution, values: Floats
) -> tuple[float, float]:
    if name == "score":
        return 0.0, 1.0
    edges = np.array(reference.edges)
    known = np.cumsum(reference.counts)[:-1] / reference.n_rows
    ends = edges[np.minimum(np.searchsorted(known, _ENDS), len(edges) - 1)]
    low, high = np.quantile(values, _ENDS)
    return float(min(ends[0], low)), float(max(ends[1], high))
