"""Search for better parameters of a Pipeline: what ``sentiment tune`` calls."""

from sentiment.tuning._result import TuningResult
from sentiment.tuning._space import SearchSpace, read_space
from sentiment.tuning._tune import tune

__all__ = ["SearchSpace", "TuningResult", "read_space", "tune"]
