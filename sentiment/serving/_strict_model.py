"""A Pipeline behind MLflow's interface: strict about what goes in and comes out."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sentiment._messages import shown
from sentiment.classification import choose_classes
from sentiment.documents import TEXT_COLUMN, check_documents
from sentiment.exceptions import ModelError
from sentiment.serving._options import PredictionOptions, read_options

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from sentiment.explanation import Explainer

_LOGGER = logging.getLogger(__name__)
_NO_STEP = (None, "passthrough")
_CALLER = f"The column {TEXT_COLUMN!r}"


class StrictModel:
    """Answer with a label and a score for each document, or say what is wrong.

    MLflow answers HTTP 400 *with a stack trace* to every exception but its own, and
    lets numbers, lists and nulls through to the model. Here bad input raises
    ``INVALID_PARAMETER_VALUE`` (400) with the row, any fault of ours
    ``INTERNAL_ERROR`` (500) without the trace, which goes to the log.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted. It is only read, so any number of threads may call ``predict``.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels it answers with.

    Examples
    --------
    >>> import pandas as pd
    >>> from sentiment import make_sentiment_pipeline
    >>> from sentiment.serving import StrictModel
    >>> pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    >>> pipeline = pipeline.fit(["good fun", "bad mess"] * 9, ["pos", "neg"] * 9)
    >>> model = StrictModel(pipeline)
    >>> model.predict(pd.DataFrame({"text": ["good", "bad"]})).label.tolist()
    ['pos', 'neg']
    >>> model.predict(["good"], {"probabilities": True}).columns.tolist()
    ['label', 'score', 'probability_neg', 'probability_pos']
    >>> model.predict(pd.DataFrame({"text": ["good", 5]}))
    Traceback (most recent call last):
    ...
    mlflow.exceptions.MlflowException: The column 'text' takes documents as str. Got 5
    (int) at row 1. Convert it to str first, if it is text at all.
    """

    def __init__(self, pipeline: "Pipeline") -> None:
        self._pipeline = pipeline
        self._predict = _find_predict(pipeline)
        self.classes = np.asarray(pipeline.classes_)

    def get_raw_model(self) -> "Pipeline":
        """Return the Pipeline, as ``PyFuncModel.get_raw_model`` gives it."""
        return self._pipeline

    def predict(self, model_input: Any, params: Any = None) -> pd.DataFrame:
        """Predict labels and scores.

        Parameters
        ----------
        model_input : DataFrame with a column ``text``, list, Series, ... of str
            The documents.
        params : dict, optional
            ``probabilities`` (bool): add a column ``probability_<class>`` for each
            class. ``threshold`` (float, two classes): answer ``classes[1]`` from this
            probability on. ``explain`` (int): add the columns ``class``, ``margin``,
            ``bias`` and ``contributions``, a list of so many of the strongest
            n-grams, their values in log-odds; see ``Explanation.to_dict``.

        Returns
        -------
        answers : DataFrame
            ``label``, and ``score``, the probability of that label; one row per
            document, with the index of the input.

        Raises
        ------
        MlflowException
            INVALID_PARAMETER_VALUE if the input is bad, INTERNAL_ERROR if we are.
        """
        from mlflow.exceptions import MlflowException

        try:
            documents = _read_documents(model_input)
            options = read_options(params, len(self.classes))
            explainer = self._make_explainer() if options.explain else None
        except (TypeError, ValueError) as error:
            raise MlflowException.invalid_parameter_value(str(error)) from None
        try:
            probabilities = self._predict_proba(documents)
            answers = self._tabulate(probabilities, options, documents.index)
            if explainer is not None:
                _add_explanations(answers, explainer, documents, options.explain)
            return answers
        except Exception as error:
            # The texts are not logged: they may be anybody's letters.
            _LOGGER.exception("The model failed on %d documents.", len(documents))
            raise MlflowException(
                f"The model failed ({type(error).__name__}). The log of the server has "
                "the details."
            ) from None

    def _make_explainer(self) -> "Explainer":
        from sentiment.explanation import Explainer

        try:
            return Explainer(self._pipeline)
        except ModelError as error:
            raise ValueError(f"The model takes no param 'explain'. {error}") from None

    def _predict_proba(self, documents: pd.Series) -> np.ndarray:
        answers = self._predict(documents)
        probabilities = np.asarray(answers, dtype=np.float64)
        expected = (len(documents), len(self.classes))
        if probabilities.shape != expected:
            raise AssertionError(f"shape {probabilities.shape} instead of {expected}")
        if not np.isfinite(probabilities).all():
            raise AssertionError("a probability is not a number")
        return probabilities

    def _tabulate(
        self, probabilities: np.ndarray, options: PredictionOptions, index: pd.Index
    ) -> pd.DataFrame:
        if options.threshold is None:
            chosen = choose_classes(self._pipeline, probabilities)
        else:
            chosen = (probabilities[:, 1] >= options.threshold).astype(np.intp)
        columns: dict[str, Any] = {
            "label": self.classes[chosen],
            "score": probabilities[np.arange(len(chosen)), chosen],
        }
        if options.probabilities:
            for place, label in enumerate(self.classes):
                columns[f"probability_{label}"] = probabilities[:, place]
        # All of it is made here for nobody else: nothing needs to be copied.
        return pd.DataFrame(columns, index=index, copy=False)


def _find_predict(pipeline: Any) -> Callable[[pd.Series], Any]:
    """Return what ``pipeline.predict_proba`` comes to, without what it checks.

    Whether each step is fitted, and which metadata go where, is the same for every
    request, and takes a third of a millisecond.
    """
    from sklearn.pipeline import Pipeline

    if type(pipeline) is not Pipeline:
        return pipeline.predict_proba
    transformers = [step for _, step in pipeline.steps[:-1] if step not in _NO_STEP]
    classifier = pipeline.steps[-1][1]

    def predict(documents: pd.Series) -> Any:
        answers: Any = documents
        for transformer in transformers:
            answers = transformer.transform(answers)
        return classifier.predict_proba(answers)

    return predict


def _add_explanations(
    answers: pd.DataFrame, explainer: "Explainer", documents: pd.Series, top: int | None
) -> None:
    """Add what each answer is made of."""
    found = [explainer.explain(text).to_dict(top) for text in documents]
    for name in ("class", "margin", "bias", "contributions"):
        answers[name] = pd.Series(
            [one[name] for one in found],
            index=answers.index,
            dtype=object if name == "contributions" else None,
        )


def _read_documents(model_input: Any) -> pd.Series:
    if isinstance(model_input, pd.DataFrame):
        names = [str(name) for name in model_input.columns]
        if names.count(TEXT_COLUMN) != 1:
            raise ValueError(
                f"The model takes one column named {TEXT_COLUMN!r}. Got the columns "
                f"{shown(names, 200)}."
            )
        # Not iloc, which takes as long as the rest of this function.
        model_input = model_input[model_input.columns[names.index(TEXT_COLUMN)]]
    documents = check_documents(model_input, caller=_CALLER)
    if not len(documents):
        raise ValueError("The model takes at least one document. Got no rows.")
    return documents
