"""The strongest n-grams of a model as a whole."""

from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np

from sentiment._shown_as_page import ShownAsPage
from sentiment.classification import BoostedLinearClassifier
from sentiment.explanation._margin_parts import weigh_ngrams
from sentiment.explanation._steps import read_steps
from sentiment.inference import open_pipeline


@dataclass(frozen=True)
class ModelExplanation(ShownAsPage):
    """The strongest n-grams of a model.

    Attributes
    ----------
    classes : dict
        For each class, its n-grams with their weights, the strongest first: what one
        adds to the log-odds of the class, in the text that ``per`` names. Empty where
        trees alone decide.
    trees : list of (str, float)
        The n-grams that the trees split on with the highest gain, as shares of the
        whole gain. Trees do not say which class a word speaks for.
    per : str
        In what text the weights are added: "a text of 100 n-grams", of average ones;
        the same n-gram adds less in a longer text. "one occurrence" for a linear model
        that does not divide by the length of a text.
    """

    classes: dict[Any, list[tuple[str, float]]]
    trees: list[tuple[str, float]]
    per: str = ""

    def probability_change(self, weight: float) -> float:
        """Return how far a weight moves the probability of a class from an even one."""
        n_others = max(1, len(self.classes) - 1)
        return 1 / (1 + n_others * exp(-weight)) - 1 / (1 + n_others)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as ``sentiment explain MODEL --format json`` prints."""
        return {
            "unit": f"log-odds in {self.per}" if self.classes else None,
            "classes": [
                {
                    "class": label,
                    "ngrams": [
                        {
                            "ngram": ngram,
                            "weight": weight,
                            "probability_change": self.probability_change(weight),
                        }
                        for ngram, weight in ngrams
                    ],
                }
                for label, ngrams in self.classes.items()
            ],
            "trees": [{"ngram": ngram, "gain": gain} for ngram, gain in self.trees],
        }


def explain_model(
    model: Any, *, top: int = 10, allow_pickle: bool = False
) -> ModelExplanation:
    """Return the n-grams that speak most strongly for each class.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    top : int, default=10
        How many n-grams for each class, at most.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code
        it holds.

    Returns
    -------
    explanation : ModelExplanation

    Raises
    ------
    ModelError
        If the model cannot be found or loaded, or is of steps that are not ours.

    Examples
    --------
    >>> from sentiment import explain_model, make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    >>> pipeline = pipeline.fit(["good fun", "bad mess"] * 9, ["pos", "neg"] * 9)
    >>> strongest = explain_model(pipeline, top=3).classes
    >>> sorted(ngram for ngram, weight in strongest["pos"])
    ['fun', 'good', 'good fun']
    """
    pipeline = open_pipeline(model, allow_pickle)
    steps = read_steps(pipeline)
    labels = np.asarray(pipeline.classes_).tolist()
    vectorizer, classifier = steps.vectorizer, steps.classifier

    def name(columns: np.ndarray, values: np.ndarray) -> list[tuple[str, float]]:
        ngrams = vectorizer.names_of(columns)
        return list(zip(ngrams, values[columns].tolist(), strict=True))

    classes: dict[Any, list[tuple[str, float]]] = {}
    per = ""
    weighed = weigh_ngrams(classifier)
    if weighed is not None:
        coef, per = weighed
        by_class = [-coef[0], coef[0]] if len(labels) == 2 else list(coef)
        for label, weights in zip(labels, by_class, strict=True):
            classes[label] = name(_find_highest(weights, top), weights)
    trees = []
    if isinstance(classifier, BoostedLinearClassifier):
        gains = classifier._trees.gains()
        gains /= gains.sum() or 1.0
        trees = name(_find_highest(gains, top), gains)
    return ModelExplanation(classes, trees, per)


def _find_highest(values: np.ndarray, top: int) -> np.ndarray:
    """Return the places of the highest values above 0; the first wins a tie."""
    order = np.argsort(-values, kind="stable")[:top]
    return order[values[order] > 0]
