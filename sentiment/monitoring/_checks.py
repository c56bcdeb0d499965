"""Compare rows with a reference profile, so that chance and trifles raise no alarm.

A check alarms when its effect is large enough to matter AND its p-value, corrected for
all checks of a report, is small. Either alone misleads: of 25,000 rows every trifle is
significant, and of 50 rows chance alone makes large effects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sentiment._arrays import Floats, Places
from sentiment.exceptions import DataError
from sentiment.monitoring._distribution import (
    exceedance_p_value,
    expected_share,
    stability_index,
)
from sentiment.monitoring._profile import ReferenceProfile
from sentiment.monitoring._row_statistics import RowStatistics

LEVEL = 0.01
"""How likely any alarm of a report is where nothing has changed, at most."""

STRANGE = "outliers"
OOV = "share of OOV words"

_LEAST_EXPECTED = 5
_NAMES = {
    "length": "document length",
    "unseen": OOV,
    "repeated": "share of repeated words",
    "score": "score",
}
_TAILS = (
    ("unseen", "high", "full of OOV words"),
    ("repeated", "high", "very repetitive"),
    ("length", "low", "very short"),
    ("length", "high", "very long"),
)


@dataclass(frozen=True)
class Limits:
    """From which effect on a check may alarm: a number from 0 on.

    Attributes
    ----------
    psi : float
        Population stability index of a distribution.
    strange : float
        Share of outliers, beyond the share that is to be expected: documents with
        more out-of-vocabulary (OOV) words, more repeated words, or fewer or more words
        at all than 99.9 % of the reference rows.
    drop : float
        Of the accuracy.
    """

    psi: float = 0.2
    strange: float = 0.02
    drop: float = 0.05

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < float("inf"):
                raise DataError(
                    f"max_{name} must be a number, 0 or more. Got {value!r}."
                )


@dataclass(frozen=True)
class Check:
    """One comparison of some rows with the reference.

    Attributes
    ----------
    name : str
        What is compared: "score", "outliers", ...
    kind : {"distribution", "shares", "strange", "accuracy"}
        How: by the two-sample test of Kolmogorov and Smirnov; by that of chi square; by
        the law of exceedances; by Fisher's exact test.
    reference, value : float
        Of a distribution the mean, otherwise the share, there and here.
    effect, limit : float
        How large the change is, and from which on it matters.
    p_value : float
        How likely so large a change is by chance.
    corrected : float
        The p-value after Holm's correction for all checks of the report.
    alarm : bool
        Whether both say so.
    """

    name: str
    kind: str
    reference: float
    value: float
    effect: float
    limit: float
    p_value: float
    corrected: float = 1.0
    alarm: bool = False


def compare_rows(
    profile: ReferenceProfile,
    statistics: RowStatistics,
    n_right: tuple[int, int] | None,
    limits: Limits,
) -> list[Check]:
    """Compare some rows with the reference; no check is decided yet.

    ``profile``: of the model. ``statistics``: of at least one row. ``n_right``: how
    many of how many labelled rows were answered rightly. ``limits``: what matters.
    """
    checks = [*_of_distributions(profile, statistics, limits)]
    checks.append(_of_classes(profile, statistics.chosen, limits))
    checks.append(_of_strange_rows(profile, statistics, limits))
    if n_right is not None and n_right[1] and "accuracy" in profile.metrics:
        checks.append(_of_accuracy(profile, *n_right, limits))
    return checks


def decide(groups: Sequence[Sequence[Check]]) -> list[list[Check]]:
    """Correct the p-values of all checks together, and say which of them alarm.

    Holm's step-down: the chance of any false alarm is at most ``LEVEL``, however the
    checks depend on each other.

    Examples
    --------
    >>> one = Check("score", "distribution", 0.5, 0.6, 0.3, 0.2, 0.004)
    >>> [[first, second]] = decide([[one, replace(one, p_value=0.9)]])
    >>> first.corrected, first.alarm, second.alarm
    (0.008, True, False)
    """
    p_values = np.array([check.p_value for group in groups for check in group])
    order = np.argsort(p_values, kind="stable")
    n_left = len(p_values) - np.arange(len(p_values))
    stepped = np.maximum.accumulate(p_values[order] * n_left)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(stepped, 1.0)
    found = iter(corrected.tolist())
    return [[_decided(check, next(found)) for check in group] for group in groups]


def strangeness(
    profile: ReferenceProfile, statistics: RowStatistics
) -> dict[str, Floats]:
    """Return for each way to be strange how far beyond its limit each row is.

    What is not above 0 is not strange.
    """
    found = {}
    for of, side, name in _TAILS:
        if of in profile.distributions and of in statistics.values:
            reference, values = profile.distributions[of], statistics.values[of]
            low, high = reference.low - values, values - reference.high
            found[name] = low if side == "low" else high
    return found


def _decided(check: Check, corrected: float) -> Check:
    alarm = corrected < LEVEL and check.effect >= check.limit
    return replace(check, corrected=corrected, alarm=alarm)


def _of_distributions(
    profile: ReferenceProfile, statistics: RowStatistics, limits: Limits
) -> Iterator[Check]:
    for name, title in _NAMES.items():
        if name not in profile.distributions or name not in statistics.values:
            continue
        reference = profile.distributions[name]
        means = [reference.mean, float(statistics.values[name].mean())]
        if name == "unseen":
            # Of all words, not the damped shares of documents, which the test looks at.
            means = [profile.unseen_share or 0.0, statistics.unseen_share() or 0.0]
        counts = reference.count(statistics.values[name])
        yield Check(
            name=title,
            kind="distribution",
            reference=means[0],
            value=means[1],
            effect=reference.psi(counts),
            limit=limits.psi,
            p_value=reference.p_value(counts),
        )


def _of_classes(profile: ReferenceProfile, chosen: Places, limits: Limits) -> Check:
    table = _class_table(profile, chosen)
    there, here = (row / row.sum() for row in table)
    most = int(np.abs(here - there).argmax())
    smooth = (table + 0.5) / (table + 0.5).sum(axis=1, keepdims=True)
    return Check(
        name="predicted classes",
        kind="shares",
        reference=float(there[most]),
        value=float(here[most]),
        effect=stability_index(smooth[0], smooth[1], (profile.n_rows, len(chosen))),
        limit=limits.psi,
        p_value=_chi_square(table) if table.shape[1] > 1 else 1.0,
    )


def _class_table(profile: ReferenceProfile, chosen: Places) -> Floats:
    """Return the reference's counts over the new ones; rare classes are one column."""
    places = list(profile.chosen)
    counts = np.bincount(chosen, minlength=profile.n_classes)
    there = np.array([profile.chosen[place] for place in places], float)
    table = np.stack([there, counts[places]])
    rest = [profile.n_rows - there.sum(), len(chosen) - table[1].sum()]
    table = np.column_stack([table, rest])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    rare = expected.min(axis=0) < _LEAST_EXPECTED
    if rare.sum() > 1 and (~rare).sum() > 1:
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    return table[:, table.sum(axis=0) > 0]


def _chi_square(table: Floats) -> float:
    from scipy.stats import chi2_contingency

    return float(chi2_contingency(table, correction=table.shape[1] == 2).pvalue)


def _of_strange_rows(
    profile: ReferenceProfile, statistics: RowStatistics, limits: Limits
) -> Check:
    tails = strangeness(profile, statistics)
    n_beyond = int((np.stack(list(tails.values())) > 0).any(axis=0).sum())
    expected = expected_share(len(tails), profile.n_rows)
    share = n_beyond / len(statistics)
    return Check(
        name=STRANGE,
        kind="strange",
        reference=expected,
        value=share,
        effect=max(share - expected, 0.0),
        limit=limits.strange,
        p_value=exceedance_p_value(
            n_beyond, len(statistics), len(tails), profile.n_rows, limits.strange
        ),
    )


def _of_accuracy(
    profile: ReferenceProfile, n_right: int, n_labelled: int, limits: Limits
) -> Check:
    from scipy.stats import hypergeom

    there = profile.metrics["accuracy"]
    right_there = round(there * profile.n_rows)
    # Fisher's exact test, one-sided: so few right ones here, or fewer.
    n_all, right_all = profile.n_rows + n_labelled, right_there + n_right
    p_value: Any = hypergeom.cdf(n_right, n_all, right_all, n_labelled)
    here = n_right / n_labelled
    return Check(
        name="accuracy",
        kind="accuracy",
        reference=there,
        value=here,
        effect=max(there - here, 0.0),
        limit=limits.drop,
        p_value=min(float(p_value), 1.0),
    )
