"""Explain a fitted Pipeline's answers, one text at a time."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp
from scipy.special import expit

from sentiment._messages import shown
from sentiment.documents import check_documents
from sentiment.exceptions import LabelError, ModelError
from sentiment.explanation._aligned_text import (
    AlignedText,
    Span,
    clean_aligned,
    cut_aligned,
)
from sentiment.explanation._explanation import Contribution, Explanation
from sentiment.explanation._margin_parts import MarginParts, split_margin
from sentiment.explanation._steps import read_steps


class Explainer:
    """Say which words of a text made a Pipeline answer as it does.

    The Pipeline's own steps give the answer. Beside them, slow and simple steps that do
    the same work for one document remember where each character came from; the two are
    compared at each step, so that no word is ever attributed to a wrong place.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted. It is only read.
    target : label, default=None
        The class whose margin is explained. None: of two classes the second one, of
        more the predicted one.

    Raises
    ------
    ModelError
        If words cannot be followed through a step of the Pipeline.
    LabelError
        If there is no class ``target``.

    See Also
    --------
    explain_texts : The same for many texts, from any model.
    explain_model : The strongest n-grams of the model as a whole.

    Notes
    -----
    A linear model adds up by nature. What the trees add is shared out by XGBoost's
    ``pred_contribs``: exact Shapley values (Lundberg, Erion and Lee 2018, "Consistent
    Individualized Feature Attribution for Tree Ensembles").

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> from sentiment.explanation import Explainer
    >>> pipeline = make_sentiment_pipeline("fast", prior=None)
    >>> pipeline = pipeline.fit(["good fun", "bad mess"] * 9, ["pos", "neg"] * 9)
    >>> explanation = Explainer(pipeline).explain("Such <b>FUN</b>!")
    >>> explanation.label, [one.ngram for one in explanation.contributions]
    ('pos', ['fun'])
    >>> place = explanation.contributions[0]
    >>> explanation.text[place.start:place.end]
    'FUN'
    >>> Explainer(pipeline, target="neutral")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.LabelError: The model knows no class 'neutral'. It has 'neg',
    'pos'.
    """

    def __init__(self, pipeline: Any, *, target: Any = None) -> None:
        self._steps = read_steps(pipeline)
        self.classes = np.asarray(pipeline.classes_)
        self._target = None if target is None else find_class(self.classes, target)

    def explain(self, text: str) -> Explanation:
        """Explain the answer for one text.

        Parameters
        ----------
        text : str
            The text. An empty one is a text, too.

        Returns
        -------
        explanation : Explanation

        Raises
        ------
        DocumentError, DocumentTypeError
            If it is not a str of valid Unicode.
        """
        documents = check_documents([text], caller="explain")
        text = str(text)
        tokens, words, counts = self._follow(text, documents)
        answerer = self._steps.answerer
        # As predict of the Pipeline: a threshold of the last step counts.
        label = np.asarray(answerer.predict(counts))[:1]
        chosen = int(np.flatnonzero(self.classes == label[0])[0])
        probabilities = np.asarray(answerer.predict_proba(counts), np.float64)[0]
        target, place, sign = self._choose_margin(chosen)
        row = _as_row(counts)
        parts = split_margin(self._steps.classifier, row, place)
        margins = np.ravel(answerer.decision_function(counts))
        margin = sign * float(margins[place])
        bias = sign * (parts.base + parts.absent)
        _check_sum(margin, bias + sign * float(parts.values.sum()))
        return Explanation(
            text=text,
            label=label.tolist()[0],
            score=float(probabilities[chosen]),
            target=self.classes[target : target + 1].tolist()[0],
            margin=margin,
            log_odds=_find_log_odds(sign * margins, place, probabilities[target]),
            bias=bias,
            absent=sign * parts.absent,
            contributions=self._locate(tokens, words, row, parts, sign),
            words=tuple(words),
        )

    def _choose_margin(self, predicted: int) -> tuple[int, int, int]:
        """Return the class, the number of its margin, and -1 if that is turned."""
        if len(self.classes) > 2:
            target = predicted if self._target is None else self._target
            return target, target, 1
        target = 1 if self._target is None else self._target
        return target, 0, 1 if target == 1 else -1

    def _follow(
        self, text: str, documents: pd.Series
    ) -> tuple[list[str], list[Span], Any]:
        """Return the tokens of a text, their places, and its counts as they come."""
        steps, column = self._steps, documents
        cleaned = AlignedText.of(text)
        if steps.cleaner is not None:
            column = _as_column(steps.cleaner.transform(column))
            cleaned = clean_aligned(text, steps.cleaner)
            _check_equal(cleaned.text, column.iloc[0], "clean")
        column = _as_column(steps.tokenizer.transform(column))
        tokens, words = cut_aligned(cleaned, steps.tokenizer)
        _check_equal(tokens, _read_tokens(column), "tokenize")
        if steps.stop_words is not None:
            column = _as_column(steps.stop_words.transform(column))
            stops = set(steps.stop_words.stop_words_)
            kept = [i for i, token in enumerate(tokens) if token not in stops]
            tokens, words = [tokens[i] for i in kept], [words[i] for i in kept]
            _check_equal(tokens, _read_tokens(column), "remove stop words from")
        return tokens, words, steps.vectorizer.transform(column)

    def _locate(
        self,
        tokens: list[str],
        words: list[Span],
        row: sp.csr_matrix,
        parts: MarginParts,
        sign: int,
    ) -> tuple[Contribution, ...]:
        """Return each known n-gram at each of its places, the strongest first."""
        vectorizer = self._steps.vectorizer
        known = vectorizer.names_of(row.indices)
        value_of = dict(zip(known, parts.values.tolist(), strict=True))
        places: dict[str, list[tuple[int, int]]] = {}
        shortest, longest = vectorizer.ngram_range
        for n in range(shortest, longest + 1):
            for first in range(len(tokens) - n + 1):
                ngram = " ".join(tokens[first : first + n])
                if ngram in value_of:
                    places.setdefault(ngram, []).append((first, first + n))
        _check_equal(places.keys(), value_of.keys(), "count")
        found = [
            Contribution(
                words[first][0],
                words[last - 1][1],
                sign * value_of[ngram] / len(where),
                ngram,
                (first, last),
            )
            for ngram, where in places.items()
            for first, last in where
        ]
        return tuple(sorted(found, key=lambda one: (-abs(one.value), one.words)))


def find_class(classes: np.ndarray, target: Any) -> int:
    """Return the number of a class; a label may be spelled as on a command line.

    Raises LabelError if there is no such class.
    """
    labels = classes.tolist()
    for spelled in (labels, list(map(str, labels))):
        if target in spelled:
            return spelled.index(target)
    raise LabelError(
        f"The model knows no class {shown(target)}. It has {shown(labels, 200)[1:-1]}."
    )


def _find_log_odds(margins: np.ndarray, place: int, probability: float) -> float | None:
    """Return the log-odds of a class; None if its probability is made otherwise."""
    others = np.delete(margins, place)
    found = margins[place] - (np.logaddexp.reduce(others) if len(others) else 0.0)
    return float(found) if abs(expit(found) - probability) <= 1e-6 else None


def _as_column(output: Any) -> pd.Series:
    # After set_output(transform="pandas") a step gives a DataFrame of one column.
    return output.iloc[:, 0] if isinstance(output, pd.DataFrame) else output


def _read_tokens(column: pd.Series) -> list[str]:
    """Return the tokens of a column of one document; cell by cell takes 1 ms."""
    tokens = column.array.__arrow_array__()
    if isinstance(tokens, pa.ChunkedArray):
        tokens = tokens.combine_chunks()
    return tokens.flatten().dictionary_decode().to_pylist()


def _as_row(counts: Any) -> sp.csr_matrix:
    if isinstance(counts, pd.DataFrame):
        counts = counts.sparse.to_coo()
    return sp.csr_matrix(counts)


def _check_equal(ours: Any, theirs: Any, what: str) -> None:
    if ours != theirs:
        raise ModelError(
            f"explain cannot follow how the steps of this Pipeline {what} this text: "
            "its words come out otherwise than explain expects. A step may be of "
            "another version, or changed by a subclass."
        )


def _check_sum(margin: float, total: float) -> None:
    if not abs(margin - total) <= 1e-5 * max(1.0, abs(margin)):
        raise ModelError(
            f"explain cannot take the margin {margin:.6f} apart: the contributions and "
            f"the bias add up to {total:.6f}. The classifier may be of another version."
        )
