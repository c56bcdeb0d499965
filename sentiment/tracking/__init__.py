"""What a run records, and the store it is recorded in.

A training yields small records (``_records.py``); one file (``_client.py``) maps each
to one call of MLflow.
"""

from sentiment.tracking._client import TrackedRun
from sentiment.tracking._interface import run_interface
from sentiment.tracking._lifecycle import tracked_run
from sentiment.tracking._promotion import Promotion, promote
from sentiment.tracking._runs import RunSummary, list_runs
from sentiment.tracking._scratch_folder import remove_left_behind, scratch_folder

__all__ = [
    "Promotion",
    "RunSummary",
    "TrackedRun",
    "list_runs",
    "promote",
    "remove_left_behind",
    "run_interface",
    "scratch_folder",
    "tracked_run",
]
