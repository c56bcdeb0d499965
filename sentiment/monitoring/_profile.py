"""The reference profile: what rows a model has not learned from look like to it.

A model keeps it as a small file beside its golden rows. It holds counts and quantiles
only, no text and no word of any row.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sentiment._arrays import Array, Ints, Places
from sentiment._messages import shown
from sentiment._metric_names import MAIN_METRICS
from sentiment.evaluation import Answers, Measures
from sentiment.exceptions import DataError, ModelError
from sentiment.monitoring._distribution import Distribution
from sentiment.monitoring._row_statistics import RowStatistics, measure_rows

PROFILE_FILE = "reference_profile.json"

_FORMAT = 1
# A file of 16 kB at most, however many classes there are.
_MOST_CLASSES = 300
_LONGEST_NAME = 100


@dataclass(frozen=True)
class ReferenceProfile:
    """What some rows look like to a model.

    Attributes
    ----------
    n_rows : int
        How many rows.
    rows : str
        Which: "test", "validation", or the name of their source.
    distributions : dict of str to Distribution
        Of ``length``, ``unseen``, ``repeated`` and ``score``; the middle two are
        missing where the Pipeline has no NgramVectorizer.
    unseen_share : float or None
        Of all tokens, the share that the vocabulary lacks.
    n_classes : int
        How many classes the model knows.
    chosen : dict of int to int
        How often the model chose each class, by its place in ``classes_``: of more than
        300 classes the most frequent ones.
    metrics : dict of str to float
        ``accuracy``, ``roc_auc``, ``log_loss`` and ``calibration_error``, where the
        rows are labelled and it is defined.
    of_second : list of int
        Of two classes: how many rows of the second one lie between the edges of
        ``score``. Empty where the rows are not labelled.
    """

    n_rows: int
    rows: str
    distributions: dict[str, Distribution]
    unseen_share: float | None
    n_classes: int
    chosen: dict[int, int]
    metrics: dict[str, float] = field(default_factory=dict)
    of_second: list[int] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the profile into a model folder; the same one gives the same bytes."""
        (folder / PROFILE_FILE).write_text(self.to_json(), encoding="utf-8")

    def to_json(self) -> str:
        """Return the content of the file, of at most 16 kB."""
        content = {
            "format": _FORMAT,
            "n_rows": self.n_rows,
            "rows": self.rows,
            "distributions": {k: v.to_dict() for k, v in self.distributions.items()},
            "unseen_share": self.unseen_share,
            "n_classes": self.n_classes,
            "chosen": [list(pair) for pair in self.chosen.items()],
            "metrics": self.metrics,
            "of_second": self.of_second,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"

    def with_threshold(self, threshold: float) -> "ReferenceProfile":
        """Return the profile of the same model where it answers by a threshold.

        Of two classes, the class shares and the accuracy follow from how the score is
        distributed: to the rows of one bin in a hundred.
        """
        score = self.distributions["score"]
        second = self.n_rows * (1.0 - float(score.cdf(threshold)))
        n_second = round(second)
        metrics = {k: v for k, v in self.metrics.items() if k != "accuracy"}
        if self.of_second:
            counts = np.array(self.of_second)
            found = counts.sum() * (1.0 - float(score.cdf(threshold, counts)))
            # Right are the second class above, and below what is not of it.
            right = found + (self.n_rows - second) - (counts.sum() - found)
            metrics = {"accuracy": _digits(right / self.n_rows), **metrics}
        chosen = {0: self.n_rows - n_second, 1: n_second}
        return replace(self, chosen=chosen, metrics=metrics)


def make_profile(
    pipeline: Any,
    texts: Sequence[str] | pd.Series,
    labels: Sequence[Any] | None = None,
    *,
    rows: str = "given rows",
) -> ReferenceProfile:
    """Return the profile of rows that a model has not learned from.

    :func:`sentiment.train` makes one unasked, of the test rows or the validation rows.
    Rows that the model has learned from look surer and more familiar than any new ones.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    texts : sequence of str
        At least one document.
    labels : sequence, default=None
        Their labels, for the metrics. None leaves those out.
    rows : str, default="given rows"
        What to call them.

    Examples
    --------
    >>> from sentiment import load_reviews, make_sentiment_pipeline
    >>> from sentiment.monitoring import make_profile
    >>> pipeline = make_sentiment_pipeline("fast").fit(*load_reviews("sample", "train"))
    >>> X, y = load_reviews("sample", "test")
    >>> profile = make_profile(pipeline, X["text"], y)
    >>> profile.n_rows, sum(profile.chosen.values()), profile.metrics["accuracy"] > 0.6
    (122, 122, True)
    >>> make_profile(pipeline, [])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: A reference profile is made of one row at least. Got
    none.
    """
    from sentiment.classification import encode_labels

    series = pd.Series(texts, dtype="str").reset_index(drop=True)
    if not len(series):
        raise DataError("A reference profile is made of one row at least. Got none.")
    codes = None
    if labels is not None:
        values = pd.Series(labels).reset_index(drop=True)
        codes = encode_labels(values, np.asarray(pipeline.classes_), what=rows)
    return profile_of(measure_rows(pipeline, series), pipeline.classes_, codes, rows)


def profile_of(
    statistics: RowStatistics, classes: Array, codes: Ints | None, rows: str
) -> ReferenceProfile:
    """Return the profile of rows that are measured.

    Parameters
    ----------
    statistics : RowStatistics
        Of the rows.
    classes : ndarray of shape (n_classes,)
        The labels that the model knows.
    codes : ndarray of int or None
        The true classes as places in ``classes``; None if they are not known.
    rows : str
        What to call them.
    """
    distributions = {k: Distribution.of(v) for k, v in statistics.values.items()}
    metrics: dict[str, float] = {}
    of_second: list[int] = []
    if codes is not None:
        answers = Answers(classes, codes, statistics.probabilities, statistics.chosen)
        point = Measures(answers).point()
        metrics = {k: _digits(point[k]) for k in MAIN_METRICS if np.isfinite(point[k])}
        if len(classes) == 2:
            scores = statistics.values["score"][codes == 1]
            of_second = distributions["score"].count(scores).tolist()
    share = statistics.unseen_share()
    return ReferenceProfile(
        n_rows=len(statistics),
        rows=rows[:_LONGEST_NAME],
        distributions=distributions,
        unseen_share=None if share is None else _digits(share),
        n_classes=len(classes),
        chosen=_most_frequent(statistics.chosen, len(classes)),
        metrics=metrics,
        of_second=of_second,
    )


_DAMAGED = (
    OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    RecursionError,
)  # fmt: skip


def read_profile(folder: Path) -> ReferenceProfile | None:
    """Return the profile of a model folder; None if it has none.

    Raises
    ------
    ModelError
        If the file is damaged, or of a newer version.
    """
    path = folder / PROFILE_FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content.pop("format")
        if type(version) is int and version > _FORMAT:
            raise ModelError(
                f"{path} is of format {shown(version)}; this version of sentiment "
                f"reads formats up to {_FORMAT}. Upgrade sentiment, or name "
                "rows by reference=..."
            )
        return _from_content(content)
    except _DAMAGED as error:
        raise ModelError(
            f"{path} is damaged: it is not what sentiment writes. Copy the whole model "
            "folder again, log the model again, or name rows by reference=..."
        ) from error


def _from_content(content: dict[str, Any]) -> ReferenceProfile:
    distributions = {
        name: Distribution.from_dict(one)
        for name, one in content.pop("distributions").items()
    }
    chosen = {int(place): int(count) for place, count in content.pop("chosen")}
    found = ReferenceProfile(distributions=distributions, chosen=chosen, **content)
    is_whole = (
        {"length", "score"} <= set(distributions)
        and {one.n_rows for one in distributions.values()} == {found.n_rows}
        and all(0 <= place < found.n_classes for place in chosen)
        and 0 < sum(chosen.values()) <= found.n_rows
        and all(isinstance(value, float) for value in found.metrics.values())
        and len(found.of_second) in (0, len(distributions["score"].counts))
    )
    if not is_whole:
        raise ValueError("no profile")
    return found


def _most_frequent(chosen: Places, n_classes: int) -> dict[int, int]:
    counts = np.bincount(chosen, minlength=n_classes)
    kept = np.argsort(-counts, kind="stable")[:_MOST_CLASSES]
    return {place: int(counts[place]) for place in sorted(kept.tolist())}


def _digits(value: float) -> float:
    return float(f"{value:.6g}")
