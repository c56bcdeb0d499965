"""Reviews from files, folders, the hub or the bundled sample.

:class:`Source` says what is read and how; a reader for each format yields batches; a
whole table is its batches put together. *Instances* (documents, what a user of a model
sends) and *labels* (which do not exist at inference) are loaded apart;
:func:`load_reviews` loads both at once.
"""

from sentiment.datasets._arrow import find_invalid
from sentiment.datasets._bad_rows import (
    SKIP_THEM,
    BadRow,
    BadRowsFile,
    Fault,
    check_policy,
    list_bad_rows,
)
from sentiment.datasets._batch import ARROW, Batch, SplitError, as_list
from sentiment.datasets._column_types import Schema
from sentiment.datasets._digest import DataDigest, data_digest
from sentiment.datasets._export import ExportSummary, export_split
from sentiment.datasets._frames import frame_of_batch, like
from sentiment.datasets._inputs import Input, find_inputs, require_column
from sentiment.datasets._json import JsonReader
from sentiment.datasets._judging import judge
from sentiment.datasets._labelled import LabelledRows
from sentiment.datasets._loading import (
    load_instances,
    load_labels,
    load_reviews,
    read_rows,
)
from sentiment.datasets._source import (
    HUB,
    SAMPLE,
    Data,
    ReadingOptions,
    Source,
    source_name,
    source_of,
    split_of,
    with_split,
)
from sentiment.datasets._summary import DataSummary

__all__ = [
    "ARROW", "HUB", "SAMPLE", "SKIP_THEM", "BadRow", "BadRowsFile", "Batch", "Data",
    "DataDigest", "DataSummary", "ExportSummary", "Fault", "Input", "JsonReader",
    "LabelledRows", "ReadingOptions", "Schema", "Source", "SplitError", "as_list",
    "check_policy", "data_digest", "export_split", "find_inputs", "find_invalid",
    "frame_of_batch", "judge", "like", "list_bad_rows", "load_instances", "load_labels",
    "load_reviews", "read_rows", "require_column", "source_name", "source_of",
    "split_of", "with_split",
]  # fmt: skip
