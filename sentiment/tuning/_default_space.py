"""What is searched for each preset, unless told otherwise."""

from typing import Any

from sentiment.tuning._space import SearchSpace

_CLASSIFIER = "classify__estimator__"
_LINEAR: dict[str, Any] = {
    "tokenize__punctuation": ["all", "emphatic", None],
    "tokenize__negation_scope": [0, 2, 4, 8],
    "tokenize__stemmer": [None, "english"],
    "stop_words__stop_words": [None, "english"],
    "vectorize__ngram_range": [(1, 1), (1, 2), (1, 3), (1, 4)],
    # A share, so that it means the same on few rows and on all.
    "vectorize__min_df": {"low": 5e-5, "high": 3e-3, "log": True},
    f"{_CLASSIFIER}C": {"low": 0.03, "high": 3.0, "log": True},
    f"{_CLASSIFIER}alpha": ["auto", 0.3, 1.0, 3.0, 10.0],
    f"{_CLASSIFIER}power": {"low": 0.4, "high": 1.0},
}
_TREES: dict[str, Any] = {
    f"{_CLASSIFIER}max_depth": {"low": 2, "high": 8},
    f"{_CLASSIFIER}learning_rate": {"low": 0.03, "high": 0.3, "log": True},
    f"{_CLASSIFIER}min_child_weight": {"low": 0.5, "high": 20.0, "log": True},
    f"{_CLASSIFIER}colsample_bytree": {"low": 0.3, "high": 1.0},
}
_TUTORIAL: dict[str, Any] = {
    "vectorize__max_features": [1000, 2000, 5000, 10_000],
    "vectorize__ngram_range": [(1, 1), (1, 2)],
    "stop_words__stop_words": [None, "english", "tutorial"],
}
_OF_PRESET = {
    "accurate": _LINEAR | _TREES,
    "fast": _LINEAR,
    "tutorial": _TUTORIAL | _TREES,
}


def default_space(preset: str) -> SearchSpace:
    """Return what is searched for a preset, unless told otherwise."""
    return SearchSpace(_OF_PRESET[preset])
