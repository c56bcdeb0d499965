"""Counts in, labels out: the last step of the Pipeline and its parts."""

from sentiment.classification._blocks import (
    Blocks,
    Sums,
    Watched,
    add_sums,
    results_in_order,
)
from sentiment.classification._boosted_linear_classifier import BoostedLinearClassifier
from sentiment.classification._label_decoder import LabelDecoder
from sentiment.classification._naive_bayes_weighter import NaiveBayesWeighter
from sentiment.classification._tree_boosting import boost_trees
from sentiment.classification._tree_rows import TreeRows, transform_rows

__all__ = [
    "Blocks",
    "BoostedLinearClassifier",
    "LabelDecoder",
    "NaiveBayesWeighter",
    "Sums",
    "TreeRows",
    "Watched",
    "add_sums",
    "boost_trees",
    "results_in_order",
    "transform_rows",
]
