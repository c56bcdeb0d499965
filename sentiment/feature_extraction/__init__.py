"""Tokens in, counts out: the fourth step of the Pipeline."""

from sentiment.feature_extraction._count_vectorizer import make_count_vectorizer
from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer

__all__ = ["NgramVectorizer", "make_count_vectorizer"]
