"""Tokens in, counts out: the fourth step of the Pipeline."""

from sentiment.feature_extraction._count_vectorizer import make_count_vectorizer
from sentiment.feature_extraction._ngram_frequencies import NgramFrequencies
from sentiment.feature_extraction._ngram_vectorizer import NgramVectorizer
from sentiment.feature_extraction._seen_documents import SeenDocuments
from sentiment.feature_extraction._text_pipeline import TextPipeline
from sentiment.feature_extraction._unseen_words import (
    before_counts,
    count_unseen,
    find_vectorizer,
)

__all__ = [
    "NgramFrequencies",
    "NgramVectorizer",
    "SeenDocuments",
    "TextPipeline",
    "before_counts",
    "count_unseen",
    "find_vectorizer",
    "make_count_vectorizer",
]
