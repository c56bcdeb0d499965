"""Let a classifier of numbers learn, and answer with, labels of any type."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.metadata_routing import (
    UNUSED,
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import HasMethods, validate_parameters
from sentiment.classification._blocks import Blocks, Watched, gather_counts
from sentiment.classification._labels import (
    check_labels,
    encode_distinct,
    encode_labels,
    read_labels,
)
from sentiment.classification._out_of_fold import is_large
from sentiment.classification._stored_state import refuse_state


class LabelDecoder(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Encode labels before a classifier is fitted, decode what it predicts.

    ``XGBClassifier`` takes the classes 0 to n-1 only, and a step behind the classifier
    cannot decode its predictions, because transformers never see them. On the pattern
    of ``TransformedTargetRegressor``, this meta-estimator does both, so that a Pipeline
    takes ``"positive"`` and answers ``"positive"``.

    Parameters
    ----------
    estimator : estimator
        A classifier. It sees the classes 0 to n-1, in the order of ``classes_``. If it
        has a dict as ``class_weight``, the keys are the labels.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; the columns of ``predict_proba``.
    estimator_ : estimator
        The fitted classifier.
    n_features_in_ : int
        The number of features seen in ``fit``.
    feature_names_in_ : ndarray of str objects of shape (n_features,)
        Their names; there only if ``X`` had names, as after
        ``set_output(transform="pandas")``.
    feature_importances_ : ndarray of shape (n_features,)
        Those of the classifier, if it has them. At the end of a Pipeline their names
        are ``pipeline[:-1].get_feature_names_out()``.

    See Also
    --------
    sklearn.preprocessing.LabelEncoder : For labels outside a Pipeline.
    sklearn.compose.TransformedTargetRegressor : The same for regression.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sentiment import LabelDecoder
    >>> decoder = LabelDecoder(LogisticRegression())
    >>> decoder.fit([[0.0], [1.0]], ["bad", "good"]).predict([[0.9]]).tolist()
    ['good']
    >>> decoder.classes_.tolist()
    ['bad', 'good']
    >>> decoder.fit([[0.0], [1.0]], ["good", "good"])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.LabelError: LabelDecoder learns from at least two classes. Got
    one class only, 'good' (rows: 2). Add rows of another class.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"])],
    }

    # It is the classifier that asks for validation labels; here they are encoded.
    __metadata_request__fit: ClassVar[dict[str, Any]] = {"y_val": UNUSED}

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: Any, *, y_val: Any = None, **fit_params: Any) -> Self:
        """Encode the labels and fit the classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            The features.
        y : array-like of shape (n_documents,)
            The labels: str, int, bool or categorical, any number of classes.
        y_val : array-like of shape (n_validation,), default=None
            Labels of validation rows; encoded and passed on with the rest.
        **fit_params : dict
            Passed to the classifier, such as ``sample_weight`` or ``X_val``; with
            metadata routing, what the classifier requests.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            If a label is missing, there is one class only, or ``y_val`` holds a class
            that ``y`` lacks.
        """
        validate_parameters(self)
        labels = check_labels(y, caller=type(self).__name__)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if y_val is not None:
            fit_params["y_val"] = y_val
        passed = self._route("fit", fit_params)
        if passed.get("y_val") is not None:
            passed["y_val"] = encode_labels(passed["y_val"], self.classes_)
        self.estimator_ = self._clone_estimator().fit(X, codes, **passed)
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        return self

    def fit_blocks(
        self,
        blocks: Blocks,
        y: Any,
        *,
        watched: Watched | None = None,
        boost: Any,
        prior_columns: Any = None,
    ) -> Self:
        """Fit a ``BoostedLinearClassifier`` on counts that are not one matrix.

        So few counts that an ordinary fit tries several values of ``alpha`` on them are
        gathered for an ordinary fit: the results are those of it, bit for bit.

        Parameters
        ----------
        blocks : Blocks
            The counts.
        y : array-like of shape (n_documents,)
            The labels.
        watched : Watched, default=None
            Rows that say when to stop, with their labels.
        boost : callable
            Grows the trees; see :meth:`BoostedLinearClassifier.fit_blocks`.
        prior_columns : array-like of int, default=None
            As in :meth:`BoostedLinearClassifier.fit`.

        Returns
        -------
        self : object

        Raises
        ------
        LabelError
            As in ``fit``.
        """
        classes, codes = encode_distinct(y, caller=type(self).__name__)
        if not is_large(blocks.n_entries, len(classes)):
            given = {"prior_columns": prior_columns}
            if watched is not None:
                given |= {"X_val": gather_counts(watched.blocks), "y_val": watched.y}
            return self.fit(gather_counts(blocks), y, **given)
        self.classes_ = classes
        if watched is not None:
            watched = watched._replace(y=encode_labels(watched.y, classes))
        self.estimator_ = self._clone_estimator().fit_blocks(
            blocks, codes, watched=watched, boost=boost, prior_columns=prior_columns
        )
        self.n_features_in_ = blocks.n_features
        return self

    def predict(self, X: Any, **params: Any) -> np.ndarray:
        """Predict the label of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            The features.
        **params : dict
            Passed to the classifier, as in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_documents,)
        """
        check_is_fitted(self)
        codes = self.estimator_.predict(X, **self._route("predict", params))
        return self.classes_[np.asarray(codes)]

    @available_if(lambda self: _inner_has(self, "predict_proba"))
    def predict_proba(self, X: Any, **params: Any) -> np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            The features.
        **params : dict
            Passed to the classifier, as in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_documents, n_classes)
            In the order of ``classes_``; each row sums to 1.
        """
        check_is_fitted(self)
        passed = self._route("predict_proba", params)
        return self.estimator_.predict_proba(X, **passed)

    @available_if(lambda self: _inner_has(self, "decision_function"))
    def decision_function(self, X: Any, **params: Any) -> np.ndarray:
        """Return the margins of the classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            The features.
        **params : dict
            Passed to the classifier, as in ``fit``.

        Returns
        -------
        margins : ndarray of shape (n_documents,) or (n_documents, n_classes)
            Of two classes, that of ``classes_[1]``.
        """
        check_is_fitted(self)
        passed = self._route("decision_function", params)
        return self.estimator_.decision_function(X, **passed)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of rows whose label is predicted.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_documents, n_features)
            The features.
        y : array-like of shape (n_documents,)
            The true labels.
        sample_weight : array-like of shape (n_documents,), default=None
            How much each row counts.

        Returns
        -------
        accuracy : float
        """
        # Not accuracy_score, which takes labels such as 3.5 for a regression.
        predicted = self.predict(X)
        labels = read_labels(y, type(self).__name__)
        check_consistent_length(predicted, labels, sample_weight)
        return float(np.average(predicted == labels, weights=sample_weight))

    @property
    def feature_importances_(self) -> np.ndarray:
        """The importance of each feature, as the classifier has it."""
        check_is_fitted(self)
        return self.estimator_.feature_importances_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """The names of the features, where they have names."""
        check_is_fitted(self)
        return self.estimator_.feature_names_in_

    def get_metadata_routing(self) -> MetadataRouter:
        """Say which metadata go to the classifier, as scikit-learn asks it.

        Returns
        -------
        routing : MetadataRouter
            What the classifier requests of ``fit`` and of each prediction, and
            ``sample_weight`` of ``score``.
        """
        methods = MethodMapping()
        for name in ("fit", "predict", "predict_proba", "decision_function"):
            methods.add(caller=name, callee=name)
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(estimator=self.estimator, method_mapping=methods)

    def _route(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return what the classifier is to get: without routing, everything."""
        if not get_config()["enable_metadata_routing"]:
            return params
        return dict(process_routing(self, method, **params)["estimator"][method])

    def _clone_estimator(self) -> Any:
        estimator = clone(self.estimator)
        weights = getattr(estimator, "class_weight", None)
        if isinstance(weights, dict):
            codes = encode_labels(list(weights), self.classes_, what="class_weight")
            by_code = dict(zip(codes.tolist(), weights.values(), strict=True))
            estimator.set_params(class_weight=by_code)
        return estimator

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "estimator_" not in state:
            return
        known = np.asarray(getattr(self.estimator_, "classes_", self.classes_))
        if self.classes_.shape != known.shape or len(set(self.classes_)) < len(known):
            raise refuse_state(self)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags


def _inner_has(decoder: LabelDecoder, method: str) -> bool:
    # The error of the inner estimator says why it lacks the method.
    getattr(getattr(decoder, "estimator_", decoder.estimator), method)
    return True
