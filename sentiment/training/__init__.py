"""One training, from data to the logged model: what ``sentiment train`` calls."""

from sentiment.training._hook import HookContext, load_hook
from sentiment.training._parameter_file import read_parameter_file
from sentiment.training._promote import promote_model
from sentiment.training._result import TrainingResult
from sentiment.training._train import train

__all__ = [
    "HookContext",
    "TrainingResult",
    "load_hook",
    "promote_model",
    "read_parameter_file",
    "train",
]
