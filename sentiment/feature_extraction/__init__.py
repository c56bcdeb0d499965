"""Tokens in, counts out: the fourth step of the Pipeline."""

from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer

__all__ = ["NgramVectorizer"]
