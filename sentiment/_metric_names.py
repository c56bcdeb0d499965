"""Metrics as people write them: their names, and their values."""

MAIN_METRICS = ("accuracy", "roc_auc", "log_loss", "calibration_error")
"""What a page shows on its cards: each says something that the others do not."""
OF_TRAINING = (
    "accuracy", "balanced_accuracy", "f1", "roc_auc", "log_loss", "calibration_error"
)  # fmt: skip
"""What a training records of each part of the data."""

_NAMES = {"roc_auc": "AUC", "calibration_error": "calibration (ECE)"}
_SHARES = ("accuracy", "balanced_accuracy", "calibration_error")


def name_metric(name: str) -> str:
    """Return the name of a metric; that of a class stays as it is.

    Examples
    --------
    >>> [name_metric(name) for name in ("roc_auc", "log_loss", "f1_very_bad")]
    ['AUC', 'log loss', 'F1 very_bad']
    """
    if name == "f1" or name.startswith("f1_"):
        return name.replace("f1", "F1", 1).replace("_", " ", 1)
    return _NAMES.get(name, name.replace("_", " "))


def format_metric(name: str, value: float) -> str:
    """Return a metric as people say it: a share in per cent, else three digits."""
    if value != value:
        return "–"
    if name in _SHARES or name.startswith("f1"):
        return f"{100 * value:.1f} %"
    return f"{value:.3f}"


def format_interval(name: str, interval: tuple[float, float]) -> str:
    """Return an interval in the unit of its metric."""
    low, high = (format_metric(name, one).removesuffix(" %") for one in interval)
    return f"{low} to {high}" if low != "–" else ""
