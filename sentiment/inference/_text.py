"""One text in, one answer out."""

from dataclasses import dataclass
from typing import Any

from sentiment.classification import choose_classes
from sentiment.inference._rows import open_pipeline


@dataclass(frozen=True)
class TextPrediction:
    """The answer for one text.

    Attributes
    ----------
    label : object
        The predicted label, of the type of the training labels.
    score : float
        The probability of that label.
    probabilities : dict
        The probability of every class, in the order of the model's ``classes_``.
    """

    label: Any
    score: float
    probabilities: dict[Any, float]


def predict_text(
    model: Any, text: str, *, allow_pickle: bool = False
) -> TextPrediction:
    """Predict the label of one text.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    text : str
        The text. An empty one is a text, too.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.

    Returns
    -------
    prediction : TextPrediction

    Examples
    --------
    >>> from sentiment import make_sentiment_pipeline
    >>> texts = ["A gem, great fun.", "Great!", "Awful, a waste.", "Dull and awful."]
    >>> labels = ["positive", "positive", "negative", "negative"]
    >>> pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
    >>> prediction = predict_text(pipeline, "Great fun")
    >>> prediction.label, prediction.score > 0.5
    ('positive', True)
    >>> predict_text(pipeline, None)
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentError: TextCleaner takes documents as str. Got None at
    row 0. Drop the row, or use an empty string for an empty document.
    """
    pipeline = open_pipeline(model, allow_pickle)
    table = pipeline.predict_proba([text])
    scores = table[0]
    labels = pipeline.classes_.tolist()
    best = int(choose_classes(pipeline, table)[0])
    return TextPrediction(
        label=labels[best],
        score=float(scores[best]),
        probabilities=dict(zip(labels, scores.tolist(), strict=True)),
    )
