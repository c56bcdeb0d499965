"""Ask models for the labelled rows of a source, batch by batch."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from sentiment.classification import choose_classes
from sentiment.documents import text_series
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._mistakes import SurestMistakes
from sentiment.evaluation._rows import EvaluatedRows, LabelledBatch, RowReader
from sentiment.exceptions import DataWarning
from sentiment.feature_extraction import SeenDocuments
from sentiment.inference import Answerer, read_ahead


def answer_rows(
    pipelines: Sequence[Any],
    reader: RowReader,
    mistakes: SurestMistakes,
    progress: Callable[..., None] | None,
) -> tuple[EvaluatedRows, list[Answers]]:
    """Return the rows and the answers of each model to them.

    The rows are read on a thread of their own, several batches are predicted at once,
    and no document stays in memory that nobody asked for.

    ``pipelines``: fitted, with the same ``classes_``. ``reader``: of the rows.
    ``mistakes``: gets to see those of the first model. ``progress``: called after each
    batch with the number of rows, None, and the share of the source that is done.
    """
    answerers = [Answerer(pipeline, probabilities=False) for pipeline in pipelines]
    tables: list[list[np.ndarray]] = [[] for _ in pipelines]
    seen = SeenDocuments(pipelines[0])
    n_rows = 0
    with ExitStack() as stack:
        pools = [one.make_pool() for one in answerers]
        for pool, _ in pools:
            stack.callback(pool.shutdown, cancel_futures=True)
        asked = _ask(reader, answerers, [pool for pool, _ in pools])
        depth = max(2, *(n_threads for _, n_threads in pools))
        for batch, found in stack.enter_context(read_ahead(asked, depth)):
            for parts, answer in zip(tables, found, strict=True):
                parts.append(answer.result())
            first = tables[0][-1]
            mistakes.look_at(batch, first, choose_classes(pipelines[0], first))
            seen.look_at(text_series(batch.texts))
            n_rows += len(batch.texts)
            if progress is not None:
                progress(n_rows, None, batch.share)
    rows = reader.finish()
    said = seen.describe(rows.name)
    if said is not None:
        warnings.warn(said, DataWarning, stacklevel=3)
        told = (*rows.summary.warnings, said)
        rows = replace(rows, summary=replace(rows.summary, warnings=told))
    return rows, [
        _answers(pipeline, rows, parts)
        for pipeline, parts in zip(pipelines, tables, strict=True)
    ]


def _ask(
    reader: RowReader,
    answerers: Sequence[Answerer],
    pools: Sequence[ThreadPoolExecutor],
) -> Iterator[tuple[LabelledBatch, list["Future[np.ndarray]"]]]:
    """Yield batches with the answers to them, which may still be on their way."""
    for batch in reader.batches():
        yield (
            batch,
            [
                pool.submit(one.ask, batch.texts)
                for one, pool in zip(answerers, pools, strict=True)
            ],
        )


def _answers(pipeline: Any, rows: EvaluatedRows, parts: list[np.ndarray]) -> Answers:
    table = np.concatenate(parts)
    chosen = choose_classes(pipeline, table)
    return Answers(np.asarray(pipeline.classes_), rows.codes, table, chosen)
