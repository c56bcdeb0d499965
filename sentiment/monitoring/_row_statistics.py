"""What can be said of a document without its label: a few numbers a row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from sentiment._arrays import Array, Flags, Floats, Places
from sentiment.classification import choose_classes
from sentiment.documents import text_array
from sentiment.feature_extraction import before_counts, find_vectorizer
from sentiment.inference import BATCH_SIZE
from sentiment.tokens import TokenLists, check_tokens

DAMPING = 5
"""Tokens added to each document, known and new: one rare word makes no short document
strange, where 20 of 20 do."""


@dataclass(frozen=True)
class RowStatistics:
    """Numbers of each document, and what the model answered.

    Attributes
    ----------
    values : dict of str to ndarray of float of shape (n_rows,)
        ``length``, the tokens of the document; ``unseen``, the share of them that the
        vocabulary lacks; ``repeated``, the share of them that stood there before;
        ``score``. Of a Pipeline without an NgramVectorizer, ``length`` is counted by
        spaces, and ``unseen`` and ``repeated`` are left out.
    probabilities : ndarray of shape (n_rows, n_classes)
        What the model answered.
    chosen : ndarray of int of shape (n_rows,)
        The classes it chose.
    """

    values: dict[str, Floats]
    probabilities: Floats
    chosen: Places

    def __len__(self) -> int:
        return len(self.chosen)

    def unseen_share(self) -> float | None:
        """Return the share of all tokens that the vocabulary lacks."""
        if "unseen" not in self.values:
            return None
        lengths = self.values["length"]
        unseen = self.values["unseen"] @ (lengths + DAMPING)
        return float(unseen / max(lengths.sum(), 1.0))

    def take(self, rows: Array) -> "RowStatistics":
        """Return the numbers of some rows, by places or by a mask."""
        values = {name: one[rows] for name, one in self.values.items()}
        return RowStatistics(values, self.probabilities[rows], self.chosen[rows])


def measure_rows(
    pipeline: Any, texts: pd.Series, *, probabilities: Floats | None = None
) -> RowStatistics:
    """Measure documents, batch by batch.

    Each batch is cut into tokens once, for the numbers and for the answers, which are
    those of ``pipeline.predict_proba`` to the bit.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with ``predict_proba``.
    texts : Series of str
        One document at least.
    probabilities : ndarray of shape (n_rows, n_classes), default=None
        What the Pipeline answered, if it was asked before.

    Notes
    -----
    O(n_tokens), as prediction, and about a fifth more time.

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> texts = pd.Series(["good fun", "good", "bad film", "bad"])
    >>> pipeline = make_sentiment_pipeline("fast").fit(texts, [1, 1, 0, 0])
    >>> found = measure_rows(pipeline, pd.Series(["good good good xyz", ""]))
    >>> {name: values.tolist() for name, values in list(found.values.items())[:3]}
    {'length': [4.0, 0.0], 'unseen': [0.111..., 0.0], 'repeated': [0.222..., 0.0]}
    """
    gathered = GatheredStatistics(pipeline)
    for start in range(0, len(texts), BATCH_SIZE):
        stop = min(start + BATCH_SIZE, len(texts))
        known = None if probabilities is None else probabilities[start:stop]
        gathered.add(texts.iloc[start:stop], known)
    return gathered.all()


class GatheredStatistics:
    """The numbers of documents that come in batches.

    ``pipeline``: fitted, with ``predict_proba``.
    """

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._parts: list[RowStatistics] = []

    def add(
        self, texts: pd.Series, probabilities: Floats | None = None
    ) -> RowStatistics:
        """Measure the next documents, and return their numbers."""
        values, answers = _measure(self._pipeline, texts, probabilities)
        values["score"] = score_of(answers)
        chosen = choose_classes(self._pipeline, answers)
        self._parts.append(RowStatistics(values, answers, chosen))
        return self._parts[-1]

    def all(self) -> RowStatistics:
        """Return the numbers of all documents."""
        parts = self._parts
        return RowStatistics(
            values={
                name: np.concatenate([part.values[name] for part in parts])
                for name in parts[0].values
            },
            probabilities=np.concatenate([part.probabilities for part in parts]),
            chosen=np.concatenate([part.chosen for part in parts]),
        )


def score_of(probabilities: Floats) -> Floats:
    """Return what is looked at of the probabilities of each row.

    Of two classes the probability of the second one, of more that of the likeliest.
    """
    if probabilities.shape[1] == 2:
        return probabilities[:, 1]
    return probabilities.max(axis=1)


def _measure(
    pipeline: Any, texts: pd.Series, answers: Floats | None
) -> tuple[dict[str, Floats], Floats]:
    vectorizer = find_vectorizer(pipeline)
    if vectorizer is None:
        from sentiment.evaluation import count_words

        if answers is None:
            answers = np.asarray(pipeline.predict_proba(texts), np.float64)
        lengths = count_words(text_array(texts))
        return {"length": lengths.astype(np.float64)}, answers
    rest = before_counts(pipeline, texts)
    tokens = check_tokens(rest)
    if answers is None:
        counts = vectorizer.transform(rest)
        answers = np.asarray(pipeline[-1].predict_proba(counts), np.float64)
    return _measure_tokens(tokens, vectorizer.known_words(tokens.words)), answers


def _measure_tokens(tokens: TokenLists, known: Flags) -> dict[str, Floats]:
    lengths = tokens.lengths().astype(np.float64)
    damped = lengths + DAMPING
    before = np.concatenate([[0], np.cumsum(~known[tokens.ids])])
    unseen = np.diff(before[tokens.offsets])
    ones = np.ones(len(tokens.ids), np.int8)
    shape = (len(tokens), len(tokens.words))
    table = sp.csr_matrix((ones, tokens.ids, tokens.offsets), shape)
    # By columns, the tokens of one word and document stand beside each other.
    by_word = table.tocsc()
    first = np.ones(len(tokens.ids), bool)
    first[1:] = by_word.indices[1:] != by_word.indices[:-1]
    first[by_word.indptr[:-1][np.diff(by_word.indptr) > 0]] = True
    distinct = np.bincount(by_word.indices[first], minlength=len(tokens))
    return {
        "length": lengths,
        "unseen": unseen / damped,
        "repeated": (lengths - distinct) / damped,
    }
