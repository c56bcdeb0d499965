"""Which columns the predictions add, and that there is room for them."""

from collections.abc import Iterable
from typing import Any

from sentiment._messages import shown
from sentiment.distributed._partition import PartitionScoring
from sentiment.exceptions import DataError
from sentiment.inference import Answerer, check_free


def added_columns(
    caller: str, scoring: PartitionScoring, pipeline: Any, columns: Iterable[Any]
) -> tuple[str, ...]:
    """Return the names of the further columns.

    Raises DataError if there is no text column, or one of a name that is added, and
    ValueError if reasons are asked for where no bad row stays.
    """
    names = list(columns)
    if scoring.text_column not in names:
        raise DataError(
            f"There is no column {scoring.text_column!r}. There are "
            f"{shown(names, 200)}."
        )
    added = Answerer(pipeline, scoring.probabilities).names
    if scoring.reason_column is not None:
        if scoring.on_bad_rows != "null":
            raise ValueError(
                f"The 'reason_column' parameter of {caller} is for on_bad_rows='null': "
                f"with {scoring.on_bad_rows!r} no bad row stays."
            )
        added = (*added, scoring.reason_column)
    check_free(added, names)
    return added
