"""What may be wrong with labels; those probably wrong are found by confident learning.

References
----------
C. Northcutt, L. Jiang and I. Chuang (2021). "Confident Learning: Estimating Uncertainty
in Dataset Labels". Journal of Artificial Intelligence Research 70.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from sentiment._arrays import Floats, Ints
from sentiment.auditing._finding import Finding, State, make_finding, percent, skipped

_FOLDS = 5
# A classifier that errs more often contradicts many labels that are right.
_LEAST_AGREEMENT = 0.85
# On few counts the classifier tries several smoothings, on many it takes 10, which
# suits right labels. With 2 % of IMDB's wrong, 3 finds 1.1 points more (six seeds).
_MANY_COUNTS, _SMOOTHING_OF_MANY = 3_000_000, 3.0

CountNgrams = Callable[[Ints], sp.csr_matrix]

_FEWEST_ROWS = 20
_MOST_UNEVEN = 4.0


def check_label_errors(
    count_ngrams: CountNgrams, labels: pd.Series, random_state: int
) -> Finding:
    """Find labels that contradict what other rows say about their texts.

    ``count_ngrams``: from rows to the counts of the n-grams of their texts. ``labels``:
    the labels, indexed by row. ``random_state``: seeds the folds.
    """
    codes, classes = pd.factorize(labels, sort=True)
    enough = np.bincount(codes, minlength=len(classes)) >= _FOLDS
    if enough.sum() < 2:
        few = f"fewer than two classes have {_FOLDS} rows to learn from"
        return skipped("label_errors", few)
    kept = np.flatnonzero(enough[codes])
    codes, classes = (np.cumsum(enough) - 1)[codes[kept]], classes[enough]
    rows_kept = labels.index.to_numpy()[kept]
    probabilities = _predict_out_of_fold(count_ngrams(rows_kept), codes, random_state)
    rows = [
        {
            "row": int(rows_kept[place]),
            "label": plain(classes[codes[place]]),
            "suggested": plain(classes[suggested]),
            "probability": round(float(probabilities[place, codes[place]]), 6),
        }
        for place, suggested in find_label_errors(probabilities, codes)
    ]
    right = float((probabilities.argmax(axis=1) == codes).mean())
    summary = (
        f"judged by a classifier that agrees with {percent(right, 1)} of all labels"
    )
    state: State = "problem"
    if right < _LEAST_AGREEMENT:
        state, summary = "notice", f"{summary}, so that many of these will be right"
    return make_finding("label_errors", rows, len(kept), summary, state=state)


def find_label_errors(probabilities: Floats, codes: Ints) -> list[tuple[int, int]]:
    """Return the rows whose label is probably wrong, with the label they should have.

    A row is counted for a class if its probability reaches the mean one of the rows
    that bear this label, and for the likeliest of several such classes. It is suspect
    if that is another class than its own.

    ``probabilities``: out-of-fold probabilities. ``codes``: the given labels as numbers
    of classes. ``suspects``: the least probable given label first.

    Notes
    -----
    The same rows in the same order as ``find_label_issues(codes, probabilities,
    filter_by="confident_learning", return_indices_ranked_by="self_confidence")`` of
    cleanlab, the library of its authors.
    """
    places = np.arange(len(codes))
    own = probabilities[places, codes]
    n_classes = probabilities.shape[1]
    threshold = np.bincount(codes, own, n_classes) / np.bincount(
        codes, minlength=n_classes
    )
    confident = np.where(probabilities >= threshold, probabilities, -1.0)
    counted = confident.argmax(axis=1)
    is_suspect = (confident.max(axis=1) >= 0) & (counted != codes)
    suspects = np.flatnonzero(is_suspect)
    suspects = suspects[np.argsort(own[suspects], kind="stable")]
    return [(int(place), int(counted[place])) for place in suspects]


def _predict_out_of_fold(
    counts: sp.csr_matrix, codes: Ints, random_state: int
) -> Floats:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from sentiment.classification import BoostedLinearClassifier

    # No trees: they cost minutes and move few rows across a threshold.
    classifier = BoostedLinearClassifier(
        alpha=_SMOOTHING_OF_MANY if counts.nnz > _MANY_COUNTS else "auto",
        max_iter=0,
        cv=2,
        random_state=random_state,
        n_jobs=-1,
    )
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=random_state)
    return np.asarray(
        cross_val_predict(classifier, counts, codes, cv=folds, method="predict_proba")
    )


def check_unlabelled(labels: pd.Series, n_rows: int) -> Finding:
    """Find rows without a label."""
    without = np.setdiff1d(np.arange(n_rows), labels.index)
    rows = [{"row": row} for row in without.tolist()]
    return make_finding("unlabelled", rows, n_rows, state="notice")


def check_order(labels: pd.Series) -> Finding:
    """Find labels that are sorted: a split without shuffling would see one class."""
    codes, classes = pd.factorize(labels)
    if len(codes) < _FEWEST_ROWS or len(classes) < 2:
        few = f"{len(codes):,} labels of {len(classes)} classes are too few to tell"
        return skipped("label_order", few)
    changes = int((codes[1:] != codes[:-1]).sum())
    shares = np.bincount(codes) / len(codes)
    expected = (len(codes) - 1) * (1.0 - float((shares**2).sum()))
    times = "once" if changes == 1 else f"{changes:,} times"
    summary = f"the label changes {times}, in shuffled rows {expected:,.0f} times"
    state: State = "problem" if changes < expected / 2 else "fine"
    return Finding("label_order", state, 0, len(codes), summary)


def check_balance(labels: pd.Series) -> Finding:
    """Find classes that are many times larger than others."""
    counts = labels.value_counts()
    if counts.empty:
        return skipped("balance", "there are no labels")
    if len(counts) == 1:
        summary = f"all rows are {plain(counts.index[0])!r}"
        return Finding("balance", "problem", 0, len(labels), summary)
    ratio = counts.iloc[0] / counts.iloc[-1]
    summary = (
        f"{counts.iloc[0]:,} rows of {plain(counts.index[0])!r}, the largest class, "
        f"{counts.iloc[-1]:,} of {plain(counts.index[-1])!r}, the smallest"
    )
    state: State = "problem" if ratio >= _MOST_UNEVEN else "fine"
    return Finding("balance", state, 0, len(labels), summary)


def check_conflicts(texts: pd.Series, labels: pd.Series) -> Finding:
    """Find equal texts with different labels; each with the first one of its text."""
    table = pd.DataFrame({"text": texts.loc[labels.index], "label": labels})
    table = table[table["text"].str.strip() != ""]
    table["other"] = table.index
    first = table.groupby("text", sort=False)[["label", "other"]].transform("first")
    # As objects: of labels that are categories only the same ones can be compared.
    differs = table["label"].astype(object) != first["label"].astype(object)
    rows: list[dict[str, Any]] = [
        {
            "row": int(row),
            "label": plain(labels[row]),
            "other": int(other),
            "other_label": plain(labels[other]),
        }
        for row, other in first.loc[differs, "other"].items()
    ]
    return make_finding("conflicts", rows, len(labels))


def plain(label: Any) -> Any:
    """Return a label as Python has it."""
    return label.item() if isinstance(label, np.generic) else label
