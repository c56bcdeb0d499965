"""What a prediction of files has done."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PredictionSummary:
    """What :func:`predict_file` has done.

    Attributes
    ----------
    n_rows : int
        Rows written.
    output : Path or None
        The file written; None is stdout.
    n_bad : int
        Rows that could not be predicted: left out, or among those written.
    bad_rows : Path or None
        The file that says which, if there is one.
    """

    n_rows: int
    output: Path | None
    n_bad: int = 0
    bad_rows: Path | None = None
