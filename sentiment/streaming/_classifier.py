"""Fit the classifier of a Pipeline on blocks of counts."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state, compute_class_weight

from sentiment._sklearn import validate_parameter_constraints
from sentiment.classification import BoostedLinearClassifier, LabelDecoder
from sentiment.classification._labels import check_labels, encode_labels
from sentiment.classification._out_of_fold import (
    OF_LARGE,
    ROWS_FOR_LINK,
    is_large,
    link_margins,
)
from sentiment.classification._tree_boosting import Boosted, BoostingRows
from sentiment.exceptions import LabelError
from sentiment.streaming._blocks import (
    Blocks,
    count_rows,
    gather_counts,
    row_frequency,
)
from sentiment.streaming._external_matrix import TreeRows
from sentiment.streaming._linear_start import (
    cross_fit_blocks,
    fit_linear_blocks,
    map_margins,
)

Boost = Callable[..., Boosted]


class Watched(NamedTuple):
    """Validation rows of one's own: blocks of counts, and labels."""

    blocks: Blocks
    y: Any


def fit_decoder(
    decoder: LabelDecoder,
    blocks: Blocks,
    y: Any,
    watched: Watched | None,
    boost: Boost,
) -> None:
    """Fit a ``LabelDecoder(BoostedLinearClassifier)`` on blocks, in place.

    So few counts that an ordinary fit tries several values of ``alpha`` on them are
    gathered for an ordinary fit: the results are those of it, bit for bit.

    Parameters
    ----------
    decoder : LabelDecoder
        Not fitted yet.
    blocks : Blocks
        The counts.
    y : array-like
        The label of each row.
    watched : Watched or None
        Rows that say when to stop.
    boost : callable
        Grows the trees: :func:`boost_trees` for rows whose ``X`` is :class:`TreeRows`.

    Raises
    ------
    LabelError
        As the ``fit`` of the decoder.
    """
    classes, codes = _encode(y, caller=type(decoder).__name__)
    if not is_large(blocks.n_entries, len(classes)):
        given = {}
        if watched is not None:
            given = {"X_val": gather_counts(watched.blocks), "y_val": watched.y}
        decoder.fit(gather_counts(blocks), y, **given)
        return
    decoder.classes_ = classes
    classifier = decoder._clone_estimator()
    if watched is not None:
        watched = watched._replace(y=encode_labels(watched.y, classes))
    _fit_classifier(classifier, blocks, codes, watched, boost)
    decoder.estimator_ = classifier
    decoder.n_features_in_ = blocks.n_features


def _encode(y: Any, *, caller: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the classes, sorted, and the class of each row.

    Only the distinct labels are looked at one by one, as Python objects.
    """
    places, distinct = pd.factorize(pd.Series(y))
    if len(distinct) < 2 or (places < 0).any():
        check_labels(y, caller=caller)
    labels = check_labels(distinct, caller=caller)
    classes = np.unique(labels)
    return classes, np.searchsorted(classes, labels)[places]


def _fit_classifier(
    classifier: BoostedLinearClassifier,
    blocks: Blocks,
    codes: NDArray[np.int64],
    watched: Watched | None,
    boost: Boost,
) -> None:
    """Do what the ``fit`` of the classifier does, block by block."""
    name = type(classifier).__name__
    validate_parameter_constraints(
        classifier._parameter_constraints,
        classifier.get_params(deep=False),
        caller_name=name,
    )
    classifier.n_features_in_ = blocks.n_features
    classifier.classes_ = np.unique(codes)
    weight_of_class = compute_class_weight(
        classifier.class_weight, classes=classifier.classes_, y=codes
    )
    if (weight_of_class <= 0).any():
        raise LabelError(
            f"{name} takes blocks of rows with a class_weight above 0. Got "
            f"{classifier.class_weight!r}. Leave the rows of such a class out."
        )
    weight = weight_of_class[codes]
    seed = check_random_state(classifier.random_state).randint(2**31 - 1)
    classifier._seed = int(seed)
    grows = classifier._grows_trees(len(codes), watched is not None)
    margins = _fit_start(classifier, blocks, codes, weight, grows)
    frequency = row_frequency(blocks)
    classifier._choose_tree_features(frequency, len(codes), grows)
    rows = BoostingRows(None, codes, weight, margins)
    train, validation = _tree_rows(classifier, blocks, rows, watched, weight_of_class)
    classifier._fit_trees(train, validation, grows, boost)
    classifier._weigh_features(frequency, len(codes))


def _fit_start(
    classifier: BoostedLinearClassifier,
    blocks: Blocks,
    codes: NDArray[np.int64],
    weight: NDArray[np.float64],
    grows_trees: bool,
) -> NDArray[np.float64]:
    if classifier.init is None:
        return classifier._fit_prior(codes, weight)
    n_classes = len(classifier.classes_)
    alpha = classifier.alpha
    settings = classifier._linear_settings(
        OF_LARGE if isinstance(alpha, str) else alpha
    )
    raw = cross_fit_blocks(
        blocks,
        codes,
        n_classes,
        weight,
        settings,
        n_folds=classifier.cv,
        n_rows=None if grows_trees else ROWS_FOR_LINK,
    )
    found, _ = link_margins(raw, codes, weight, settings)
    model = fit_linear_blocks(blocks, codes, n_classes, weight, settings)
    classifier._set_start(model, found)
    return found.margins


def _tree_rows(
    classifier: BoostedLinearClassifier,
    blocks: Blocks,
    rows: BoostingRows,
    watched: Watched | None,
    weight_of_class: NDArray[np.float64],
) -> tuple[BoostingRows, BoostingRows | None]:
    """Return the rows that trees are grown on, and those that say when to stop."""
    features, n_rows = classifier._tree_features, count_rows(blocks)

    def choose(chosen: NDArray[np.bool_], *, trains: bool) -> BoostingRows:
        own = (part[chosen] for part in rows[1:])
        return BoostingRows(TreeRows(blocks, features, chosen, trains), *own)

    everything = np.ones(n_rows, bool)
    if watched is not None:
        margins = _start_margins(classifier, watched.blocks)
        asked = np.ones(len(watched.y), bool)
        seen = TreeRows(watched.blocks, features, asked, trains=False)
        weight = weight_of_class[watched.y]
        validation = BoostingRows(seen, watched.y, weight, margins)
        return choose(everything, trains=True), validation
    if not classifier._sets_aside(n_rows):
        return choose(everything, trains=True), None
    _, held_out = classifier._split(rows.y)
    aside = ~everything
    aside[held_out] = True
    return choose(~aside, trains=True), choose(aside, trains=False)


def _start_margins(
    classifier: BoostedLinearClassifier, blocks: Blocks
) -> NDArray[np.float64]:
    if classifier.init is None:
        return np.tile(classifier.prior_, (count_rows(blocks), 1))
    raw = map_margins(blocks, classifier._linear_model())
    return raw * classifier.link_slope_ + classifier.link_offset_
