"""Counts in, labels out: the last step of the Pipeline and its parts."""

from sentiment.classification._blocks import (
    Blocks,
    Sums,
    Watched,
    add_sums,
    results_in_order,
)
from sentiment.classification._boosted_linear_classifier import BoostedLinearClassifier
from sentiment.classification._counts import dampen
from sentiment.classification._decision import choose_classes, find_threshold
from sentiment.classification._label_decoder import LabelDecoder
from sentiment.classification._labels import check_labels, encode_labels
from sentiment.classification._linear_start import make_folds
from sentiment.classification._log_loss import compute_losses
from sentiment.classification._naive_bayes_weighter import NaiveBayesWeighter
from sentiment.classification._tree_boosting import (
    MISSING,
    Boosted,
    BoostingRows,
    History,
    boost_trees,
    differentiate,
    find_grid,
    has_stalled,
    make_objective,
    record_start,
    save_booster,
)
from sentiment.classification._tree_rows import TreeRows, transform_rows
from sentiment.classification._used_features import (
    find_used_features,
    restrict_features,
)

__all__ = [
    "MISSING",
    "Blocks",
    "Boosted",
    "BoostedLinearClassifier",
    "BoostingRows",
    "History",
    "LabelDecoder",
    "NaiveBayesWeighter",
    "Sums",
    "TreeRows",
    "Watched",
    "add_sums",
    "boost_trees",
    "check_labels",
    "choose_classes",
    "compute_losses",
    "dampen",
    "differentiate",
    "encode_labels",
    "find_grid",
    "find_threshold",
    "find_used_features",
    "has_stalled",
    "make_folds",
    "make_objective",
    "record_start",
    "restrict_features",
    "results_in_order",
    "save_booster",
    "transform_rows",
]
