"""Tokens in, counts out: the fourth step of the Pipeline."""

from sentiment.feature_extraction._count_vectorizer import make_count_vectorizer
from sentiment.feature_extraction._ngram_frequencies import NgramFrequencies
from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer
from sentiment.feature_extraction._text_pipeline import TextPipeline

__all__ = [
    "NgramFrequencies",
    "NgramVectorizer",
    "TextPipeline",
    "make_count_vectorizer",
]
