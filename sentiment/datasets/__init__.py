"""Reviews from files, folders, the hub or the bundled sample.

*Instances* (documents, what a user of a model sends) and *labels* (which do not
exist at inference) are loaded apart; :func:`load_reviews` loads both at once.
"""

from sentiment.datasets._digest import data_digest
from sentiment.datasets._export import ExportSummary, export_split
from sentiment.datasets._loading import (
    load_instances,
    load_labels,
    load_reviews,
    read_rows,
)
from sentiment.datasets._sources import source_name, split_of, with_split

__all__ = [
    "ExportSummary",
    "data_digest",
    "export_split",
    "load_instances",
    "load_labels",
    "load_reviews",
    "read_rows",
    "source_name",
    "split_of",
    "with_split",
]
