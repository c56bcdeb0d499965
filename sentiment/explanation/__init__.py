"""Why a model answers as it does: the words of a text, the n-grams of a model."""

from sentiment.explanation._explainer import Explainer
from sentiment.explanation._explanation import Contribution, Explanation, Heat
from sentiment.explanation._model import ModelExplanation, explain_model
from sentiment.explanation._saving import save_explanations
from sentiment.explanation._texts import (
    explain_source,
    explain_texts,
    iter_explanations,
)

__all__ = [
    "Contribution", "Explainer", "Explanation", "Heat", "ModelExplanation",
    "explain_model", "explain_source", "explain_texts", "iter_explanations",
    "save_explanations",
]  # fmt: skip
