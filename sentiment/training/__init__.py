"""One training, from data to the logged model: what ``sentiment train`` calls."""

from sentiment.training._result import TrainingResult
from sentiment.training._train import train

__all__ = ["TrainingResult", "train"]
