"""Fit a Pipeline on documents that need not fit in memory."""

from collections.abc import Callable, Iterable
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple, Unpack

import pyarrow as pa
from joblib import effective_n_jobs
from sklearn.pipeline import Pipeline

from sentiment._sklearn import InvalidParameterError
from sentiment.classification import Watched, boost_trees
from sentiment.datasets import Data, ReadingOptions, source_of
from sentiment.streaming._disk_blocks import BlockWriter, DiskBlocks
from sentiment.streaming._external_matrix import external_matrices
from sentiment.streaming._frequency_shards import FrequencyShards
from sentiment.streaming._labelled_texts import read_labelled_texts
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Spool
from sentiment.streaming._text_rows import TextRows
from sentiment.streaming._text_steps import TextSteps, check_steps

DEFAULT_MEMORY = 512
_MEGABYTE = 1_000_000

Progress = Callable[[str, int, int | None], None]


class Documents(NamedTuple):
    """Documents, and the label of each."""

    texts: TextRows
    y: Any


class Room(NamedTuple):
    """Where data are kept: so many bytes in memory, the rest on disk."""

    scratch: Scratch
    memory: int

    @property
    def for_texts(self) -> int:
        """Bytes of documents."""
        return self.memory // 4

    @property
    def for_frequencies(self) -> int:
        """Bytes of frequencies to gather; adding them up takes some times more."""
        return self.memory // 8

    @property
    def for_counts(self) -> int:
        """Bytes of counts."""
        return self.memory // 2


def fit_streaming(
    pipeline: Pipeline,
    source: Data,
    *,
    validation: Data = None,
    split: str = "train",
    memory: int = DEFAULT_MEMORY,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    **reading: Unpack[ReadingOptions],
) -> Pipeline:
    """Fit a Pipeline on files that need not fit in memory.

    The files are read once, batch after batch. What does not fit in ``memory`` is
    written to a temporary folder, which is gone afterwards.

    Parameters
    ----------
    pipeline : Pipeline
        As :func:`make_sentiment_pipeline` gives it, with any parameters. Fitted in
        place, as by its own ``fit``.
    source : str, Path or DataFrame
        Files (csv, tsv, jsonl, parquet; ``.gz`` and ``.zst`` too) and patterns are read
        in batches; all else that :func:`load_reviews` takes is read as a whole first.
    validation : as source, default=None
        Rows for early stopping, instead of those that the classifier sets aside.
    split : str, default="train"
        As in :func:`load_reviews`.
    memory : int, default=512
        So many megabytes of documents and counts are kept in memory. Libraries and
        vectors as long as the vocabulary come on top: 0.3 kB for each n-gram kept.
    folder : str or Path, default=None
        Where the temporary folder is made; None for the system's own (``TMPDIR``).
    progress : callable, default=None
        Called with a phase (``"read"``, ``"count"``, ``"look up"``, ``"learn"``), how
        much of it is done, and of how much, or None where nobody knows.
    **reading
        How the sources are read: the keywords of :class:`Source`.

    Returns
    -------
    pipeline : Pipeline
        The same object, fitted: it saves, loads and serves as any other.

    Raises
    ------
    DataError
        If a source cannot be read, or the disk is full.
    LabelError
        If there is one class only.
    SentimentError
        If the Pipeline holds a step that is none of ours.

    See Also
    --------
    fit_pipeline : The same in memory.

    Notes
    -----
    The vocabulary is that of ``pipeline.fit``, bit for bit. Up to 3 million counts
    above 0, so is all else: they are gathered. Beyond, the linear model minimises the
    same loss by another solver, to the same accuracy.

    Examples
    --------
    >>> import pandas as pd
    >>> from sentiment import make_sentiment_pipeline
    >>> from sentiment.streaming import fit_streaming
    >>> reviews = pd.DataFrame({"text": ["good fun", "bad mess"] * 10})
    >>> reviews["label"] = ["positive", "negative"] * 10
    >>> pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    >>> fit_streaming(pipeline, reviews).predict(["good"]).tolist()
    ['positive']
    >>> fit_streaming(pipeline, reviews, memory=0)
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: The 'memory' parameter of
    fit_streaming must be an int in the range [1, inf). Got 0 instead.
    """
    memory = check_memory(memory, caller="fit_streaming")
    check_steps(pipeline, caller="fit_streaming")
    report = progress or (lambda phase, done, total: None)
    with Scratch(folder) as scratch:
        room = Room(scratch, memory)
        tell = partial(_tell_read, report)
        read = [
            read_labelled_texts(
                source_of(one, split, **reading), scratch, room.for_texts, tell
            )
            for one in (source, validation)
            if one is source or one is not None
        ]
        documents = [Documents(one.texts, one.labels) for one in read]
        return fit_documents(pipeline, *documents, room=room, progress=report)


def fit_documents(
    pipeline: Pipeline,
    documents: Documents,
    watched: Documents | None = None,
    *,
    room: Room,
    progress: Progress,
) -> Pipeline:
    """Fit a Pipeline on documents that were read, in two passes over them.

    See :func:`fit_streaming`.
    """
    steps = TextSteps(pipeline, caller="fit_streaming")
    decoder = pipeline[-1]
    _learn_vocabulary(steps, documents.texts, room, progress)
    n_jobs = effective_n_jobs(decoder.estimator.n_jobs)
    given = None
    blocks = _count(steps, documents.texts, room, n_jobs, progress)
    if watched is not None:
        held_out = _count(steps, watched.texts, room, n_jobs, progress)
        given = Watched(held_out, watched.y)
    progress("learn", 0, None)
    boost = partial(boost_trees, to_matrix=external_matrices(room.scratch))
    decoder.fit_blocks(
        blocks,
        documents.y,
        watched=given,
        boost=boost,
        prior_columns=steps.vectorizer.columns_of_prior(),
    )
    return pipeline


def check_memory(memory: Any, *, caller: str) -> int:
    """Return a number of megabytes as one of bytes."""
    if not isinstance(memory, Integral) or isinstance(memory, bool) or memory < 1:
        raise InvalidParameterError(
            f"The 'memory' parameter of {caller} must be an int in the range [1, inf). "
            f"Got {memory!r} instead."
        )
    return int(memory) * _MEGABYTE


def _tell_read(progress: Progress, n_rows: int) -> None:
    progress("read", n_rows, None)


def _learn_vocabulary(
    steps: TextSteps, texts: TextRows, room: Room, progress: Progress
) -> None:
    shards = FrequencyShards(room.scratch, room.for_frequencies)
    for batch in _reported(texts, "count", progress):
        shards.add(steps.count_frequencies(batch))
    vectorizer = steps.vectorizer
    limits = vectorizer.document_limits(shards.n_documents)
    vectorizer.learn_frequencies(shards.total(*limits))


def _count(
    steps: TextSteps, texts: TextRows, room: Room, n_jobs: int, progress: Progress
) -> DiskBlocks:
    n_features = len(steps.vectorizer.ngrams_)
    spool = Spool(room.scratch, "counts", room.for_counts)
    writer = BlockWriter(spool, n_features)
    for batch in _reported(texts, "look up", progress):
        writer.add(steps.count(batch))
    return writer.finish(n_jobs)


def _reported(texts: TextRows, phase: str, progress: Progress) -> Iterable[pa.Array]:
    done, total = 0, len(texts)
    for batch in texts:
        progress(phase, done, total)
        yield batch
        done += len(batch)
    progress(phase, done, total)
