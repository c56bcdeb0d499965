"""Predict with any old run: :func:`predict_file` and :func:`predict_text`."""

from sentiment.inference._answers import Answerer
from sentiment.inference._file import predict_file
from sentiment.inference._journal import PredictionSummary
from sentiment.inference._output_file import check_output, open_output, write_file
from sentiment.inference._rows import (
    BATCH_SIZE,
    Progress,
    TextPrediction,
    check_free,
    open_pipeline,
    predict_rows,
    predict_text,
)
from sentiment.inference._threads import read_ahead

__all__ = [
    "BATCH_SIZE", "Answerer", "PredictionSummary", "Progress", "TextPrediction",
    "check_free", "check_output", "open_output", "open_pipeline", "predict_file",
    "predict_rows", "predict_text", "read_ahead", "write_file",
]  # fmt: skip
