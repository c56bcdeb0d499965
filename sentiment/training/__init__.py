"""One training, from data to the logged model: what ``sentiment train`` calls."""

from sentiment.training._clock import Clock
from sentiment.training._configuration import build_pipeline, check_registration
from sentiment.training._cross_validation import CrossValidation, HeldOut
from sentiment.training._hook import HookContext, load_hook
from sentiment.training._options import Recording, TrainingOptions, take_recording
from sentiment.training._parameter_file import read_parameter_file
from sentiment.training._promote import promote_model
from sentiment.training._record_training import record_training
from sentiment.training._result import TrainingResult
from sentiment.training._train import train
from sentiment.training._training_data import (
    Sources,
    TrainingData,
    make_sources,
    read_training_data,
)

__all__ = [
    "Clock", "CrossValidation", "HeldOut", "HookContext", "Recording", "Sources",
    "TrainingData", "TrainingOptions", "TrainingResult", "build_pipeline",
    "check_registration", "load_hook", "make_sources", "promote_model",
    "read_parameter_file", "read_training_data", "record_training", "take_recording",
    "train",
]  # fmt: skip
