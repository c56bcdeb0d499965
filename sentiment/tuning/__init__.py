"""Search for better parameters of a Pipeline: what ``sentiment tune`` calls."""

from sentiment.tuning._space import SearchSpace, read_space
from sentiment.tuning._tune import TuningResult, tune

__all__ = ["SearchSpace", "TuningResult", "read_space", "tune"]
