"""How good a model is, on which rows, and how sure one can be of it."""

from sentiment.evaluation._answers import Answers, encode_part, encode_truth
from sentiment.evaluation._bootstrap import Interval
from sentiment.evaluation._comparison import Comparison
from sentiment.evaluation._evaluate import evaluate
from sentiment.evaluation._intervals import measure_repeats, resample
from sentiment.evaluation._measures import Measures
from sentiment.evaluation._mistakes import Mistake
from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._slices import Slice, count_words
from sentiment.evaluation._threshold import (
    TunedThreshold,
    tune_threshold,
    with_threshold,
)

__all__ = [
    "Answers", "Comparison", "EvaluationReport", "Interval", "Measures", "Mistake",
    "Slice", "TunedThreshold", "count_words", "encode_part", "encode_truth", "evaluate",
    "measure_repeats", "resample", "tune_threshold", "with_threshold",
]  # fmt: skip
