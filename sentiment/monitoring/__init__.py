"""Whether new data still look like those a model was tested on."""

from sentiment.monitoring._checks import Check, Limits
from sentiment.monitoring._monitor import monitor
from sentiment.monitoring._profile import (
    ReferenceProfile,
    make_profile,
    profile_of,
    read_profile,
)
from sentiment.monitoring._report import MonitoringReport, Part, StrangeRow
from sentiment.monitoring._row_statistics import (
    RowStatistics,
    measure_rows,
    score_of,
)
from sentiment.monitoring._shown_rows import (
    CHECK_HEADER,
    check_row,
    metric_rows,
    window_rows,
)

__all__ = [
    "CHECK_HEADER", "Check", "Limits", "MonitoringReport", "Part", "ReferenceProfile",
    "RowStatistics", "StrangeRow", "check_row", "make_profile",
    "measure_rows", "metric_rows", "monitor", "profile_of", "read_profile", "score_of",
    "window_rows",
]  # fmt: skip
