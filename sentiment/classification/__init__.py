"""Counts in, labels out: the last step of the Pipeline and its parts."""

from sentiment.classification._boosted_linear_classifier import BoostedLinearClassifier
from sentiment.classification._label_decoder import LabelDecoder
from sentiment.classification._naive_bayes_weighter import NaiveBayesWeighter

__all__ = ["BoostedLinearClassifier", "LabelDecoder", "NaiveBayesWeighter"]
