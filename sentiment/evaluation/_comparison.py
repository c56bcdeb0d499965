"""Two models on the same rows: whether one is better, or it is chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentiment._arrays import Floats
from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import Interval, interval


@dataclass(frozen=True)
class Comparison(ShownAsPage):
    """What this model is to another on the same rows.

    Attributes
    ----------
    against : str
        The other model.
    metrics : dict of str to float
        Those of the other model.
    differences : dict of str to float
        This model's metric minus the other's.
    intervals : dict of str to (float, float)
        The 95 % intervals of the differences, by a paired bootstrap: both models are
        measured on the same resamples.
    only_this_right, only_other_right : int
        The rows that one of them alone answers rightly.
    p_value : float
        Of McNemar's exact test: how likely so uneven a split of those rows is, if
        neither model is better.
    """

    against: str
    metrics: dict[str, float]
    differences: dict[str, float]
    intervals: dict[str, Interval]
    only_this_right: int
    only_other_right: int
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        others = {"model": self.against, "mcnemar_p_value": self.p_value}
        return plain_fields(self, "against", "p_value", **others)


def compare(
    name: str,
    answers: Sequence[Answers],
    metrics: Sequence[Mapping[str, float]],
    resampled: Sequence[Mapping[str, Floats]],
) -> Comparison:
    """Compare two models on the same rows.

    ``name`` is that of the other one; the rest is given of this one, then of the other.
    """
    from scipy.stats import binomtest

    right, other_right = (one.chosen == one.codes for one in answers)
    ours, theirs = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    p_value = binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
    differences = {one: metrics[0][one] - metrics[1][one] for one in metrics[0]}
    return Comparison(
        against=name,
        metrics=dict(metrics[1]),
        differences=differences,
        intervals={
            one: interval(difference, resampled[0][one] - resampled[1][one])
            for one, difference in differences.items()
        },
        only_this_right=ours,
        only_other_right=theirs,
        p_value=float(p_value),
    )
