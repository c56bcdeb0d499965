"""What stands before the trees: a linear model's log-odds, or those of the classes."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sentiment.classification._blocks import Blocks, LearningRows, count_rows
from sentiment.classification._linear_start import (
    Floats,
    LinearModel,
    Link,
    map_margins,
    measure_strength,
)


class Start(Protocol):
    """The margins that the trees add to."""

    def margins(self, blocks: Blocks) -> Floats:
        """Return the margins of rows, of shape (n_documents, n_margins)."""

    def strength(self, frequency: NDArray[np.int64]) -> Floats:
        """Return how much each n-gram matters, by the number of rows it is in."""


class PriorStart(NamedTuple):
    """Nothing is known of a document: the shares of the classes."""

    prior: Floats

    @classmethod
    def fit(cls, rows: LearningRows) -> "PriorStart":
        """Return the start of some training rows."""
        prior = np.log(np.bincount(rows.y, rows.weight) / rows.weight.sum())
        return cls(prior[1:] - prior[:1] if rows.n_classes == 2 else prior)

    def margins(self, blocks: Blocks) -> Floats:
        """Return the same margins for each row."""
        return np.tile(self.prior, (count_rows(blocks), 1))

    def strength(self, frequency: NDArray[np.int64]) -> Floats:
        """Return the number of rows itself."""
        return frequency.astype(np.float64)


class LinkedStart(NamedTuple):
    """A linear model, and the link that makes log-odds of its margins.

    The last rows of the model are the parts of a prior, if there is one.
    """

    model: LinearModel
    link: Link

    def margins(self, blocks: Blocks) -> Floats:
        """Return the log-odds of the rows."""
        margins, n_own = map_margins(blocks, self.model), len(self.link.slope)
        return self.link.apply(margins[:, :n_own], margins[:, n_own:])

    def strength(self, frequency: NDArray[np.int64]) -> Floats:
        """Return the size of the weights, times the root of the number of rows."""
        n_own = len(self.link.slope)
        weights, coef, intercept = self.model
        own = LinearModel(weights[:n_own], coef[:n_own], intercept[:n_own])
        return measure_strength(own, frequency)
