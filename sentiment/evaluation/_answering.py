"""Ask models for the labelled rows of a source, batch by batch."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sentiment.classification._decision import choose_classes
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._mistakes import SurestMistakes
from sentiment.evaluation._rows import LabelledRows, RowReader
from sentiment.inference._threads import read_ahead

__all__ = ["answer_rows"]


def answer_rows(
    pipelines: Sequence[Any],
    reader: RowReader,
    mistakes: SurestMistakes,
    progress: Callable[..., None] | None,
) -> tuple[LabelledRows, list[Answers]]:
    """Return the rows and the answers of each model to them.

    The rows are read on a thread of their own, and no document stays in memory that
    nobody asked for.

    Parameters
    ----------
    pipelines : sequence of Pipeline
        Fitted, with the same ``classes_``.
    reader : RowReader
        Of the rows.
    mistakes : SurestMistakes
        Gets to see those of the first model.
    progress : callable or None
        Called after each batch with the number of rows, None, and the share of the
        source that is done.
    """
    tables: list[list[np.ndarray]] = [[] for _ in pipelines]
    n_rows = 0
    with read_ahead(reader.batches()) as batches:
        for batch in batches:
            if len(batch.texts):
                for pipeline, parts in zip(pipelines, tables, strict=True):
                    answered = pipeline.predict_proba(batch.texts)
                    parts.append(np.asarray(answered, dtype=np.float64))
                first = tables[0][-1]
                mistakes.look_at(
                    batch.texts, batch.codes, first, choose_classes(pipelines[0], first)
                )
            n_rows += len(batch.texts)
            if progress is not None:
                progress(n_rows, None, batch.share)
    rows = reader.finish()
    return rows, [
        _answers(pipeline, rows, parts)
        for pipeline, parts in zip(pipelines, tables, strict=True)
    ]


def _answers(pipeline: Any, rows: LabelledRows, parts: list[np.ndarray]) -> Answers:
    table = np.concatenate(parts)
    chosen = choose_classes(pipeline, table)
    return Answers(np.asarray(pipeline.classes_), rows.codes, table, chosen)
