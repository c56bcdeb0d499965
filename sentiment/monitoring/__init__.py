"""Whether new data still look like those a model was tested on."""

from sentiment.monitoring._checks import Check, Limits
from sentiment.monitoring._monitor import monitor
from sentiment.monitoring._profile import ReferenceProfile, make_profile
from sentiment.monitoring._report import MonitoringReport, Part, StrangeRow

__all__ = [
    "Check",
    "Limits",
    "MonitoringReport",
    "Part",
    "ReferenceProfile",
    "StrangeRow",
    "make_profile",
    "monitor",
]
