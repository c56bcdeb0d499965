"""What a user should know of the data of a training before believing its metrics."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from sentiment._arrays import Ints
from sentiment._messages import shown
from sentiment.documents import text_series
from sentiment.feature_extraction import SeenDocuments
from sentiment.streaming import TextRows

if TYPE_CHECKING:
    from sentiment.training._data import LabelledPart

_LOGGER = logging.getLogger("sentiment")
# Beyond, the larger class alone gives an accuracy of more than 60 %.
_UNEVEN = 1.5


def is_uneven(labels: pd.Series) -> bool:
    """Say whether one class has more than 1.5 times the rows of another."""
    counts = labels.value_counts()
    return bool(counts.max() > _UNEVEN * counts.min())


def describe_classes(pipeline: Pipeline, labels: pd.Series) -> Iterator[str]:
    """Yield a note if the classes are uneven: what to look at, and what to set."""
    if not is_uneven(labels):
        return
    counts = labels.value_counts()
    label, share = counts.index.tolist()[0], counts.max() / counts.sum()
    note = (
        f"The classes are uneven: {shown(label)} has {share:.0%} of the rows, so look "
        "at the balanced accuracy and F1 rather than the accuracy."
    )
    unset = [
        name
        for name, value in pipeline.get_params().items()
        if name.endswith("class_weight") and value is None
    ]
    if unset:
        note += f" {min(unset, key=len)}='balanced' gives all classes equal weight."
    yield note


def describe_overlap(train: "LabelledPart", other: "LabelledPart") -> Iterator[str]:
    """Yield a warning if data that measure a model hold texts that it learns from."""
    name = other.record.context
    if other.record.digest == train.record.digest:
        note = (
            f"The {name} data are the training data, so the {name} metrics do not tell "
            "how good the model is on new texts."
        )
    else:
        texts = _hash_texts(other.X)
        n_shared = int(np.isin(texts, _hash_texts(train.X)).sum())
        if not n_shared:
            return
        share = n_shared / len(texts)
        note = (
            f"{n_shared:,} of {len(texts):,} {name} texts ({share:.1%}) are training "
            f"texts, too, so the {name} metrics are better than on new texts. Remove "
            "them from one of the two."
        )
    _LOGGER.warning("%s", note)
    yield note


def describe_seen(pipeline: Pipeline, other: "LabelledPart") -> Iterator[str]:
    """Yield a warning if a prior was learned from data that measure a model."""
    seen = SeenDocuments(pipeline)
    for batch in _batches(other.X):
        seen.look_at(batch)
    note = seen.describe(other.record.context)
    if note is not None:
        _LOGGER.warning("%s", note)
        yield note


def _hash_texts(X: "pd.DataFrame | TextRows") -> Ints:
    parts = [
        np.fromiter(map(hash, batch.tolist()), np.int64, len(batch))
        for batch in _batches(X)
    ]
    return np.concatenate(parts)


def _batches(X: "pd.DataFrame | TextRows") -> Iterator[pd.Series]:
    yield from map(text_series, X) if isinstance(X, TextRows) else [X["text"]]


def describe_unlabelled(pipeline: Pipeline) -> str | None:
    """Return one sentence on what texts without labels have brought, if there were."""
    classifier: Any = getattr(pipeline[-1], "estimator_", None)
    if not hasattr(classifier, "unlabelled_losses_"):
        return None
    before, after = classifier.unlabelled_losses_
    said = f"The log loss out of fold is {before:.3f} without them, {after:.3f} with."
    if not classifier.n_unlabelled_:
        return f"The unlabelled texts are left out. {said}"
    return f"{classifier.n_unlabelled_:,} unlabelled texts were learned from. {said}"
