"""What a model answers to a batch, as further columns."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sentiment.classification import choose_classes
from sentiment.documents import text_series
from sentiment.threads import count_threads, make_block_pool

if TYPE_CHECKING:
    from sentiment.datasets import Batch

LABEL, SCORE = "predicted_label", "predicted_score"


class Answerer:
    """A fitted Pipeline, and which columns it adds.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    probabilities : bool
        Whether the probability of every class is a column.
    """

    def __init__(self, pipeline: Any, probabilities: bool) -> None:
        self.pipeline = pipeline
        self._labels = pipeline.classes_.tolist()
        self._classes = [f"probability_{label}" for label in self._labels]
        self.names = (LABEL, SCORE, *(self._classes if probabilities else ()))

    def types(self) -> dict[str, pa.DataType]:
        """Return the Arrow types of the columns."""
        kind = pa.array(self._labels).type
        label = pa.large_string() if pa.types.is_string(kind) else kind
        return {LABEL: label, **dict.fromkeys(self.names[1:], pa.float64())}

    def make_pool(self) -> tuple[ThreadPoolExecutor, int]:
        """Return the threads on which batches are asked about, and how many they are.

        A classifier of one's own is asked on one thread only.
        """
        if not getattr(self.pipeline, "takes_blocks", False):
            return ThreadPoolExecutor(1), 1
        n_threads = count_threads()
        return make_block_pool(n_threads), n_threads

    def ask(self, texts: pa.Array) -> np.ndarray:
        """Return the probabilities of documents."""
        if not len(texts):
            return np.empty((0, len(self._labels)))
        answered = self.pipeline.predict_proba(text_series(texts))
        return np.ascontiguousarray(answered, dtype=np.float64)

    def answers(self, batch: "Batch", table: np.ndarray) -> dict[str, list[Any]]:
        """Return the columns that probabilities mean, with None where a row is bad."""
        best = choose_classes(self.pipeline, table)
        values = [
            self.pipeline.classes_[best].tolist(),
            table[np.arange(len(table)), best].tolist(),
            *table.T.tolist(),
        ]
        if batch.good is not None:
            places = np.flatnonzero(batch.good).tolist()
            values = [_spread(cells, places, batch.n_rows) for cells in values]
        return dict(zip(self.names, values, strict=False))


def _spread(cells: list[Any], places: list[int], n_rows: int) -> list[Any]:
    spread: list[Any] = [None] * n_rows
    for place, cell in zip(places, cells, strict=True):
        spread[place] = cell
    return spread
