"""Whether new data still look like those a model was tested on."""

from sentiment.monitoring._checks import Check, Limits
from sentiment.monitoring._monitor import monitor
from sentiment.monitoring._profile import ReferenceProfile, make_profile
from sentiment.monitoring._report import MonitoringReport, Part, StrangeRow
from sentiment.monitoring._shown_rows import (
    CHECK_HEADER,
    check_row,
    metric_rows,
    window_rows,
)

__all__ = [
    "CHECK_HEADER",
    "Check",
    "Limits",
    "MonitoringReport",
    "Part",
    "ReferenceProfile",
    "StrangeRow",
    "check_row",
    "make_profile",
    "metric_rows",
    "monitor",
    "window_rows",
]
