"""XGBoost trees boosted from a linear start."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from joblib import effective_n_jobs
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import (
    Interval,
    StrOptions,
    check_sample_weight,
    validate_parameter_constraints,
)
from sentiment.classification._block_solver import BlockSolver
from sentiment.classification._blocks import (
    Blocks,
    RowsInMemory,
    Watched,
    count_rows,
    row_frequency,
)
from sentiment.classification._counts import check_counts
from sentiment.classification._labels import check_labels, encode_labels
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import (
    LinearModel,
    LinearSettings,
    Solver,
    count_margins,
    fit_linear,
    map_margins,
    measure_strength,
)
from sentiment.classification._out_of_fold import OutOfFold, fit_out_of_fold
from sentiment.classification._stored_state import check_classifier
from sentiment.classification._tree_boosting import (
    Boosted,
    BoostingRows,
    boost_trees,
    load_booster,
    predict_trees,
    tree_gains,
)
from sentiment.classification._tree_features import TreeFeatures
from sentiment.classification._tree_rows import FeatureRows
from sentiment.classification._tree_walk import TreeWalk
from sentiment.exceptions import LabelError
from sentiment.threads import is_shared_out

Boost = Callable[..., Boosted]

_POSITIVE = Interval(Real, 0, None, closed="neither")
_SHARE = Interval(Real, 0, 1, closed="right")
# Below so many rows an inner validation set is too small to say when to stop.
_FEW_ROWS = 1000


class BoostedLinearClassifier(ClassifierMixin, BaseEstimator):
    """Classify counts by a linear model, and boost XGBoost trees from its margins.

    On text, a linear model on Naive-Bayes-weighted n-grams beats trees by far, and
    learns in seconds. The trees start from its margins and add what it cannot say: how
    n-grams act together.

    Parameters
    ----------
    init : "linear" or None, default="linear"
        "linear": margins of a linear support vector machine on Naive-Bayes-weighted
        tf-idf, cross-fitted, scaled to log-odds. None: plain XGBoost.
    C : float, default=0.3
        Inverse strength of the regularisation of the linear model. Near 0 it sees only
        the strongest n-grams; large values fit the training rows exactly.
    alpha : float or "auto", default="auto"
        Smoothing of the log-count ratio; see :class:`NaiveBayesWeighter`. Small values
        trust rare n-grams, which few rows must do and many need not. "auto": the one of
        0.3, 1, 3 and 10 with the lowest log loss out of fold, or 10 on large data.
    power : float, default=0.75
        Power of the log-count ratio. Below 1, strong ratios are trusted less.
    max_linear_features : int or None, default=None
        The linear model is fitted a second time, on so many n-grams, the strongest of
        the first; the weights of all others are 0, and no tree sees them. None: all.
        Small numbers make small models, see :func:`drop_unused_ngrams`.
    cv : int, default=5
        Folds in which the margins of the training rows are made. More folds take
        longer and come nearer to the margins of new rows.
    tree_features : {"binary", "count", "tfidf"}, default="binary"
        What the trees see of an n-gram: its presence, its count, or its tf-idf. On
        presence, which has one threshold to try, they are many times faster.
    max_tree_features : int or None, default=20000
        The trees see only so many n-grams, those with the strongest linear weights
        (with ``init=None`` the most frequent). None: all.
    max_iter : int, default=300
        The largest number of trees (per class, if there are more than two). 0: none.
    learning_rate : float, default=0.1
        How much of each tree counts.
    max_depth : int, default=4
        The depth of the trees; 1 cannot combine n-grams.
    min_child_weight : float, default=1.0
        The smallest sum of hessians in a leaf; larger values make weaker trees.
    reg_lambda : float, default=1.0
        The l2 penalty on leaf values.
    subsample : float, default=1.0
        The share of rows each tree sees.
    colsample_bytree : float, default=1.0
        The share of n-grams each tree sees.
    early_stopping : bool or "auto", default="auto"
        Whether to stop when validation log loss no longer falls. "auto": yes with
        ``X_val``, or from 1,000 rows on. With fewer rows and a linear start, "auto"
        grows no trees: they would learn noise.
    validation_fraction : float, default=0.1
        The share of rows set aside for early stopping, without ``X_val``.
    n_iter_no_change : int, default=10
        Stop after so many rounds without a lower validation log loss.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    random_state : int, RandomState or None, default=None
        Seeds folds, splits and samples.
    n_jobs : int or None, default=None
        Threads. None is 1, -1 all cores. Results do not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    alpha_ : float
        The smoothing in use; not there with ``init=None``.
    coef_ : ndarray of shape (n_margins, n_features) or None
        What each n-gram adds to the margin of a document, up to the document's length;
        one row for two classes (that of ``classes_[1]``), else one per class. None
        with ``init=None``.
    feature_importances_ : ndarray of shape (n_features,)
        Shares of importance, sum 1: the mean size of an n-gram's contribution to the
        linear margin; with ``init=None`` the gain of its splits. At the end of a
        Pipeline the names of the n-grams are
        ``pipeline[:-1].get_feature_names_out()``, in the same order;
        :func:`explain_model` ranks them by name, for each class.
    evals_result_ : dict
        ``{"train": {"log_loss": [...], "roc_auc": [...]}, "validation": {...}}``, one
        value a round; round 0 is the start, before any tree.
    n_iter_ : int
        The number of rounds in use.
    n_features_in_ : int
        The number of features seen in ``fit``.
    feature_names_in_ : ndarray of str objects of shape (n_features,)
        Their names; there only if ``X`` was a DataFrame.

    See Also
    --------
    explain_model : The strongest n-grams of a whole Pipeline, by name.
    LabelDecoder : Wraps it in the Pipeline.
    sklearn.ensemble.HistGradientBoostingClassifier : For dense, numeric features.

    Notes
    -----
    The linear start is cross-fitted together with its weights: with in-sample margins
    the trees learn nothing that carries over.

    References
    ----------
    S. Wang and C. D. Manning (2012). "Baselines and Bigrams". ACL 2012.

    T. Chen and C. Guestrin (2016). "XGBoost: A Scalable Tree Boosting System". KDD.

    Examples
    --------
    >>> import numpy as np
    >>> from sentiment import BoostedLinearClassifier
    >>> X = np.array([[2, 0, 1], [1, 0, 0], [0, 1, 1], [0, 3, 0]] * 5)
    >>> y = np.array(["bad", "bad", "good", "good"] * 5)
    >>> classifier = BoostedLinearClassifier(random_state=0).fit(X, y)
    >>> classifier.predict([[0, 1, 0], [1, 0, 0]]).tolist()
    ['good', 'bad']
    >>> classifier.n_iter_
    0
    >>> BoostedLinearClassifier(cv=1).fit(X, y)
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: The 'cv' parameter of
    BoostedLinearClassifier must be an int in the range [2, inf). Got 1 instead.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "init": [StrOptions({"linear"}), None],
        "C": [_POSITIVE],
        "alpha": [_POSITIVE, StrOptions({"auto"})],
        "power": [_POSITIVE],
        "max_linear_features": [Interval(Integral, 1, None, closed="left"), None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "tree_features": [StrOptions({"binary", "count", "tfidf"})],
        "max_tree_features": [Interval(Integral, 1, None, closed="left"), None],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "learning_rate": [_POSITIVE],
        "max_depth": [Interval(Integral, 1, None, closed="left")],
        "min_child_weight": [Interval(Real, 0, None, closed="left")],
        "reg_lambda": [Interval(Real, 0, None, closed="left")],
        "subsample": [_SHARE],
        "colsample_bytree": [_SHARE],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }
    # Validation rows can be meant for the classifier alone: it need not be asked.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"X_val": True, "y_val": True}

    def __init__(
        self,
        *,
        init: str | None = "linear",
        C: float = 0.3,
        alpha: float | str = "auto",
        power: float = 0.75,
        max_linear_features: int | None = None,
        cv: int = 5,
        tree_features: str = "binary",
        max_tree_features: int | None = 20_000,
        max_iter: int = 300,
        learning_rate: float = 0.1,
        max_depth: int = 4,
        min_child_weight: float = 1.0,
        reg_lambda: float = 1.0,
        subsample: float = 1.0,
        colsample_bytree: float = 1.0,
        early_stopping: bool | str = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        class_weight: Any = None,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.init = init
        self.C = C
        self.alpha = alpha
        self.power = power
        self.max_linear_features = max_linear_features
        self.cv = cv
        self.tree_features = tree_features
        self.max_tree_features = max_tree_features
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.min_child_weight = min_child_weight
        self.reg_lambda = reg_lambda
        self.subsample = subsample
        self.colsample_bytree = colsample_bytree
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.class_weight = class_weight
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
    ) -> Self:
        """Fit the linear start, then the trees.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts, none below 0.
        y : array-like of shape (n_documents,)
            The classes.
        sample_weight : array-like of shape (n_documents,), default=None
            How much each document counts. A row of weight 0 takes no part at all.
        X_val, y_val : same as X and y, default=None
            Validation rows for early stopping, in the place of an inner split.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            If there is one class only, all rows of a class have no weight, or ``y_val``
            holds a class that ``y`` lacks.
        """
        name = type(self).__name__
        validate_parameter_constraints(
            self._parameter_constraints, self.get_params(deep=False), caller_name=name
        )
        X = check_counts(self, X, reset=True)
        labels = check_labels(y, caller=name)
        check_classification_targets(labels)
        _check_lengths(X, labels, caller=name)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        weight_of_class = compute_class_weight(
            self.class_weight, classes=self.classes_, y=labels
        )
        weight = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        weight = weight * weight_of_class[codes]
        X, codes, weight = self._drop_weightless(X, codes, weight)
        given = self._check_validation(X_val, y_val)
        solver = Liblinear(effective_n_jobs(self.n_jobs))
        rows = BoostingRows(RowsInMemory(X), codes, weight, np.empty(0))
        return self._fit_rows(rows, given, weight_of_class, solver, boost_trees)

    def fit_blocks(
        self, blocks: Blocks, y: Any, *, watched: Watched | None, boost: Boost
    ) -> Self:
        """Fit on counts that are not one matrix in memory, as ``fit`` does on one.

        Parameters
        ----------
        blocks : Blocks
            The counts.
        y : ndarray of int64 of shape (n_documents,)
            The classes, 0 to n-1.
        watched : Watched or None
            Validation rows for early stopping, instead of an inner split, with their
            classes as ``y``.
        boost : callable
            Grows the trees, as :func:`boost_trees` does, from rows whose ``X`` is
            :class:`TreeRows`.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            If a class has no weight.
        """
        name = type(self).__name__
        validate_parameter_constraints(
            self._parameter_constraints, self.get_params(deep=False), caller_name=name
        )
        self.n_features_in_ = blocks.n_features
        self.classes_ = np.unique(y)
        weight_of_class = compute_class_weight(
            self.class_weight, classes=self.classes_, y=y
        )
        if (weight_of_class <= 0).any():
            raise LabelError(
                f"{name} takes blocks of rows with a class_weight above 0. Got "
                f"{self.class_weight!r}. Leave the rows of such a class out."
            )
        rows = BoostingRows(blocks, y, weight_of_class[y], np.empty(0))
        return self._fit_rows(rows, watched, weight_of_class, BlockSolver(), boost)

    def _fit_rows(
        self,
        rows: BoostingRows,
        watched: Watched | None,
        weight_of_class: np.ndarray,
        solver: Solver,
        boost: Boost,
    ) -> Self:
        """Fit on rows with a weight each, wherever they are: ``X`` are their blocks."""
        blocks, codes = rows.X, rows.y
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        grows = self._grows_trees(len(codes), watched is not None)
        margins = self._fit_start(blocks, codes, rows.weight, grows, solver)
        frequency = row_frequency(blocks)
        self._choose_tree_features(frequency, len(codes), grows)
        known = rows._replace(margins=margins)
        train, validation = self._gather_rows(known, watched, weight_of_class, grows)
        self._fit_trees(train, validation, grows, boost)
        self._weigh_features(frequency, len(codes))
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the margins: log-odds before they become probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        margins : ndarray of shape (n_documents,) or (n_documents, n_classes)
            Of two classes, that of ``classes_[1]``.
        """
        check_is_fitted(self)
        X = check_counts(self, X)
        margins = self._start_margins(X)
        if self._booster is not None:
            features = self._tree_features.transform(X)
            margins = margins + self._predict_trees(features, margins.shape[1])
        return margins[:, 0] if margins.shape[1] == 1 else margins

    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        probabilities : ndarray of shape (n_documents, n_classes)
            In the order of ``classes_``; each row sums to 1.
        """
        margins = self.decision_function(X)
        if margins.ndim == 2:
            return softmax(margins, axis=1)
        positive = expit(margins)
        return np.column_stack([1.0 - positive, positive])

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        classes : ndarray of shape (n_documents,)
            The class of the highest probability.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _predict_trees(self, features: sp.csr_matrix, n_margins: int) -> np.ndarray:
        if features.shape[0] == 1:
            return self._tree_walk.predict(features, n_margins)
        jobs = 1 if is_shared_out() else effective_n_jobs(self.n_jobs)
        return predict_trees(self._booster, features, n_margins, jobs)

    def _drop_weightless(
        self, X: sp.csr_matrix, codes: np.ndarray, weight: np.ndarray
    ) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
        """Leave rows of weight 0 out, so that they change no fold and no split."""
        kept = weight > 0
        if not kept.all():
            X, codes, weight = X[kept], codes[kept], weight[kept]
        without = np.bincount(codes, minlength=len(self.classes_)) == 0
        if without.any():
            raise LabelError(
                f"{type(self).__name__} takes sample_weight times class_weight above 0 "
                f"for some row of each class. Got none for the class "
                f"{self.classes_[without][0].item()!r}. Leave the rows of such a class "
                "out."
            )
        return X, codes, weight

    def _check_validation(self, X_val: Any, y_val: Any) -> Watched | None:
        """Return the validation rows as counts and classes."""
        name = type(self).__name__
        if X_val is None and y_val is None:
            return None
        if X_val is None or y_val is None:
            raise ValueError(f"{name} takes X_val and y_val together. Got only one.")
        X = check_counts(self, X_val)
        codes = encode_labels(y_val, self.classes_)
        _check_lengths(X, codes, caller=name)
        if not len(codes):
            raise LabelError(f"{name} takes at least one validation row. Got none.")
        return Watched(RowsInMemory(X), codes)

    def _grows_trees(self, n_rows: int, has_validation: bool) -> bool:
        if self.max_iter == 0:
            return False
        few = n_rows < _FEW_ROWS and not has_validation
        return self.init is None or self.early_stopping != "auto" or not few

    def _fit_start(
        self,
        blocks: Blocks,
        codes: np.ndarray,
        weight: np.ndarray,
        grows_trees: bool,
        solver: Solver,
    ) -> np.ndarray:
        """Fit the start on all rows; return the out-of-fold margins of the rows.

        Without trees only the link learns from them, and those of some rows will do:
        the margins of the others are NaN.
        """
        n_classes = len(self.classes_)
        if self.init is None:
            return self._fit_prior(codes, weight)
        chooses = isinstance(self.alpha, str)
        alpha = float("nan") if isinstance(self.alpha, str) else self.alpha
        found = fit_out_of_fold(
            solver,
            blocks,
            codes,
            n_classes,
            weight,
            self._linear_settings(alpha),
            chooses_alpha=chooses,
            all_rows=grows_trees,
            n_folds=self.cv,
        )
        model = fit_linear(solver, blocks, codes, n_classes, weight, found.settings)
        self._set_start(model, found)
        return found.margins

    def _fit_prior(self, codes: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Start from the shares of the classes; return that margin for each row."""
        prior = np.log(np.bincount(codes, weights=weight) / weight.sum())
        self.prior_ = prior[1:] - prior[:1] if len(self.classes_) == 2 else prior
        return np.tile(self.prior_, (len(codes), 1))

    def _linear_settings(self, alpha: float) -> LinearSettings:
        return LinearSettings(
            self.C, alpha, self.power, self._seed, self.max_linear_features
        )

    def _set_start(self, model: LinearModel, found: OutOfFold) -> None:
        self.alpha_ = found.settings.alpha
        self.link_slope_, self.link_offset_ = found.slope, found.offset
        # Single precision halves the model; margins change by less than 1e-5.
        self.linear_weights_ = model.weights.astype(np.float32)
        self.linear_coef_ = model.coef.astype(np.float32)
        self.linear_intercept_ = model.intercept

    def _start_margins(self, X: sp.csr_matrix) -> np.ndarray:
        return self._margins_of(RowsInMemory(X))

    def _margins_of(self, blocks: Blocks) -> np.ndarray:
        if self.init is None:
            return np.tile(self.prior_, (count_rows(blocks), 1))
        raw = map_margins(blocks, self._linear_model())
        return raw * self.link_slope_ + self.link_offset_

    def _linear_model(self) -> LinearModel:
        return LinearModel(
            self.linear_weights_, self.linear_coef_, self.linear_intercept_
        )

    def _choose_tree_features(
        self, frequency: np.ndarray, n_rows: int, grows_trees: bool
    ) -> None:
        """Choose what the trees see, by how many of the rows each n-gram is in."""
        if self.init is None:
            strength = frequency.astype(np.float64)
        else:
            strength = measure_strength(self._linear_model(), frequency)
        # Without trees, one column is as good as many, and nobody looks into it.
        limit = self._tree_limit() if grows_trees else 1
        self._tree_features = TreeFeatures(self.tree_features).fit(
            frequency, n_rows, strength, limit
        )

    def _gather_rows(
        self,
        known: BoostingRows,
        watched: Watched | None,
        weight_of_class: np.ndarray,
        grows_trees: bool,
    ) -> tuple[BoostingRows, BoostingRows | None]:
        """Return the rows that trees are grown on, and those that say when to stop."""
        features = self._tree_features if grows_trees else None
        rows = FeatureRows(known.X, features)
        if watched is not None:
            codes = watched.y
            margins = self._margins_of(watched.blocks)
            asked = BoostingRows(None, codes, weight_of_class[codes], margins)
            seen = FeatureRows(watched.blocks, features)
            train = rows.choose(known, None, trains=True)
            return train, seen.choose(asked, None, trains=False)
        if not self._sets_aside(len(known.y)):
            return rows.choose(known, None, trains=True), None
        kept, held_out = self._split(known.y)
        return (
            rows.choose(known, kept, trains=True),
            rows.choose(known, held_out, trains=False),
        )

    def _fit_trees(
        self,
        train: BoostingRows,
        validation: BoostingRows | None,
        grows_trees: bool,
        boost: Boost,
    ) -> None:
        boosted = boost(
            train,
            validation,
            n_classes=len(self.classes_),
            parameters=self._tree_parameters(),
            max_iter=self.max_iter if grows_trees else 0,
            patience=self.n_iter_no_change if self.early_stopping else None,
        )
        self.n_iter_, self.evals_result_ = boosted.n_iter, boosted.history
        self._booster = load_booster(boosted.model)
        self._tree_walk = TreeWalk(self._booster)

    def _tree_limit(self) -> int | None:
        if self.init is None or self.max_linear_features is None:
            return self.max_tree_features
        if self.max_tree_features is None:
            return self.max_linear_features
        return min(self.max_tree_features, self.max_linear_features)

    def _sets_aside(self, n_rows: int) -> bool:
        if self.early_stopping == "auto":
            return n_rows >= _FEW_ROWS
        return bool(self.early_stopping)

    def _tree_parameters(self) -> dict[str, Any]:
        return {
            "tree_method": "hist",
            "learning_rate": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "reg_lambda": self.reg_lambda,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample_bytree,
            "seed": self._seed,
            "nthread": effective_n_jobs(self.n_jobs),
            "verbosity": 0,
        }

    def _split(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Set rows aside for early stopping, stratified where that is possible."""
        n_rows, n_classes = len(codes), len(self.classes_)
        n_held_out = min(max(1, round(self.validation_fraction * n_rows)), n_rows - 1)
        smaller_part = min(n_held_out, n_rows - n_held_out)
        fewest = int(np.bincount(codes).min())
        can_stratify = fewest >= 2 and smaller_part >= n_classes
        kept, held_out = train_test_split(
            np.arange(n_rows),
            test_size=n_held_out,
            random_state=self._seed,
            stratify=codes if can_stratify else None,
        )
        return kept, held_out

    def _weigh_features(self, frequency: np.ndarray, n_rows: int) -> None:
        if self.init is None:
            gains = np.zeros(len(frequency))
            if self._booster is not None:
                columns = self._tree_features.columns
                gains[columns] = tree_gains(self._booster, len(columns))
        else:
            # The mean size of an n-gram's share of the margin, over the documents.
            gains = frequency / n_rows
            gains = gains * np.abs(self.linear_weights_ * self.linear_coef_).mean(
                axis=0
            )
        total = gains.sum()
        self._importances = (gains / total if total else gains).astype(np.float32)

    @property
    def coef_(self) -> np.ndarray | None:
        """What each n-gram adds to a margin, up to the document's length."""
        check_is_fitted(self)
        if self.init is None:
            return None
        return self.link_slope_[:, None] * self.linear_weights_ * self.linear_coef_

    @property
    def feature_importances_(self) -> np.ndarray:
        """The share of importance of each n-gram."""
        check_is_fitted(self)
        return self._importances

    def _used_features(self) -> np.ndarray:
        """Say of each feature whether any answer can depend on it."""
        used = np.zeros(self.n_features_in_, bool)
        used[self._tree_features.columns] = True
        if self.init is not None:
            used |= (self.linear_weights_ != 0).any(axis=0)
        return used

    def _restrict(self, kept: np.ndarray) -> None:
        """Forget all features but some, among them all that are used."""
        n_kept = int(kept.sum())
        places = np.cumsum(kept, dtype=np.int32) - 1
        if self.init is not None:
            self.linear_weights_ = self.linear_weights_[:, kept]
            self.linear_coef_ = self.linear_coef_[:, kept]
        self._importances = self._importances[kept]
        self._tree_features.restrict(places, n_kept)
        names: np.ndarray | None = getattr(self, "feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = names[kept]
        self.n_features_in_ = n_kept

    def __getstate__(self) -> dict[str, Any]:
        # A copy: what object.__getstate__ returns is the instance's own dict.
        state = dict(super().__getstate__())
        # Plain arrays only: loadable without pickle, and without trusting more types.
        if "_booster" in state:
            booster = state.pop("_booster")
            del state["_tree_walk"]
            raw = b"" if booster is None else bytes(booster.save_raw("ubj"))
            state["_booster_ubj"] = np.frombuffer(raw, np.uint8)
            features = state.pop("_tree_features")
            state["_tree_features_state"] = features.get_state()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Models from before this parameter have all n-grams.
        state = {"max_linear_features": None} | state
        if "_booster_ubj" in state:
            state["_booster"] = load_booster(state.pop("_booster_ubj").tobytes())
            state["_tree_walk"] = TreeWalk(state["_booster"])
            features = TreeFeatures.from_state(state.pop("_tree_features_state"))
            state["_tree_features"] = features
        super().__setstate__(state)
        if "_booster" in state:
            check_classifier(self, count_margins(len(self.classes_)))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_iter_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


def _check_lengths(X: sp.csr_matrix, labels: np.ndarray, *, caller: str) -> None:
    if len(labels) != X.shape[0]:
        raise LabelError(
            f"{caller} takes one label per row. Got {len(labels):,} labels for "
            f"{X.shape[0]:,} rows."
        )
