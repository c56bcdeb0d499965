"""The logged model: save it, log it, find it, load it safely."""

from sentiment.persistence._check import CheckResult, check_model
from sentiment.persistence._flavor import log_model, save_model
from sentiment.persistence._loading import load_model
from sentiment.persistence._location import (
    find_model_folder,
    open_model_folder,
    resolve_model_uri,
)
from sentiment.persistence._signature import EXAMPLE_TEXTS
from sentiment.persistence._trusted_types import TRUSTED_TYPES

__all__ = [
    "EXAMPLE_TEXTS",
    "TRUSTED_TYPES",
    "CheckResult",
    "check_model",
    "find_model_folder",
    "load_model",
    "log_model",
    "open_model_folder",
    "resolve_model_uri",
    "save_model",
]
