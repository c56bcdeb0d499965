"""A stand-in for a fitted Pipeline that needs no training."""

import zlib

import numpy as np

from sentiment.documents import check_documents


class HashingPipeline:
    """Stands for a fitted Pipeline: probabilities that depend on the text alone."""

    def __init__(self, classes=("negative", "positive")):
        self.classes_ = np.array(classes)

    def predict_proba(self, X):
        documents = check_documents(X, caller="HashingPipeline")
        raw = np.array(
            [
                [
                    zlib.crc32(f"{k}{text}".encode()) + 1
                    for k in range(len(self.classes_))
                ]
                for text in documents
            ],
            dtype=float,
        )
        return raw / raw.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
