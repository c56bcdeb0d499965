"""What a run records, and the store it is recorded in.

A training yields small records (``_records.py``); one file (``_client.py``) maps each
to one call of MLflow.
"""

from sentiment.tracking._client import TrackedRun
from sentiment.tracking._evaluation_figures import (
    draw_calibration,
    draw_precision_recall,
    draw_roc,
)
from sentiment.tracking._figure_style import COLORS, MUTED, finish_axes, new_figure
from sentiment.tracking._interface import run_interface
from sentiment.tracking._lifecycle import tracked_run
from sentiment.tracking._model_card import ModelCard
from sentiment.tracking._process import peak_memory_mb
from sentiment.tracking._promotion import Promotion, promote
from sentiment.tracking._records import (
    Context,
    DatasetRecord,
    JsonFile,
    Metrics,
    ModelRecord,
    Params,
    Record,
    Tags,
    TextFile,
)
from sentiment.tracking._runs import KIND, RunSummary, list_runs
from sentiment.tracking._scratch_folder import remove_left_behind, scratch_folder
from sentiment.tracking._store import explain, open_store
from sentiment.tracking._training_records import (
    CROSS_VALIDATED,
    Evaluation,
    finished_records,
    started_records,
)

__all__ = [
    "COLORS", "CROSS_VALIDATED", "KIND", "MUTED", "Context", "DatasetRecord",
    "Evaluation", "JsonFile", "Metrics", "ModelCard", "ModelRecord", "Params",
    "Promotion", "Record", "RunSummary", "Tags", "TextFile", "TrackedRun",
    "draw_calibration", "draw_precision_recall", "draw_roc", "explain", "finish_axes",
    "finished_records", "list_runs", "new_figure", "open_store", "peak_memory_mb",
    "promote", "remove_left_behind", "run_interface", "scratch_folder",
    "started_records", "tracked_run",
]  # fmt: skip
