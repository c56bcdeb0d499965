"""The two ways of fitting a Pipeline in a training: in memory, and in batches."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sentiment._arrays import Floats
from sentiment.documents import text_series
from sentiment.exceptions import DataError
from sentiment.pipeline import fit_pipeline
from sentiment.streaming import (
    Documents,
    Room,
    Scratch,
    TextRows,
    check_memory,
    check_steps,
    fit_documents,
)
from sentiment.training._cross_validation import weighted
from sentiment.training._training_data import Sources, TrainingData

Fit = Callable[[Pipeline, TrainingData], Pipeline]

# A phase says how far it is every so many seconds.
_PAUSE = 30.0
_PHASES = {
    "read": "Reading",
    "count": "Counting n-grams",
    "look up": "Looking n-grams up",
    "learn": "Fitting the classifier",
}


def fit_in_memory(pipeline: Pipeline, data: TrainingData) -> Pipeline:
    """Fit on data that are in memory."""
    rows = (data.X, data.y, data.X_val, data.y_val)
    more = weighted(data.weights) | data.beside_rows()
    return fit_pipeline(pipeline, *rows, **more)


def fit_in_batches(
    pipeline: Pipeline, data: TrainingData, *, room: Room, progress: "Phases"
) -> Pipeline:
    """Fit on data that need not fit in memory."""
    learned = Documents(data.X, data.y)
    assert data.X_val is not None
    watched = Documents(data.X_val, data.y_val)
    return fit_documents(pipeline, learned, watched, room=room, progress=progress)


def predict_in_batches(pipeline: Pipeline, rows: TextRows) -> Floats:
    """Return the probabilities of documents that need not fit in memory."""
    parts = [pipeline.predict_proba(text_series(texts)) for texts in rows]
    return np.concatenate(parts)


def make_room(
    pipeline: Pipeline, sources: Sources, memory: int, stack: ExitStack
) -> Room:
    """Return the room for the data of a training, which ``stack`` clears away.

    Raises DataError if texts and labels come apart, and SentimentError if a step of the
    Pipeline cannot learn part by part.
    """
    if sources.instances is not None or sources.labels is not None:
        raise DataError(
            "train with streaming takes texts and labels in one source. Got instances "
            "or labels. Put both in one file, or train in memory."
        )
    if sources.default.weight_column is not None:
        raise DataError(
            "train with streaming takes no weight_column. Leave it out, or train in "
            "memory."
        )
    if sources.unlabelled is not None:
        raise DataError(
            "train with streaming takes no unlabelled_texts. Leave them out, or train "
            "in memory."
        )
    check_steps(pipeline, caller="train with streaming")
    size = check_memory(memory, caller="train")
    return Room(stack.enter_context(Scratch()), size)


class Phases:
    """Says which phase has begun, and from time to time how far it is.

    ``tell``: says a line.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._phase = "read"
        self._next = time.monotonic() + _PAUSE

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        """Take note of how much of a phase is done."""
        said = _PHASES[phase]
        if phase != self._phase:
            self._tell(f"{said} ...")
        elif time.monotonic() < self._next:
            return
        elif done:
            of_total = "" if total is None else f" of {total:,}"
            self._tell(f"{said}: {done:,}{of_total} rows ...")
        self._phase, self._next = phase, time.monotonic() + _PAUSE

    def tell_read(self, n_rows: int) -> None:
        """Take note of how many rows were read."""
        self("read", n_rows, None)


class StreamedTexts(Sequence[str]):
    """A sequence of texts, read again from where they lie whenever it is asked.

    As long as the training goes on: a hook that wants to keep some of them makes a list
    of those.

    ``rows``: the documents.
    """

    def __init__(self, rows: TextRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        for texts in self._rows:
            yield from texts.to_pylist()

    def __getitem__(self, place: Any) -> Any:
        places = range(len(self))[place]
        if isinstance(places, int):
            return next(islice(self, places, None))
        if not len(places):
            return []
        first, last = min(places[0], places[-1]), max(places[0], places[-1])
        found = list(islice(self, first, last + 1))
        return [found[one - first] for one in places]
