"""The logged model: save it, log it, find it, load it safely."""

from sentiment.persistence._archive import TRUSTED_TYPES
from sentiment.persistence._check import CheckResult, check_model
from sentiment.persistence._flavor import log_model, save_model
from sentiment.persistence._loading import load_model, read_pipeline
from sentiment.persistence._location import (
    DEFAULT_NAME,
    REVIEWS_EN,
    find_model_folder,
    open_model_folder,
    resolve_model_uri,
)
from sentiment.persistence._model_file import DATA_FILES, read_model_file
from sentiment.persistence._requirements import installed_versions, iter_parts
from sentiment.persistence._signature import EXAMPLE_TEXTS, make_signature
from sentiment.persistence._sqlite_store import (
    artifact_root,
    keep_folder_names,
    sqlite_path,
)
from sentiment.persistence._telemetry import switch_off_telemetry

__all__ = [
    "DATA_FILES",
    "DEFAULT_NAME",
    "EXAMPLE_TEXTS",
    "REVIEWS_EN",
    "TRUSTED_TYPES",
    "CheckResult",
    "artifact_root",
    "check_model",
    "find_model_folder",
    "installed_versions",
    "iter_parts",
    "keep_folder_names",
    "load_model",
    "log_model",
    "make_signature",
    "open_model_folder",
    "read_model_file",
    "read_pipeline",
    "resolve_model_uri",
    "save_model",
    "sqlite_path",
    "switch_off_telemetry",
]
