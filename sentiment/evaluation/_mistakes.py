"""The wrong answers that the model was surest of: where one looks first."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sentiment.evaluation._answers import Answers
from sentiment.evaluation._rows import LabelledRows
from sentiment.exceptions import ModelError
from sentiment.pages import Span

__all__ = ["Mistake", "find_mistakes"]


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
        return {
            "row": self.row,
            "text": self.text,
            "label": self.label,
            "predicted": self.predicted,
            "score": self.score,
        }


def find_mistakes(
    pipeline: Any, rows: LabelledRows, answers: Answers, n_mistakes: int
) -> list[Mistake]:
    """Return the wrong answers with the highest probability, the surest first."""
    wrong = np.flatnonzero(answers.codes != answers.chosen)
    score = answers.probabilities[wrong, answers.chosen[wrong]]
    worst = wrong[np.argsort(-score, kind="stable")[:n_mistakes]]
    classes = answers.classes.tolist()
    explain = _make_explainer(pipeline)
    return [
        Mistake(
            row=int(rows.positions[row]),
            text=rows.texts.iloc[row],
            label=classes[answers.codes[row]],
            predicted=classes[answers.chosen[row]],
            score=float(answers.probabilities[row, answers.chosen[row]]),
            spans=explain(rows.texts.iloc[row], classes[answers.chosen[row]]),
        )
        for row in worst
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
