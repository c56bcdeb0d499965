"""XGBoost trees boosted from a linear start."""

from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import (
    Interval,
    StrOptions,
    check_sample_weight,
    validate_parameters,
)
from sentiment.classification._block_solver import BlockSolver
from sentiment.classification._blocks import Blocks, LearningRows, RowsInMemory, Watched
from sentiment.classification._counts import check_counts
from sentiment.classification._fit_arguments import read_evidence, read_validation
from sentiment.classification._labels import (
    check_labels,
    check_lengths,
    rows_with_weight,
)
from sentiment.classification._learning import Boost, Learned, learn
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import LinearModel, Link, count_margins
from sentiment.classification._log_loss import compute_probabilities
from sentiment.classification._start import LinkedStart, PriorStart, Start
from sentiment.classification._stored_state import check_classifier, renew_classifier
from sentiment.classification._tree_boosting import boost_trees
from sentiment.classification._trees import Trees
from sentiment.exceptions import LabelError
from sentiment.prior import Prior
from sentiment.threads import is_shared_out

_POSITIVE = Interval(Real, 0, None, closed="neither")
_SHARE = Interval(Real, 0, 1, closed="right")
_COUNT = Interval(Integral, 1, None, closed="left")
_WEIGHT = Interval(Real, 0, None, closed="left")


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
    prior : Prior or None, default=None
        What another model says of its n-grams. Its margins are evidence for each class,
        as far as they lower the log loss out of fold together with the linear start;
        see :func:`make_sentiment_pipeline`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    alpha_ : float
        The smoothing in use; not there with ``init=None``.
    coef_ : ndarray of shape (n_margins, n_features) or None
        What each n-gram adds to the margin of a document, up to the document's length;
        one row for two classes (that of ``classes_[1]``), else one per class. None
        with ``init=None``. What a prior adds is not in it.
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
    unlabelled_losses_ : tuple of float
        The log losses out of fold without ``X_unlabelled`` and with it; there only if
        it was given.
    n_unlabelled_ : int
        How many of these rows were learned from.
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
        "max_linear_features": [_COUNT, None],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "tree_features": [StrOptions({"binary", "count", "tfidf"})],
        "max_tree_features": [_COUNT, None],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "learning_rate": [_POSITIVE],
        "max_depth": [_COUNT],
        "min_child_weight": [_WEIGHT],
        "reg_lambda": [_WEIGHT],
        "subsample": [_SHARE],
        "colsample_bytree": [_SHARE],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [_COUNT],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "prior": [Prior, None],
    }
    # Validation rows can be meant for the classifier alone: it need not be asked.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {
        "X_val": True,
        "y_val": True,
        "prior_columns": True,
        "X_unlabelled": True,
    }

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
        prior: Prior | None = None,
    ) -> None:
        self.init, self.prior = init, prior
        self.C, self.alpha, self.power = C, alpha, power
        self.max_linear_features, self.cv = max_linear_features, cv
        self.tree_features, self.max_tree_features = tree_features, max_tree_features
        self.max_iter, self.learning_rate = max_iter, learning_rate
        self.max_depth, self.min_child_weight = max_depth, min_child_weight
        self.reg_lambda, self.subsample = reg_lambda, subsample
        self.colsample_bytree = colsample_bytree
        self.early_stopping, self.n_iter_no_change = early_stopping, n_iter_no_change
        self.validation_fraction, self.class_weight = validation_fraction, class_weight
        self.random_state, self.n_jobs = random_state, n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        prior_columns: Any = None,
        X_unlabelled: Any = None,
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
            Validation rows for early stopping, instead of an inner split.
        prior_columns : array-like of int or callable, default=None
            The column of each n-gram of ``prior``, or what returns them; none leaves
            the prior out. ``TextPipeline`` passes it.
        X_unlabelled : same as X, default=None
            Further rows, whose labels nobody has told. The linear start labels them by
            a first fit, and learns from them in a second one, as far as they are sure.
            They are left out if that raises the log loss out of fold by more than 1 %.

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
        validate_parameters(self)
        X = check_counts(self, X, reset=True)
        evidence = read_evidence(self, prior_columns, X_unlabelled)
        labels = check_labels(y, caller=name)
        check_classification_targets(labels)
        check_lengths(X, labels, caller=name)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        of_class = compute_class_weight(
            self.class_weight, classes=self.classes_, y=labels
        )
        weight = of_class[codes] * check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        kept = rows_with_weight(weight, codes, self.classes_, caller=name)
        if not kept.all():
            X, codes, weight = X[kept], codes[kept], weight[kept]
        rows = LearningRows(RowsInMemory(X), codes, len(self.classes_), weight)
        watched = read_validation(self, X_val, y_val, of_class)
        solver = Liblinear(effective_n_jobs(self.n_jobs))
        return self._keep(learn(self, rows, watched, solver, boost_trees, evidence))

    def fit_blocks(
        self,
        blocks: Blocks,
        y: Any,
        *,
        watched: Watched | None,
        boost: Boost,
        prior_columns: Any = None,
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
        prior_columns : array-like of int, default=None
            As in ``fit``.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            If a class has no weight.
        """
        validate_parameters(self)
        self.n_features_in_ = blocks.n_features
        evidence = read_evidence(self, prior_columns)
        self.classes_ = np.unique(y)
        of_class = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        if (of_class <= 0).any():
            raise LabelError(
                f"{type(self).__name__} takes blocks of rows with a class_weight above "
                f"0. Got {self.class_weight!r}. Leave the rows of such a class out."
            )
        rows = LearningRows.of(blocks, y, of_class)
        given = None if watched is None else LearningRows.of(*watched, of_class)
        return self._keep(learn(self, rows, given, BlockSolver(), boost, evidence))

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
        margins = self._add_up(X)
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
        return compute_probabilities(self._add_up(X))

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

    def _add_up(self, X: Any) -> np.ndarray:
        """Return the margins of shape (n_documents, n_margins)."""
        check_is_fitted(self)
        X = check_counts(self, X)
        # Counting processors takes joblib half as long as one row takes altogether.
        is_alone = X.shape[0] == 1 or is_shared_out()
        n_jobs = 1 if is_alone else effective_n_jobs(self.n_jobs)
        return self._trees.add_to(self._start.margins(RowsInMemory(X)), X, n_jobs)

    def _keep(self, learned: Learned) -> Self:
        fitted, boosted = learned.fitted, learned.boosted
        start = fitted.start
        if isinstance(start, PriorStart):
            self.prior_ = start.prior
        else:
            self.alpha_, self.prior_losses_ = fitted.alpha, fitted.losses
            self.__dict__.pop("unlabelled_losses_", None)
            if fitted.unlabelled_losses is not None:
                self.n_unlabelled_ = fitted.n_unlabelled
                self.unlabelled_losses_ = fitted.unlabelled_losses
            self.link_slope_, self.link_offset_, self.link_prior_ = start.link
            self.linear_weights_, self.linear_coef_ = start.model[:2]
            self.linear_intercept_ = start.model.intercept
        self.n_iter_, self.evals_result_ = boosted.n_iter, boosted.history
        self._trees = Trees(learned.features, boosted.model)
        self._importances = self._weigh_features(learned.share_of_rows)
        return self

    def _weigh_features(self, share_of_rows: np.ndarray) -> np.ndarray:
        if self.init is None:
            gains = self._trees.gains()
        else:
            gains = share_of_rows * self.linear_sizes()
        total = gains.sum()
        return (gains / total if total else gains).astype(np.float32)

    def linear_sizes(self) -> np.ndarray:
        """Return the mean size of each n-gram's share of the margins, up to a factor.

        Parts of a prior count as they do beside the linear start.
        """
        shares = np.abs(self.link_prior_).mean(axis=1) / self.link_slope_.mean()
        of_part = np.concatenate([np.ones(len(self.link_slope_)), shares])
        sizes = np.abs(self.linear_weights_ * self.linear_coef_)
        if len(shares):
            sizes = sizes * of_part[:, None]
        return sizes.mean(axis=0)

    @property
    def _start(self) -> Start:
        if self.init is None:
            return PriorStart(self.prior_)
        model = LinearModel(
            self.linear_weights_, self.linear_coef_, self.linear_intercept_
        )
        link = Link(self.link_slope_, self.link_offset_, self.link_prior_)
        return LinkedStart(model, link)

    @property
    def coef_(self) -> np.ndarray | None:
        """What each n-gram adds to a margin, up to the document's length."""
        check_is_fitted(self)
        if self.init is None:
            return None
        own = slice(len(self.link_slope_))  # the rows behind are of the prior
        scaled = self.link_slope_[:, None] * self.linear_weights_[own]
        return scaled * self.linear_coef_[own]

    @property
    def feature_importances_(self) -> np.ndarray:
        """The share of importance of each n-gram."""
        check_is_fitted(self)
        return self._importances

    def __getstate__(self) -> dict[str, Any]:
        # Not the instance's own dict, which object.__getstate__ returns.
        state = dict(super().__getstate__())
        trees = state.pop("_trees", None)
        return state if trees is None else state | trees.get_state()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(renew_classifier(state))
        if hasattr(self, "_trees"):
            check_classifier(self, count_margins(len(self.classes_)))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_iter_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags
