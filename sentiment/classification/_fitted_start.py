"""Fit what stands before the trees, and say how well it does out of fold."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._correspondence import embed_rows
from sentiment.classification._linear_start import (
    Floats,
    LinearModel,
    LinearSettings,
    Link,
    Solver,
    cross_fit_linear,
    fit_linear,
    map_margins,
)
from sentiment.classification._out_of_fold import (
    OutOfFold,
    alphas_to_try,
    fit_out_of_fold,
)
from sentiment.classification._self_training import SelfTraining
from sentiment.classification._start import LinkedStart, PriorStart

# Where rows of the folds are alike, as reviews of one film are, the folds cannot show
# what helps with new ones: a fall of the log loss is not asked for.
_MOST_RISE = 1.01
Learn = Callable[[LearningRows, LinearSettings], LinearModel]
Losses = tuple[float, float] | None


class FittedStart(NamedTuple):
    """A start, and what its link and the trees learn from.

    ``margins``: of the rows, out of fold; NaN where nobody needs them. ``losses``: the
    log losses out of fold without a prior and with it; ``unlabelled_losses``: those
    without unlabelled rows and with them. ``n_unlabelled``: how many of these were
    learned from.
    """

    start: PriorStart | LinkedStart
    margins: Floats
    alpha: float = float("nan")
    losses: Losses = None
    unlabelled_losses: Losses = None
    n_unlabelled: int = 0


class Evidence(NamedTuple):
    """What the linear start learns from beside labelled rows.

    ``prior``: what a prior says of each column, and ``shares``: how much of each of its
    parts is in each of its margins. ``unlabelled``: further rows.
    """

    prior: LinearModel | None
    shares: Floats
    unlabelled: RowsInMemory | None

    def say(self, blocks: Any) -> Floats | None:
        """Return the margins of the prior, None if there is none."""
        if self.prior is None:
            return None
        margins: Floats = map_margins(blocks, self.prior) @ self.shares
        return margins


def fit_start(
    classifier: Any,
    rows: LearningRows,
    solver: Solver,
    evidence: Evidence,
    *,
    grows_trees: bool,
    seed: int,
) -> FittedStart:
    """Fit the start on all rows.

    Without trees only the link learns from margins out of fold, and those of some rows
    will do: those of the others are NaN.
    """
    if classifier.init is None:
        known = PriorStart.fit(rows)
        return FittedStart(known, known.margins(rows.blocks))
    alphas: tuple[float, ...] = (classifier.alpha,)
    if classifier.alpha == "auto":
        alphas = alphas_to_try(rows.blocks.n_entries, rows.n_classes)
    shared = classifier.power, seed, classifier.max_linear_features
    judge = partial(
        fit_out_of_fold,
        rows=rows,
        all_rows=grows_trees,
        n_folds=classifier.cv,
        prior=evidence.say(rows.blocks),
    )
    found = judge(
        solver.cross_fit,
        candidates=[LinearSettings(classifier.C, alpha, *shared) for alpha in alphas],
    )
    learn: Learn = partial(fit_linear, solver)
    n_unlabelled, gained = 0, None
    if evidence.unlabelled is not None:
        taught = _teach(solver, rows, evidence, found)
        relearn = partial(cross_fit_linear, taught.learn)
        again = judge(relearn, candidates=[found.settings])
        gained = found.loss, again.loss
        if again.loss <= _MOST_RISE * found.loss:
            found, learn = again, taught.learn
            n_unlabelled = evidence.unlabelled.X.shape[0]
    losses = None if evidence.prior is None else (found.loss_alone, found.loss)
    start = _join(learn(rows, found.settings), found.link, evidence)
    alpha = found.settings.alpha
    return FittedStart(start, found.margins, alpha, losses, gained, n_unlabelled)


def _teach(
    solver: Solver, rows: LearningRows, evidence: Evidence, found: OutOfFold
) -> SelfTraining:
    """Return what labels the unlabelled rows as a first fit with this link does."""
    more = evidence.unlabelled
    assert more is not None
    said = evidence.say(more) if found.link.prior.size else None
    if said is None:
        said = np.zeros((more.X.shape[0], 0))
    both = rows.blocks.beside(more)
    vectors = embed_rows(both.X, found.settings.seed)
    return SelfTraining(solver, both, more, vectors, found.link, said)


def _join(model: LinearModel, link: Link, evidence: Evidence) -> LinkedStart:
    """Return the linear model with its link and, if it counts, the prior."""
    if evidence.prior is not None and link.prior.size:
        model = model.beside(evidence.prior)
        link = link._replace(prior=evidence.shares @ link.prior)
    # Single precision halves the model; margins change by less than 1e-5.
    single = model._replace(
        weights=model.weights.astype(np.float32), coef=model.coef.astype(np.float32)
    )
    return LinkedStart(single, link)
