"""How good a model is, on which rows, and how sure one can be of it."""

from sentiment.evaluation._comparison import Comparison
from sentiment.evaluation._evaluate import evaluate
from sentiment.evaluation._mistakes import Mistake
from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._slices import Slice
from sentiment.evaluation._threshold import (
    TunedThreshold,
    tune_threshold,
    with_threshold,
)

__all__ = [
    "Comparison",
    "EvaluationReport",
    "Mistake",
    "Slice",
    "TunedThreshold",
    "evaluate",
    "tune_threshold",
    "with_threshold",
]
