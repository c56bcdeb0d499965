"""Find labels that are probably wrong, by confident learning.

References
----------
C. Northcutt, L. Jiang and I. Chuang (2021). "Confident Learning: Estimating Uncertainty
in Dataset Labels". Journal of Artificial Intelligence Research 70.

The method is a page of arithmetic on out-of-fold probabilities, which come from our own
classifier; the library of its authors, cleanlab, would bring nothing but that page.
"""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.auditing._label_checks import plain
from sentiment.auditing._report import Finding, make_finding, share

_FOLDS = 5


def check_label_errors(
    counts: sp.csr_matrix, labels: pd.Series, random_state: int
) -> Finding:
    """Find labels that contradict what other rows say about their texts.

    Parameters
    ----------
    counts : csr_matrix of shape (n_labelled, n_features)
        The n-grams of the labelled rows.
    labels : Series
        Their labels, indexed by row.
    random_state : int
        Seeds the folds.
    """
    codes, classes = pd.factorize(labels, sort=True)
    enough = np.bincount(codes, minlength=len(classes)) >= _FOLDS
    if enough.sum() < 2:
        summary = f"fewer than two classes have {_FOLDS} rows to learn from"
        return Finding("label_errors", "skipped", 0, summary)
    kept = np.flatnonzero(enough[codes])
    new_code = np.cumsum(enough) - 1
    codes, classes = new_code[codes[kept]], classes[enough]
    probabilities = _predict_out_of_fold(counts[kept], codes, random_state)
    suspects = find_label_errors(probabilities, codes)
    index = labels.index[kept]
    rows = [
        {
            "row": int(index[place]),
            "label": plain(classes[codes[place]]),
            "suggested": plain(classes[suggested]),
            "probability": float(probabilities[place, codes[place]]),
        }
        for place, suggested in suspects
    ]
    return make_finding("label_errors", rows, share(len(rows), len(kept)))


def find_label_errors(
    probabilities: NDArray[np.float64], codes: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """Return the rows whose label is probably wrong, with the label they should have.

    A row is counted for a class if its probability reaches the mean one of the rows
    that bear this label, and for the likeliest of several such classes. It is suspect
    if that is another class than its own.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)
        Out-of-fold probabilities.
    codes : ndarray of int of shape (n_rows,)
        The given labels as numbers of classes.

    Returns
    -------
    suspects : list of (row, class)
        The least probable given label first.
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
    counts: sp.csr_matrix, codes: NDArray[np.int64], random_state: int
) -> NDArray[np.float64]:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from sentiment.classification import BoostedLinearClassifier

    # No trees: they cost minutes and move few rows across a threshold.
    classifier = BoostedLinearClassifier(
        max_iter=0, cv=2, random_state=random_state, n_jobs=-1
    )
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=random_state)
    return np.asarray(
        cross_val_predict(
            classifier, counts, codes, cv=folds, method="predict_proba"
        )
    )
