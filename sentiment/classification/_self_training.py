"""Learn from documents without a label, too: by what a first fit says of them."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._column_sums import ColumnSums
from sentiment.classification._liblinear import fit_svm
from sentiment.classification._linear_start import (
    Floats,
    LinearModel,
    LinearSettings,
    Link,
    Solver,
    fit_linear,
    one_against_rest,
)
from sentiment.classification._log_loss import compute_probabilities
from sentiment.classification._naive_bayes_weighter import weigh_rows


class SelfTraining(NamedTuple):
    """Fits the linear start, labels the unlabelled rows by it, and fits again on all.

    In a fold, the labels are of a fit that has not seen the rows of the fold either.
    An unlabelled row counts as far as its label is sure: in equal parts for all classes
    not at all, with the probability 1 as much as a labelled row.

    The first fit sees, beside the n-grams, a vector of each document, learned without
    labels: it brings words that stand with alike ones together. The second sees n-grams
    alone, so that the model is no other than without unlabelled rows.

    ``solver``: of the second fit; the first is liblinear's. ``both``: the labelled
    rows, then the unlabelled ones; ``unlabelled``: these alone; ``vectors``: of both.
    ``link``: makes probabilities of margins. ``prior``: the margins that a prior gives
    the unlabelled rows.

    References
    ----------
    D. Yarowsky (1995). "Unsupervised Word Sense Disambiguation Rivaling Supervised
    Methods". ACL 1995.
    """

    solver: Solver
    both: RowsInMemory
    unlabelled: RowsInMemory
    vectors: NDArray[np.float32]
    link: Link
    prior: Floats

    def learn(self, rows: LearningRows, settings: LinearSettings) -> LinearModel:
        """Return the linear model of labelled and unlabelled rows."""
        own = self._answer(rows, settings)
        probabilities = compute_probabilities(self.link.apply(own, self.prior))
        n_classes = probabilities.shape[1]
        sure = (n_classes * probabilities.max(axis=1) - 1.0) / (n_classes - 1.0)
        usual = rows.weight.sum() / np.count_nonzero(rows.weight)
        every = LearningRows(
            self.both,
            np.concatenate([rows.y, probabilities.argmax(axis=1)]),
            rows.n_classes,
            np.concatenate([rows.weight, usual * sure]),
        )
        return fit_linear(self.solver, every, settings)

    def _answer(self, rows: LearningRows, settings: LinearSettings) -> Floats:
        """Return the margins that the first fit gives the unlabelled rows."""
        n_rows, n_columns = len(rows.y), rows.blocks.n_features
        own = sp.csr_matrix(self.vectors[:n_rows])
        other = self.vectors[n_rows:]
        parts = []
        for positive in one_against_rest(rows):
            sums = ColumnSums.of(rows.blocks.damped, positive, rows.weight)
            weights = sums.weigh(settings.alpha, settings.power)
            features = weigh_rows(rows.blocks.damped, weights)
            joined = sp.hstack([features, own], format="csr")
            coef, intercept = fit_svm(joined, positive, rows.weight, settings)
            margins = weigh_rows(self.unlabelled.damped, weights) @ coef[:n_columns]
            parts.append(margins + other @ coef[n_columns:] + intercept)
        return np.column_stack(parts)
