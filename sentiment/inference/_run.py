"""Reading, predicting and writing at the same time, batch after batch."""

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pyarrow as pa

from sentiment._messages import shown
from sentiment.datasets import (
    SKIP_THEM,
    BadRow,
    BadRowsFile,
    Batch,
    Fault,
    Input,
    Schema,
    Source,
    judge,
)
from sentiment.documents import text_series
from sentiment.exceptions import DataError
from sentiment.inference._answers import Answerer
from sentiment.inference._destination import Destination
from sentiment.inference._journal import Journal, PredictionSummary
from sentiment.inference._output_file import COLUMNAR, DELIMITERS, JSON
from sentiment.inference._rows import check_free
from sentiment.inference._threads import ReadAhead
from sentiment.inference._unknown_words import (
    share_of_known_words,
    warn_of_unknown_words,
)
from sentiment.inference._writers import (
    GatheredWriter,
    TableWriter,
    TextWriter,
    Writer,
)
from sentiment.version import VERSION

_LOGGER = logging.getLogger("sentiment")


class PredictionRun:
    """One run from inputs to an output.

    One thread reads, one a core predicts, each a batch of its own, and the main thread
    writes: a broken pipe and Ctrl-C come to it, wherever it waits.

    ``answerer``: predicts. ``schema``: the columns of the output; None where the first
    rows say them. ``destination``: where to. ``progress``: as :func:`predict_file`
    takes it.
    """

    def __init__(
        self,
        answerer: Answerer,
        schema: Schema | None,
        destination: Destination,
        progress: Callable[..., None] | None,
    ) -> None:
        self._answerer = answerer
        self._schema = schema
        self._destination = destination
        self._progress = progress
        self._n_rows = 0
        self._n_good = 0
        self._said: set[str] = set()
        self._first_bad: BadRow | None = None
        self._known_words: float | None = None

    def write(self, inputs: list[Input], source: Source) -> PredictionSummary:
        """Write the rows of inputs with their predictions.

        ``inputs``: what is read, in this order. ``source``: how.
        """
        destination = self._destination
        journal = self._begin_journal(inputs, source)
        done = False
        try:
            with ExitStack() as stack:
                stream = destination.open(stack)
                bad_rows = BadRowsFile(destination.bad_rows_opener(stack))
                self._write_all(stream, bad_rows, inputs, source, journal)
                summary = self._summary(bad_rows.n_rows)
                if journal is not None:
                    journal.complete({"n_rows": summary.n_rows, "n_bad": summary.n_bad})
            done = True
        finally:
            if journal is not None:
                journal.close(keep=destination.resume and not done)
        return summary

    def _write_all(
        self,
        stream: Any,
        bad_rows: BadRowsFile,
        inputs: list[Input],
        source: Source,
        journal: Journal | None,
    ) -> None:
        pool, n_threads = self._answerer.make_pool()
        read = self._judged(_read(inputs, source), source)
        asked = ReadAhead(self._ask(read, pool, journal), max(2, n_threads))
        writer: Writer | None = None
        try:
            for share, batch, answer, is_new in asked:
                table = answer.result()
                if journal is not None and is_new:
                    journal.add(batch.texts, table)
                if batch.n_rows:
                    writer = writer or self._make_writer(stream, batch)
                    self._check_columns(batch)
                    writer.write(batch, self._answerer.answers(batch, table))
                self._count(batch)
                bad_rows.add(batch.bad)
                if self._progress is not None:
                    self._progress(self._n_rows, None, share)
            self._check_rows(inputs, bad_rows.n_rows)
            if writer is not None:
                writer.finish()
        except BaseException:
            if writer is not None:
                writer.abandon()
            raise
        finally:
            asked.stop()
            # No thread is in the middle of something when the process ends; only one
            # that waits for standard input, perhaps for ever, is left alone.
            pool.shutdown(cancel_futures=True)
            asked.join(1.0 if all(one.again for one in inputs) else 0.1)

    def _ask(
        self,
        batches: Iterator[tuple[float | None, Batch]],
        pool: ThreadPoolExecutor,
        journal: Journal | None,
    ) -> Iterator[tuple[float | None, Batch, "Future[np.ndarray]", bool]]:
        """Yield batches with their answers, which may still be on their way."""
        for share, batch in batches:
            stored = journal.take(batch.texts) if journal and journal.n_stored else None
            if stored is None:
                yield share, batch, pool.submit(self._answerer.ask, batch.texts), True
                continue
            # The last one is asked again: a library may have changed, too.
            if (
                journal is not None
                and not journal.n_stored
                and not np.array_equal(self._answerer.ask(batch.texts), stored)
            ):
                raise journal.refuse_other_answers()
            known: Future[np.ndarray] = Future()
            known.set_result(stored)
            yield share, batch, known, False

    def _judged(
        self, batches: Iterator[tuple[float | None, Batch]], source: Source
    ) -> Iterator[tuple[float | None, Batch]]:
        """Yield batches, their bad rows known."""
        fixed = self._destination.output_format in DELIMITERS and self._schema is None
        keys: dict[str, None] | None = None
        for share, batch in batches:
            judged = batch
            if fixed and batch.records is not None:
                keys = keys or next(
                    (dict.fromkeys(one) for one in batch.records if one), None
                )
                judged = _with_keys(batch, keys or {})
            policy = source.on_bad_rows
            yield share, judge(judged, source.text_columns, policy, SKIP_THEM)

    def _make_writer(self, stream: Any, batch: Batch) -> Writer:
        added = self._answerer.names
        output_format = self._destination.output_format
        if self._schema is None and output_format not in JSON:
            kinds = (pa.large_string(),) * len(batch.names)
            self._schema = Schema(batch.names, kinds)
        schema = self._schema or Schema((), ())
        if output_format in COLUMNAR:
            types = self._answerer.types()
            whole = output_format in ("xlsx", "sqlite")
            make = GatheredWriter if whole else TableWriter
            return make(stream, schema, types, output_format)
        names = schema.names
        delimiter = DELIMITERS.get(output_format)
        live = not self._destination.is_file
        escape = self._destination.escape_formulas
        return TextWriter(
            stream,
            names,
            added,
            delimiter,
            live=live,
            escape_formulas=escape,
            is_array=output_format == "json",
        )

    def _check_columns(self, batch: Batch) -> None:
        check_free(self._answerer.names, batch.names)
        if self._destination.output_format in JSON:
            return
        for name in batch.names:
            if self._schema is None or name not in self._schema.names:
                raise DataError(
                    f"There is a column {shown(name)} that the first rows lack. Write "
                    "jsonl, or read from files."
                )

    def _count(self, batch: Batch) -> None:
        for said in batch.remarks:
            if said not in self._said:
                _LOGGER.warning("Warning: %s", said)
                self._said.add(said)
        if not self._n_good and len(batch.texts):
            texts = text_series(batch.texts)
            self._known_words = share_of_known_words(self._answerer.pipeline, texts)
            warn_of_unknown_words(self._known_words)
        self._n_rows += batch.n_rows
        self._n_good += len(batch.texts)
        if self._first_bad is None and batch.bad:
            self._first_bad = batch.bad[0]

    def _check_rows(self, inputs: list[Input], n_bad: int) -> None:
        if self._n_good:
            return
        if self._first_bad is not None:
            said = f"{self._first_bad.place}: {self._first_bad.fault.reason}"
            raise DataError(f"None of the {n_bad} rows can be predicted ({said}).")
        if len(inputs) > 1:
            raise DataError(f"None of the {len(inputs)} files has a row.")
        raise DataError(f"{inputs[0].rows.name} {inputs[0].rows.no_rows}")

    def _summary(self, n_bad: int) -> PredictionSummary:
        listed = self._destination.bad_rows if n_bad else None
        output, known = self._destination.output, self._known_words
        return PredictionSummary(self._n_rows, output, n_bad, listed, known)

    def _begin_journal(self, inputs: list[Input], source: Source) -> Journal | None:
        destination = self._destination
        paths = [one.path for one in inputs if one.path is not None]
        if destination.journal is None or len(paths) < len(inputs):
            if destination.resume:
                raise DataError(
                    "resume=True reads its input again: it takes files, not standard "
                    "input, folders or the hub."
                )
            return None
        about = {
            "version": VERSION,
            "model": _fingerprint(self._answerer.pipeline),
            "inputs": [_state(str(path.absolute())) for path in paths],
            "options": [
                {name: str(one) for name, one in source.options().items()},
                destination.output_format,
                destination.escape_formulas,
                list(self._answerer.names),
            ],
        }
        n_rows = destination.journal.begin(
            about, resume=destination.resume, force=destination.force
        )
        if n_rows:
            _LOGGER.info("Continuing: %s rows are predicted already.", f"{n_rows:,}")
        return destination.journal


def _read(inputs: list[Input], source: Source) -> Iterator[tuple[float | None, Batch]]:
    """Yield the batches of all inputs, each with the share of all that is read."""
    sizes = [1 if one.path is None else one.path.stat().st_size for one in inputs]
    done, total = 0, sum(sizes) or 1
    for one, size in zip(inputs, sizes, strict=True):
        for batch in one.rows.batches(lenient=source.on_bad_rows != "fail"):
            share = batch.share
            yield None if share is None else (done + share * size) / total, batch
        done += size


def _with_keys(batch: Batch, keys: dict[str, None]) -> Batch:
    """Return JSON objects, those with a key that the first row lacks as bad ones."""
    faults = dict(batch.faults)
    for row, record in enumerate(batch.records or ()):
        if not keys.keys() >= record.keys():
            new = next(key for key in record if key not in keys)
            faults[row] = Fault(
                f"key {shown(new)}, which the first row lacks",
                "Write jsonl (output_format='jsonl'), or read from a file.",
            )
    return replace(batch, names=tuple(keys), faults=faults)


def _state(path: str) -> list[Any]:
    found = os.stat(path)  # noqa: PTH116
    return [path, found.st_size, found.st_mtime_ns]


def _fingerprint(pipeline: Any) -> str:
    """Return what tells two fitted models apart, the same in every process."""
    try:
        return joblib.hash(pipeline)
    except Exception:  # whatever an estimator of somebody's own does not let be pickled
        return ""
