"""One fit over rows, wherever they are: the start first, then the trees."""

from collections.abc import Callable
from typing import Any, NamedTuple

from joblib import effective_n_jobs
from sklearn.utils import check_random_state

from sentiment.classification._blocks import LearningRows, row_frequency
from sentiment.classification._fitted_start import Evidence, FittedStart, fit_start
from sentiment.classification._linear_start import Floats, Solver
from sentiment.classification._tree_boosting import Boosted, BoostingRows
from sentiment.classification._tree_features import TreeFeatures
from sentiment.classification._tree_rows import FeatureRows, set_aside

Boost = Callable[..., Boosted]

# Below so many rows an inner validation set is too small to say when to stop.
_FEW_ROWS = 1000
_OF_TREES = (
    "learning_rate", "max_depth", "min_child_weight", "reg_lambda", "subsample",
    "colsample_bytree",
)  # fmt: skip


class Learned(NamedTuple):
    """What was learned, and in what share of the rows each n-gram is."""

    fitted: FittedStart
    features: TreeFeatures
    boosted: Boosted
    share_of_rows: Floats


def learn(
    classifier: Any,
    rows: LearningRows,
    watched: LearningRows | None,
    solver: Solver,
    boost: Boost,
    evidence: Evidence,
) -> Learned:
    """Learn with the parameters of a classifier, which is not changed.

    ``solver`` minimises the loss of the linear start, ``boost`` grows the trees: they
    know where the rows are.
    """
    seed = int(check_random_state(classifier.random_state).randint(2**31 - 1))
    n_rows = len(rows.y)
    grows = _grows_trees(classifier, n_rows, watched is not None)
    fitted = fit_start(classifier, rows, solver, evidence, grows_trees=grows, seed=seed)
    start = fitted.start
    frequency = row_frequency(rows.blocks)
    # Without trees, one column is as good as many, and nobody looks into it.
    limit = _tree_limit(classifier) if grows else 1
    strength = start.strength(frequency)
    features = TreeFeatures(classifier.tree_features).fit(
        frequency, n_rows, strength, limit
    )
    known = FeatureRows(rows, fitted.margins, seen := features if grows else None)
    if watched is not None:
        train = known.choose(None, trains=True)
        asked = FeatureRows(watched, start.margins(watched.blocks), seen)
        validation: BoostingRows | None = asked.choose(None, trains=False)
    else:
        train, validation = _share_out(classifier, rows, known, seed)
    boosted = boost(
        train,
        validation,
        n_classes=rows.n_classes,
        parameters=_tree_parameters(classifier, seed),
        max_iter=classifier.max_iter if grows else 0,
        patience=classifier.n_iter_no_change if classifier.early_stopping else None,
    )
    return Learned(fitted, features, boosted, frequency / n_rows)


def _grows_trees(classifier: Any, n_rows: int, has_validation: bool) -> bool:
    if classifier.max_iter == 0:
        return False
    few = n_rows < _FEW_ROWS and not has_validation
    return classifier.init is None or classifier.early_stopping != "auto" or not few


def _share_out(
    classifier: Any, rows: LearningRows, known: FeatureRows, seed: int
) -> tuple[BoostingRows, BoostingRows | None]:
    """Return the rows that trees are grown on, and those that say when to stop."""
    stops = classifier.early_stopping
    if not (len(rows.y) >= _FEW_ROWS if stops == "auto" else stops):
        return known.choose(None, trains=True), None
    kept, held_out = set_aside(rows.y, classifier.validation_fraction, seed)
    return known.choose(kept, trains=True), known.choose(held_out, trains=False)


def _tree_limit(classifier: Any) -> int | None:
    limits = [classifier.max_tree_features]
    if classifier.init is not None:
        limits.append(classifier.max_linear_features)
    return min((one for one in limits if one is not None), default=None)


def _tree_parameters(classifier: Any, seed: int) -> dict[str, Any]:
    return {
        "tree_method": "hist",
        **{name: getattr(classifier, name) for name in _OF_TREES},
        "seed": seed,
        "nthread": effective_n_jobs(classifier.n_jobs),
        "verbosity": 0,
    }
