"""The wrong answers that the model was surest of: where one looks first."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sentiment._arrays import Array, Floats
from sentiment._shown_as_page import plain_fields
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._rows import EvaluatedRows, LabelledBatch
from sentiment.exceptions import ModelError
from sentiment.pages import Span


@dataclass(frozen=True)
class Mistake:
    """A row that the model answered wrongly.

    Attributes
    ----------
    row : int
        Its position in the source, from 0.
    text : str
        The document.
    label, predicted : object
        What is true, and what the model said.
    score : float
        The probability of what it said.
    spans : tuple of Span
        What each word adds to ``predicted``, where the model can be explained.
    """

    row: int
    text: str
    label: Any
    predicted: Any
    score: float
    spans: tuple[Span, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them, without the spans."""
        return plain_fields(self, "spans")


class SurestMistakes:
    """The wrong answers with the highest probability among rows that pass by.

    ``n_mistakes``: how many of them.
    """

    def __init__(self, n_mistakes: int) -> None:
        self._n_mistakes = n_mistakes
        self._n_rows = 0
        # Score, row and text; the surest first.
        self._found: list[tuple[float, int, str]] = []

    def look_at(
        self, batch: LabelledBatch, probabilities: Floats, chosen: Array
    ) -> None:
        """Look at the next rows, and what was answered to them."""
        wrong = np.flatnonzero(batch.codes != chosen)
        score = probabilities[wrong, chosen[wrong]]
        places = np.argsort(-score, kind="stable")[: self._n_mistakes]
        new = [
            (float(score[place]), self._n_rows + int(row), batch.texts[row].as_py())
            for place, row in zip(places, wrong[places], strict=True)
        ]
        # Of equal scores the first row comes first.
        both = sorted([*self._found, *new], key=lambda one: (-one[0], one[1]))
        self._found = both[: self._n_mistakes]
        self._n_rows += len(batch.codes)

    def explain(
        self, pipeline: Any, rows: EvaluatedRows, answers: Answers
    ) -> list[Mistake]:
        """Return the mistakes with what each word added to them, the surest first."""
        classes = answers.classes.tolist()
        explain = _make_explainer(pipeline)
        return [
            Mistake(
                row=int(rows.positions[row]),
                text=text,
                label=classes[answers.codes[row]],
                predicted=classes[answers.chosen[row]],
                score=score,
                spans=explain(text, classes[answers.chosen[row]]),
            )
            for score, row, text in self._found
        ]


def _make_explainer(pipeline: Any) -> Any:
    """Return what gives the spans of a text; none for a model we cannot explain."""
    from sentiment.explanation import Explainer

    explainers: dict[Any, Any] = {}

    def explain(text: str, label: Any) -> tuple[Span, ...]:
        try:
            if label not in explainers:
                explainers[label] = Explainer(pipeline, target=label)
            return tuple(Span(*heat) for heat in explainers[label].explain(text).heat())
        except ModelError:
            return ()

    return explain
