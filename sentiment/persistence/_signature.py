"""What can be logged: from raw text to probabilities, in MLflow's words."""

import pickle
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment._messages import shown
from sentiment.exceptions import ModelError

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature

EXAMPLE_TEXTS = ("Wonderful, never boring", "awful film")

_LABEL_TYPES = {"U": "string", "b": "boolean", "i": "long", "u": "long", "f": "double"}

_REQUESTS = "_metadata_request"


def make_signature(classes: "np.ndarray[Any, Any]") -> "ModelSignature":
    """Return the signature of a model with these classes.

    Raises
    ------
    ModelError
        If the labels are of a type that MLflow cannot name.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    label = _LABEL_TYPES.get(classes.dtype.kind)
    if classes.dtype == object and all(isinstance(value, str) for value in classes):
        label = "string"
    if label is None:
        raise ModelError(
            "A logged model answers with labels of str, int, bool or float. Got "
            f"{shown(classes.tolist(), 80)}. Train with labels converted to str."
        )
    return ModelSignature(
        inputs=Schema([ColSpec("string", "text")]),
        outputs=Schema([ColSpec(label, "label"), ColSpec("double", "score")]),
        params=ParamSchema(
            [
                ParamSpec("probabilities", "boolean", False),
                ParamSpec("threshold", "double", None),
                ParamSpec("explain", "long", None),
            ]
        ),
    )


def make_input_example() -> "pd.DataFrame":
    """Return the two reviews that every model carries as its example."""
    import pandas as pd

    return pd.DataFrame({"text": list(EXAMPLE_TEXTS)})


def check_pipeline(pipeline: Any, *, caller: str) -> None:
    """Refuse a Pipeline that cannot be logged, with a ModelError."""
    from sklearn.exceptions import NotFittedError
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(pipeline, Pipeline):
        raise ModelError(
            f"{caller} takes a fitted Pipeline, such as make_sentiment_pipeline() "
            f"makes. Got {type(pipeline).__name__}."
        )
    try:
        check_is_fitted(pipeline)
    except NotFittedError:
        raise ModelError(
            f"{caller} takes a fitted Pipeline. This one is not fitted. Call "
            "its fit first."
        ) from None
    if not hasattr(pipeline, "predict_proba") or not hasattr(pipeline, "classes_"):
        raise ModelError(
            f"{caller} takes a Pipeline with predict_proba and classes_. The last step "
            f"here, {type(pipeline[-1]).__name__}, lacks them. Use a classifier that "
            "gives probabilities."
        )
    _check_answers(pipeline, caller)


def _check_answers(pipeline: Any, caller: str) -> None:
    """Ask the Pipeline for its opinion on two reviews, as a list and as a table."""
    try:
        listed = np.asarray(pipeline.predict_proba(list(EXAMPLE_TEXTS)))
        # scikit-learn's own vectorizers take the name of the column for a document.
        tabled = np.asarray(pipeline.predict_proba(make_input_example()))
    except Exception as error:
        raise ModelError(
            f"{caller} takes a Pipeline that classifies raw text. This one fails on "
            f"{EXAMPLE_TEXTS[0]!r}: {type(error).__name__}: {error!s:.200}"
        ) from error
    shape = (len(EXAMPLE_TEXTS), len(pipeline.classes_))
    if listed.shape != shape or not np.array_equal(listed, tabled):
        raise ModelError(
            f"{caller} takes a Pipeline that reads a DataFrame with a column 'text' "
            "like a list of texts. This one does not. Put TextCleaner() first."
        )


def forget_requests(pipeline: Any) -> Any:
    """Return a Pipeline without metadata requests, a copy where it has some.

    An estimator after ``set_fit_request`` points at itself (scikit-learn 1.9), and
    skops would follow it for ever. Answers do not depend on requests.
    """
    # What is fitted inside an estimator is a clone of a parameter, with its requests.
    inside = pipeline.get_params().values()
    if not any(_REQUESTS in getattr(one, "__dict__", ()) for one in inside):
        return pipeline
    file = BytesIO()
    _Pickler(file).dump(pipeline)
    # Not a file of anyone's: the bytes were made above.
    return pickle.loads(file.getbuffer())


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if _REQUESTS not in getattr(obj, "__dict__", ()):
            return NotImplemented
        make, arguments, state = obj.__reduce_ex__(pickle.DEFAULT_PROTOCOL)[:3]
        left = {name: value for name, value in state.items() if name != _REQUESTS}
        return make, arguments, left
